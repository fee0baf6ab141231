"""One forecast by ONNX Runtime, as at the edge, beside scikit-learn on the same row."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from benchmarks.row import Row, medians
from cloud.forecasting.export import TOLERANCE_KW, largest_difference_kw, to_onnx
from cloud.forecasting.train import fit
from contract import features
from contract.manifest import MAX_MODEL_BYTES, Manifest
from gateway.forecaster.model import Model

SUBJECT: Final = "campus/bench"
_HOURS: Final = 720
_ROUNDS: Final = 5
_NOW: Final = datetime.now(UTC)


def rows() -> Sequence[Row]:
    """Return rows for speed, difference and size."""
    forest, onnx, matrix = trained()
    model = Model.checked(manifest(onnx), onnx, subject=SUBJECT, now=_NOW, running=None)
    row = matrix[:1]
    ours, peer = medians(
        _ROUNDS,
        lambda: _each_s(lambda: model.predict_kw(row), 2_000),
        lambda: _each_s(lambda: float(forest.predict(row)[0]), 50),
    )
    difference_kw = largest_difference_kw(forest, onnx, matrix)
    return [
        Row(
            "inference, one row",
            f"{ours * 1e6:,.1f} µs ONNX Runtime",
            f"{peer * 1e6:,.0f} µs scikit-learn",
            peer / ours,
            50,
        ),
        Row(
            "inference, greatest difference on training, random and edge rows",
            f"{difference_kw:.1e} kW",
            f"{TOLERANCE_KW:g} kW allowed",
            difference_kw / TOLERANCE_KW,
            1,
            at_most=True,
        ),
        Row(
            f"model of {_HOURS:,} hours, size",
            f"{len(onnx) / 1e6:.2f} MB",
            f"{MAX_MODEL_BYTES / 1e6:.1f} MB allowed",
            len(onnx) / MAX_MODEL_BYTES,
            1,
            at_most=True,
        ),
    ]


def trained() -> tuple[RandomForestRegressor, bytes, NDArray[np.float32]]:
    """Return a forest as it is trained in the cloud, its ONNX file and its rows."""
    random = np.random.default_rng(7)
    hour = np.arange(_HOURS) % 24
    last_kw = 80 + 40 * np.sin(hour / 24 * 2 * np.pi) + random.normal(0, 5, _HOURS)
    columns = (
        hour,
        np.arange(_HOURS) // 24 % 7,
        random.uniform(24, 36, _HOURS),
        random.uniform(0, 1, _HOURS),
        last_kw,
    )
    matrix = np.column_stack(columns).astype(np.float32)
    forest = fit(matrix, np.roll(last_kw, -1))
    return forest, to_onnx(forest), matrix


def manifest(onnx: bytes, subject: str = SUBJECT) -> bytes:
    """Return a manifest for `onnx`."""
    at = _NOW.isoformat()
    return Manifest(
        subject=subject,
        version=1,
        sha256=sha256(onnx).hexdigest(),
        feature_version=features.VERSION,
        feature_names=features.SEED_NEXT_HOUR,
        horizon_minutes=60,
        trained_at=at,
        trained_from=at,
        trained_to=at,
        rows=_HOURS,
        backtest_cv_rmse_percent=0.0,
        naive_cv_rmse_percent=0.0,
        residual_p10_kw=0.0,
        residual_p90_kw=0.0,
        expires_at=(_NOW + timedelta(days=1)).isoformat(),
    ).to_bytes()


def _each_s(call: Callable[[], float], times: int) -> float:
    begin_s = perf_counter()
    for _ in range(times):
        call()
    return (perf_counter() - begin_s) / times


if __name__ == "__main__":
    print(rows())
