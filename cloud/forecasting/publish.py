"""From a node's history to a published model, or the reason why there is none."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from cloud.analytics.next_hour import hours
from cloud.forecasting.dataset import Dataset, dataset, span
from cloud.forecasting.export import TOLERANCE_KW, largest_difference_kw, to_onnx
from cloud.forecasting.train import backtest, fit
from cloud.store import models
from cloud.store.database import Database
from cloud.store.load_history import load_history, located
from contract import features
from contract.manifest import MAX_MODEL_BYTES, Manifest

FEWEST_ROWS: Final = 60
"""Rows without which nothing is trained: not quite three days of hours."""
VALID: Final = timedelta(days=60)
"""How long a model may be used without a newer one."""

_HORIZON: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


def train_and_publish(
    database: Database, node_path: str, now: datetime
) -> Manifest | str:
    """Train the node's next-hour model on what was measured, and publish it.

    Returns:
        What was published, or in words why nothing was.
    """
    with database.read() as connection:
        place = located(connection, node_path)
        history = load_history(connection, node_path, *span(now))
    if place is None:
        return f"there is no node {node_path}"
    rows = dataset(hours(history), ZoneInfo(place.zone))
    if len(rows) < FEWEST_ROWS:
        return _too_few(rows)
    onnx, difference_kw = _trained(rows)
    if difference_kw > TOLERANCE_KW:
        return f"ONNX differs from scikit-learn by {difference_kw:.3g} kW"
    if len(onnx) > MAX_MODEL_BYTES:
        return f"the model has {len(onnx)} bytes, more than {MAX_MODEL_BYTES}"
    manifest = _manifest(node_path, rows, onnx, now)
    with database.write() as connection:
        version = models.publish(
            connection,
            place.node_id,
            now,
            onnx,
            lambda version: replace(manifest, version=version).to_bytes(),
        )
    _report(node_path, version, rows)
    return replace(manifest, version=version)


def _trained(rows: Dataset) -> tuple[bytes, float]:
    forest = fit(rows.matrix, rows.target_kw)
    onnx = to_onnx(forest)
    return onnx, largest_difference_kw(forest, onnx, rows.matrix)


def _manifest(path: str, rows: Dataset, onnx: bytes, now: datetime) -> Manifest:
    error = backtest(rows)
    return Manifest(
        subject=path,
        version=0,  # given when it is stored
        sha256=sha256(onnx).hexdigest(),
        feature_version=features.VERSION,
        feature_names=features.SEED_NEXT_HOUR,
        horizon_minutes=_HORIZON // timedelta(minutes=1),
        trained_at=now.isoformat(),
        trained_from=_instant(int(rows.origin_s[0])).isoformat(),
        trained_to=(_instant(int(rows.origin_s[-1])) + _HORIZON).isoformat(),
        rows=len(rows),
        backtest_cv_rmse_percent=error.cv_rmse_percent,
        naive_cv_rmse_percent=error.naive_cv_rmse_percent,
        residual_p10_kw=error.residual_p10_kw,
        residual_p90_kw=error.residual_p90_kw,
        expires_at=(now + VALID).isoformat(),
    )


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _too_few(rows: Dataset) -> str:
    return (
        f"{len(rows)} complete rows of at least {FEWEST_ROWS}; left out: "
        f"{rows.without_load} without load, {rows.without_climate} without climate"
    )


def _report(path: str, version: int, rows: Dataset) -> None:
    _log.info(
        "%s: model %d of %d rows; left out: %d without load, %d without climate",
        path,
        version,
        len(rows),
        rows.without_load,
        rows.without_climate,
    )
