"""Each array's forecasts beside simpler ones, over the daylight hours of a test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.forecast_error import Band, Score, score
from cloud.domain.weather import HOUR_S, Instants
from cloud.forecasting.solar.array import on_modules, sky
from cloud.forecasting.solar.clearness import Places, production
from cloud.forecasting.solar.first_days import USUAL
from cloud.forecasting.solar.rows import Past
from cloud.forecasting.solar.walk import Progress, walk
from cloud.forecasting.solar_backtest.plants import Plant

Floats = NDArray[np.float64]

WARM_UP: Final = timedelta(days=30)
"""Days before the test, unless a date is given."""
YESTERDAY: Final = "naive_day"
OURS: Final = "ours"
MEASURED_SUN: Final = "ours_measured_sun"
"""Ours, told the irradiance that was measured later: what no forecast can beat."""

_DAY_H: Final = 24
_STANDARD_W_M2: Final = 1_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """Forecasts of one horizon.

    Attributes:
        start_s: The hours that every model forecast and that are known.
        made_kw: What was made in them.
        bands: By model; without quantiles where it has none.
        scores: By model; coverage and pinball are NaN without quantiles.
    """

    start_s: Instants
    made_kw: Floats
    bands: Mapping[str, Band]
    scores: Mapping[str, Score]

    def better_percent(self, model: str) -> float:
        """Return how much smaller the error is than that of the hour yesterday."""
        naive = self.scores[YESTERDAY].nrmse
        return 100 * (1 - self.scores[model].nrmse / naive)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One array's forecasts of the next hour and of the next day."""

    plant: Plant
    next_hour: Tried
    day_ahead: Tried


def judge(plant: Plant, train_until: date | None, progress: Progress) -> Judged:
    """Return how well the array is forecast from `train_until` on.

    Raises:
        ValueError: There is no daylight with a known production to test on.
    """
    seen = sky(plant.array, plant.start_s)
    past = Past.of(seen, production(plant.made, seen.clear_w_m2))
    target = np.flatnonzero(seen.is_day)
    target = target[target >= _first(plant, train_until)]
    hours = target, target
    midnight = target - _local_hour(plant, target)
    of_today = target - midnight < _DAY_H
    days = midnight[of_today], target[of_today]
    sun = _sun(plant)
    walks = [_part(progress, done, 2 + len(sun)) for done in range(2 + len(sun))]
    next_hour = _tried(plant, past, hours, walks[:1], {})
    day_ahead = _tried(plant, past, days, walks[1:], sun)
    return Judged(plant, next_hour, day_ahead)


def _tried(
    plant: Plant,
    past: Past,
    pairs: tuple[Places, Places],
    progress: Sequence[Progress],
    foreseen: Mapping[str, Floats],
) -> Tried:
    order = np.argsort(pairs[0], kind="stable")
    origin, target = pairs[0][order], pairs[1][order]
    bands = _simple(past, origin, target)
    unknown = np.full(len(plant.made), np.nan)
    told_of = {OURS: unknown, **foreseen}
    for (model, told), done in zip(told_of.items(), progress, strict=True):
        walked = walk(past, _looked_up(told), (origin, target), done)
        bands[model] = Band(walked.mean, walked.quantiles)
    made = plant.made[target]
    known = np.isfinite(made)
    for band in bands.values():
        known &= np.isfinite(band.point_kw)
    if not known.any():
        raise ValueError("there is no daylight hour with a known production to test on")
    capacity_kw = plant.array.capacity_kw
    judged = {
        model: Band(
            band.point_kw[known] * capacity_kw, band.quantiles_kw[known] * capacity_kw
        )
        for model, band in bands.items()
    }
    made_kw = made[known] * capacity_kw
    scores = {model: score(made_kw, band) for model, band in judged.items()}
    return Tried(plant.start_s[target[known]], made_kw, judged, scores)


def _simple(past: Past, origin: Places, target: Places) -> dict[str, Band]:
    """Return what needs no learning, without quantiles."""
    made = past.production.made
    expected = past.production.expected(origin, target)
    yesterday = np.where(target >= _DAY_H, made[target - _DAY_H], np.nan)
    last, same = past.last[origin - 1], past.same_30[target - _DAY_H]
    points = {
        YESTERDAY: yesterday,
        "clear_sky_persistence": np.where(np.isnan(last), USUAL, last) * expected,
        "usual_clearness": np.where(np.isnan(same), USUAL, same) * expected,
    }
    none = np.full((len(target), 3), np.nan)
    return {model: Band(point, none) for model, point in points.items()}


def _sun(plant: Plant) -> dict[str, Floats]:
    if plant.global_w_m2 is None:
        return {}
    unknown = np.full(len(plant.start_s), np.nan)
    falling = on_modules(
        plant.array, plant.start_s, plant.global_w_m2, unknown, unknown
    )
    return {MEASURED_SUN: falling / _STANDARD_W_M2}


def _looked_up(told: Floats) -> Callable[[Places, Places], Floats]:
    return lambda _origin, target: told[target]


def _first(plant: Plant, train_until: date | None) -> int:
    """Return the place of the first hour of the test."""
    zone = plant.zone
    first = datetime.fromtimestamp(int(plant.start_s[0]), UTC).astimezone(zone)
    day = train_until or first.date() + WARM_UP
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    place = (int(midnight.timestamp()) - int(plant.start_s[0])) // HOUR_S
    return max(place, 2 * _DAY_H)


def _local_hour(plant: Plant, target: Places) -> Places:
    """Return how many hours each target is after the local midnight before it."""
    hours = [
        datetime.fromtimestamp(int(second), UTC).astimezone(plant.zone).hour
        for second in plant.start_s[target]
    ]
    return np.array(hours, dtype=np.int64)


def _part(progress: Progress, done: int, of: int) -> Progress:
    return lambda share: progress((done + share) / of)
