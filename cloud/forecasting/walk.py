"""Walking through a test period as if it were lived: only the past is ever known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.series import HOUR_S, Series
from contract.calendar import DAY_S
from contract.origins import Floats, Instants
from contract.track import Forecast, Track

Progress = Callable[[float], None]
"""Is told the share of the work that is done, 0 to 1, now and then."""


class Kind(StrEnum):
    """What makes the forecasts."""

    OURS = "ours"
    BOOSTING = "boosting"
    SEED_FOREST = "seed_forest"


@dataclass(frozen=True, slots=True)
class Walk:
    """The forecasts of one building, origins × lead hours.

    Attributes:
        name: Of the series.
        origin_s: When they were made: each hour for the next hour, each local midnight
            for 24 hours. [s since 1970 UTC]
        mean_kw: The one value to use where one is needed.
        left_out: In words what was not trained on, or why there is no forecast.
    """

    name: str
    origin_s: Instants
    mean_kw: Floats
    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats
    left_out: tuple[str, ...]


def forecast(
    site: Sequence[Series],
    train_until_s: int,
    lead_hours: int,
    *,
    kind: Kind = Kind.OURS,  # noqa: ARG001 one of them for now
    own_days: int | None = None,  # noqa: ARG001 likewise
    progress: Progress | None = None,
) -> list[Walk]:
    """Return the forecasts of all buildings of a site from `train_until_s` on.

    Models are trained on what is over before that instant, then again each week on what
    has been measured since.

    Args:
        site: Series of buildings that may learn from each other.
        train_until_s: End of the training. [s since 1970 UTC]
        lead_hours: 1 or 24.
        kind: What makes the forecasts.
        own_days: Where given, a cold start: each building in turn is forecast by what
            the others taught, and of its own it has this many days before each origin.
        progress: Is told how far the work is.
    """
    walks = []
    for count, series in enumerate(site):
        walks.append(_walk(series, train_until_s, lead_hours))
        if progress is not None:
            progress((count + 1) / len(site))
    return walks


def origin_places(series: Series, from_s: int, lead_hours: int) -> NDArray[np.int64]:
    """Return the places of the hours that begin where a forecast is made."""
    starts_s = series.starts_s
    is_origin = (starts_s >= from_s) & (
        starts_s + lead_hours * HOUR_S <= series.start_s + len(series) * HOUR_S
    )
    if lead_hours > 1:
        local_s = starts_s + series.calendar.offset_s(starts_s)
        is_origin &= local_s % DAY_S < HOUR_S
    return np.flatnonzero(is_origin)


def _walk(series: Series, train_until_s: int, lead_hours: int) -> Walk:
    track = Track((), lead_hours)
    none = np.empty((lead_hours, 0), np.float32)
    made: list[Forecast] = []
    starts_s = series.starts_s
    for place in origin_places(series, train_until_s, lead_hours):
        origins = series.origins(np.array([place]))
        track.judge(starts_s[:place], series.load_kw[:place])
        told = track.predict(origins, series.calendar, none)
        if told is not None:
            made.append(told)
            track.keep(told)
    return _collected(series.name, made, lead_hours)


def _collected(name: str, made: Sequence[Forecast], lead_hours: int) -> Walk:
    def rows(values: list[Floats]) -> Floats:
        return np.array(values, dtype=np.float64).reshape(-1, lead_hours)

    return Walk(
        name,
        np.array([each.origin_s for each in made], dtype=np.int64),
        rows([each.mean_kw for each in made]),
        rows([each.p10_kw for each in made]),
        rows([each.p50_kw for each in made]),
        rows([each.p90_kw for each in made]),
        (),
    )
