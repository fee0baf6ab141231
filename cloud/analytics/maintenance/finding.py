"""What is found of an asset: a change for the worse, its evidence, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import isfinite, sqrt
from typing import Final

import numpy as np

from cloud.analytics.maintenance.course import LEVEL_DAYS, Course, Rise, Watch
from cloud.analytics.maintenance.robust import (
    Floats,
    Places,
    Slope,
    certainty,
    theil_sen,
)

_LOOK_DAYS: Final = 60
_BEFORE_DAYS: Final = 60
_LONGEST_SERIES: Final = 400
_BUSY: Final = 0.15
_GRADUAL: Final = 0.6
_FURTHEST_DAYS: Final = 3650.0
_SUREST: Final = 0.99


class FindingKind(StrEnum):
    """What is wrong."""

    COP = "cop"
    ELECTRICITY = "electricity"
    SOILING = "soiling"
    OUTPUT_LOST = "output_lost"
    CAPACITY = "capacity"
    EFFICIENCY = "efficiency"


@dataclass(frozen=True, slots=True)
class Change:
    """A lasting change in figures; shares are of the expected energy.

    Attributes:
        level: How much worse it is now; or was, if it is over.
        slope: How that grows per day; None while too few days tell.
        days_until: Days until the threshold: likeliest, earliest, latest; 0 when it
            is met, None when it will not be.
        days: Judged days since the start.
        is_gradual: Whether it came little by little, not from one day to the next.
    """

    level: float
    slope: Slope | None
    days_until: tuple[float | None, float | None, float | None]
    confidence: float
    days: int
    is_gradual: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at first, and now; None where it can't be told."""

    name: str
    unit: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One day of the evidence, for a chart; None where not known.

    Attributes:
        excess: How much worse than expected, as a share.
        level: Median of the last judged days.
    """

    day: date
    measured_kwh: float | None
    expected_kwh: float | None
    excess: float | None
    level: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A change for the worse.

    Attributes:
        end: Day on which it was over; None while it goes on.
        threshold: Change at which something has to be done, as a share.
        baseline_days: Days it was compared with.
    """

    kind: FindingKind
    start: date
    found: date
    end: date | None
    change: Change
    threshold: float
    figures: tuple[Figure, ...]
    baseline_days: int
    series: tuple[Seen, ...]
    sentence: str
    advice: str


def change(course: Course, rise: Rise, watch: Watch) -> Change:
    """Return a rise in figures."""
    last = len(course.excess) if rise.end is None else rise.end
    days = slice(rise.start, last)
    excess, weight = course.excess[days], course.weight[days]
    known = np.flatnonzero(np.isfinite(excess) & (weight > _BUSY))
    noise, alike = (0.1, 1.0)
    if course.fit:
        noise, alike = course.fit.long_sigma, course.fit.long_sigma / course.fit.sigma
    recent = known[-_LOOK_DAYS:]
    slope = theil_sen(recent.astype(float), excess[recent], alike)
    worst = course.level(days)
    level = worst
    if rise.end is None and len(known) > LEVEL_DAYS:
        level = course.level(slice(rise.start + int(known[-LEVEL_DAYS]), last))
    third = min(max(len(known) // 3, 1), LEVEL_DAYS)
    began = course.level(slice(rise.start, rise.start + int(known[third - 1]) + 1))
    doubt = 1.25 * noise / sqrt(max(float(np.nansum(weight)), 0.1))
    return Change(
        level,
        slope,
        days_until(_now(excess, recent, slope, level), slope, watch.threshold),
        min(certainty(worst - watch.allowance / 2, doubt), _SUREST),
        len(known),
        is_gradual=began < _GRADUAL * level,
    )


def _now(excess: Floats, recent: Places, slope: Slope | None, level: float) -> float:
    """Return where a growing change stands on its last day, which the level lags."""
    if slope is None or slope.low <= 0:
        return level
    ahead = slope.per_day * (recent[-1] - recent)
    return float(np.median(excess[recent] + ahead))


def days_until(
    level: float, slope: Slope | None, threshold: float
) -> tuple[float | None, float | None, float | None]:
    """Return in how many days `threshold` is met: likeliest, earliest, latest."""
    if level >= threshold:
        return 0.0, 0.0, 0.0
    if slope is None:
        return None, None, None

    def reached(per_day: float) -> float | None:
        days = (threshold - level) / per_day if per_day > 0 else np.inf
        return float(days) if days <= _FURTHEST_DAYS else None

    return reached(slope.per_day), reached(slope.high), reached(slope.low)


def series(
    course: Course, measured_kwh: Sequence[float], rise: Rise, first: date
) -> tuple[Seen, ...]:
    """Return the days of a chart: some weeks before the start, and all since."""
    last = len(course.excess)
    if rise.end is not None:
        last = min(last, rise.end + _BEFORE_DAYS // 2)
    begin = max(0, rise.start - _BEFORE_DAYS, last - _LONGEST_SERIES)
    return tuple(
        Seen(
            first + timedelta(days=day),
            _known(float(measured_kwh[day])),
            _known(float(course.expected[day])),
            _known(float(course.excess[day])),
            _smooth(course, day),
        )
        for day in range(begin, last)
    )


def pace(rise: Rise, found: Change, threshold: float) -> str:
    """Return what will become of it, as a sentence."""
    if rise.end is not None:
        return "It is over."
    likely, early, late = found.days_until
    limit = percent(threshold)
    if likely == 0:
        return f"That is past the {limit} at which something has to be done."
    if likely is None:
        return "It is not getting worse."
    if early is not None and late is not None and late < _FURTHEST_DAYS:
        span = f" ({early:.0f} to {late:.0f})"
    else:
        span = f" ({early:.0f} at the earliest)" if early is not None else ""
    return f"At this pace it is {limit} in {likely:.0f} days{span}."


def percent(share: float) -> str:
    """Return a share as people say it."""
    return f"{100 * share:.0f} %"


def told(day: date) -> str:
    """Return a day as people say it."""
    return f"{day.day} {day:%B %Y}"


def _smooth(course: Course, day: int) -> float | None:
    days = slice(max(0, day - 2 * LEVEL_DAYS), day + 1)
    known = np.flatnonzero(np.isfinite(course.excess[days]))
    if len(known) < LEVEL_DAYS // 2 or not np.isfinite(course.excess[day]):
        return None
    recent = slice(days.start + int(known[-LEVEL_DAYS:][0]), day + 1)
    return course.level(recent)


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
