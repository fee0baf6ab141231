"""From a node's history to a published model, or the reason why there is none."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np

from cloud.domain.load_history import Floats, LoadHistory
from cloud.facts.calendar import calendar
from cloud.facts.weather import observed
from cloud.forecasting.bundling import Bundled, bundled
from cloud.forecasting.dataset import LONGEST, span
from cloud.forecasting.fit import fit
from cloud.forecasting.fitted import (
    Fitted,
    Measured,
    ParityError,
    Part,
    TooLittleHistoryError,
)
from cloud.forecasting.publish import VALID, Publisher
from cloud.forecasting.quarter_course import quarter_miss
from cloud.forecasting.seed_forest import fit_seed_forest
from cloud.forecasting.series import HOUR_S
from cloud.store import models, queue
from cloud.store.database import Connection, Database
from cloud.store.load_history import load_history, located
from contract.bundle import BundleError
from contract.manifest import Manifest
from contract.promise import Horizon, Kind, Promise

DEFAULT: Final = Kind.OURS
_log = logging.getLogger(__name__)


def train_and_publish(
    publisher: Publisher, path: str, now: datetime, kind: Kind | None = None
) -> Manifest | str:
    """Train the node's model on what was measured, and publish it.

    A model that did worse than the naive forecast is not published: what runs at the
    gateway goes on.

    Args:
        kind: How it is made; without it, as is set for the node.

    Returns:
        What was published, or in words why nothing was.
    """
    with publisher.database.read() as connection:
        if located(connection, path) is None:
            return f"there is no node {path}"
        wanted = kind or Kind(models.kind_of(connection, path) or DEFAULT)
    try:
        made = _made(publisher.database, path, now, wanted)
    except (TooLittleHistoryError, ParityError, BundleError) as error:
        return str(error)
    if lost := losses(made.promise):
        return f"not published: {lost}"
    manifest = publisher.publish(path, made, now)
    _log.info(
        "%s: model %d (%s) of %d rows; left out: %s",
        path,
        manifest.version,
        wanted,
        made.promise.rows,
        ", ".join(made.promise.left_out) or "nothing",
    )
    return manifest


def losses(promise: Promise) -> str:
    """Return in words where the model did worse than naive; empty if nowhere."""
    horizons = {"the next hour": promise.next_hour, "24 hours": promise.day_ahead}
    return "; ".join(
        f"{name}: it missed by {horizon.error_percent:.1f} %,"
        f" the best naive forecast by {horizon.naive_error_percent:.1f} %"
        for name, horizon in horizons.items()
        if horizon is not None and _has_lost(horizon)
    )


def _has_lost(horizon: Horizon | Part) -> bool:
    return not horizon.error_percent <= horizon.naive_error_percent


def _made(database: Database, path: str, now: datetime, kind: Kind) -> Bundled:
    with database.read() as connection:
        node = _measured(connection, path, now)
        others = (
            [] if kind is Kind.SEED_FOREST else list(_others(connection, path, now))
        )
    fitted = _without_what_lost(_fitted(node, others, kind))
    miss = quarter_miss(node.history, node.calendar, fitted.quarter_shape)
    return bundled(fitted, kind, miss, now)


def _without_what_lost(fitted: Fitted) -> Fitted:
    """Return a model that leaves the day ahead to the naive forecasts if it lost there.

    It is still of use if it won the next hour.
    """
    day = fitted.day_ahead
    if day is None or not _has_lost(day) or _has_lost(fitted.next_hour):
        return fitted
    words = (
        f"24 hours ahead: missed by {day.error_percent:.1f} %,"
        f" the best naive forecast by {day.naive_error_percent:.1f} %"
    )
    return replace(fitted, day_ahead=None, left_out=(*fitted.left_out, words))


def _fitted(node: Measured, others: list[Measured], kind: Kind) -> Fitted:
    if kind is Kind.SEED_FOREST:
        return fit_seed_forest(node)
    return fit(node, others=others)


def _others(connection: Connection, path: str, now: datetime) -> Iterator[Measured]:
    """Yield what was measured of the other nodes of the site that models are made for.

    A node that contains this one, or is within it, would tell its own load again.
    """
    site = path.partition("/")[0]
    for subject in queue.subjects(connection):
        other = subject.path
        is_kin = f"{path}/".startswith(f"{other}/") or other.startswith(f"{path}/")
        if other.partition("/")[0] == site and not is_kin:
            yield _measured(connection, other, now)


def _measured(connection: Connection, path: str, now: datetime) -> Measured:
    history = load_history(connection, path, *span(now))
    first, last = (now - LONGEST).date(), (now + VALID).date()
    return Measured(
        history=history,
        calendar=calendar(connection, path, first, last),
        outdoor_c=_outdoor_c(connection, path, history),
    )


def _outdoor_c(connection: Connection, path: str, history: LoadHistory) -> Floats:
    """Return the temperature outdoors in each interval of the history."""
    if not len(history):
        return np.empty(0)
    first, last = int(history.start_s[0]) // HOUR_S, int(history.start_s[-1]) // HOUR_S
    weather = observed(connection, path, first * HOUR_S, last - first + 1)
    celsius: Floats = weather["temperature_c"][history.start_s // HOUR_S - first]
    return celsius
