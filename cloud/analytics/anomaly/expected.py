"""What a load was expected to be, from its own past or from a forecast."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import Clock, Course, Flags, Floats, Instants
from cloud.analytics.anomaly.robust import median, medians, spreads

_LOOK_BACK_DAYS: Final = 42
_MOST_DAYS: Final = 20
_FEWEST_DAYS: Final = 3
_LEVEL_DAYS: Final = 7
_MEAN_DAYS: Final = 28
_LEAST_SPREAD: Final = 0.03  # of the mean
_WIDTH_80: Final = 2.5631  # standard deviations between the quantiles 10 and 90


@dataclass(frozen=True, slots=True)
class Forecast:
    """Quantiles of the load as forecast before each interval; NaN without forecast."""

    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected of each interval, from the time before its day.

    Attributes:
        load_kw: NaN where too little was known.
        spread_kw: Robust standard deviation of what was measured around it.
        mean_kw: Of each day, the mean load of the four weeks before.
    """

    load_kw: Floats
    spread_kw: Floats
    mean_kw: Floats


def expected(course: Course, clock: Clock, forecast: Forecast | None) -> Expected:
    """Return what was expected: a forecast's median, else the own habit.

    The habit is the median of the same time of day on the last days of the same kind
    (working or free) within six weeks, moved by the median by which the last seven days
    missed it.
    """
    rows = clock.by_day(course.load_kw)
    habit, spread = _habit(rows, clock)
    mean_kw = _trailing_mean(rows)
    spread = np.maximum(spread, _LEAST_SPREAD * mean_kw[:, None])
    habit += _moved(rows - habit)[:, None]
    load, wide = habit[clock.day, clock.slot], spread[clock.day, clock.slot]
    if forecast is not None:
        given = np.isfinite(forecast.p50_kw)
        width = (forecast.p90_kw - forecast.p10_kw) / _WIDTH_80
        load = np.where(given, forecast.p50_kw, load)
        wide = np.where(given & np.isfinite(width), np.maximum(width, 1e-9), wide)
    return Expected(load, wide, mean_kw)


def _habit(rows: Floats, clock: Clock) -> tuple[Floats, Floats]:
    middle = np.full(rows.shape, np.nan)
    spread = np.full(rows.shape, np.nan)
    usable = np.isfinite(rows).sum(axis=1) >= clock.slots // 2
    for day in range(1, clock.day_count):
        alike = _alike(day, clock, usable)
        if len(alike) >= _FEWEST_DAYS:
            middle[day] = medians(rows[alike])
            spread[day] = spreads(rows[alike], middle[day])
    return middle, spread


def _alike(day: int, clock: Clock, usable: Flags) -> Instants:
    past = np.arange(max(0, day - _LOOK_BACK_DAYS), day)
    past = past[usable[past]]
    same = past[clock.is_free[past] == clock.is_free[day]]
    alike: Instants = same if len(same) >= _FEWEST_DAYS else past
    return alike[-_MOST_DAYS:]


def _moved(missed: Floats) -> Floats:
    """Return by how much the days before each day lay above their habit."""
    of_day = medians(missed.T)
    by = [median(of_day[max(0, day - _LEVEL_DAYS) : day]) for day in range(len(missed))]
    moved: Floats = np.nan_to_num(np.array(by))
    return moved


def _trailing_mean(rows: Floats) -> Floats:
    known = np.isfinite(rows)
    total = np.cumsum(np.where(known, rows, 0.0).sum(axis=1))
    count = np.cumsum(known.sum(axis=1))

    def before(sums: Floats) -> Floats:
        until = np.concatenate(([0], sums))[:-1]
        since = np.concatenate((np.zeros(_MEAN_DAYS), until))[: len(until)]
        passed: Floats = until - since
        return passed

    some = before(count)
    return np.where(some > 0, before(total) / np.maximum(some, 1), np.nan)
