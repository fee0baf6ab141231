"""One forecast by ONNX Runtime, as at the edge, beside scikit-learn on the same row."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from benchmarks.row import Row, medians
from cloud.forecasting.export import TOLERANCE_KW, largest_difference_kw, to_onnx
from cloud.forecasting.seed_forest import MEMBER
from cloud.forecasting.train import fit
from contract import features
from contract.bundle import MAX_BYTES, Part, pack, unpack
from contract.manifest import Manifest, hash_of
from contract.promise import Horizon, Kind, Promise
from contract.signing import new_private_key
from contract.track import Track
from gateway.forecaster.session import loaded

SUBJECT: Final = "campus/bench"
_HOURS: Final = 720
_ROUNDS: Final = 5
_NOW: Final = datetime.now(UTC)


def rows() -> Sequence[Row]:
    """Return rows for speed, difference and size."""
    forest, onnx, matrix = trained()
    manifest, bundle = published(onnx)
    promise = Manifest.opened(manifest)[0].promise
    run = loaded(promise, unpack(bundle))[1]
    row = matrix[:1]
    ours, peer = medians(
        _ROUNDS,
        lambda: _each_s(lambda: float(run(row)[0, 0]), 2_000),
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
            f"{len(bundle) / 1e6:.2f} MB",
            f"{MAX_BYTES / 1e6:.1f} MB allowed",
            len(bundle) / MAX_BYTES,
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


def published(onnx: bytes, subject: str = SUBJECT) -> tuple[bytes, bytes]:
    """Return a sealed manifest and the bundle of a model whose file is `onnx`."""
    at = _NOW.isoformat()
    promise = Promise(
        kind=Kind.SEED_FOREST,
        feature_version=features.VERSION,
        next_hour=Horizon(1, features.SEED_NEXT_HOUR, (MEMBER,), 0.0, 0.0),
        day_ahead=None,
        trained_at=at,
        trained_from=at,
        trained_to=at,
        rows=_HOURS,
        left_out=(),
        quarter_shape=((1.0,) * 96,) * 2,
        quarter_miss=0.0,
    )
    parts = {
        Part.PROMISE: promise.to_bytes(),
        Part.NEXT_HOUR: onnx,
        Part.NEXT_HOUR_TRACK: Track((MEMBER,), 1).to_bytes(),
    }
    bundle = pack(parts)
    expires_at = (_NOW + timedelta(days=1)).isoformat()
    manifest = Manifest(
        subject, 1, None, hash_of(bundle), len(bundle), expires_at, promise
    )
    return manifest.sealed(new_private_key()), bundle


def _each_s(call: Callable[[], float], times: int) -> float:
    begin_s = perf_counter()
    for _ in range(times):
        call()
    return (perf_counter() - begin_s) / times


if __name__ == "__main__":
    print(rows())
