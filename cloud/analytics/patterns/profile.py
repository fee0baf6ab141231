"""The usual day by its type, the usual week, and what a load is at its least and most.

Near-base and near-peak load are the 2.5 and 97.5 % quantiles of a day (Price, Methods
for Analyzing Electric Load Shape and its Variability, LBNL-3713E, 2010).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from cloud.analytics.patterns.days import HOURS, LocalDays
from cloud.domain.load_history import Floats

FEWEST_HOURS: Final = 20
"""A day of which less is known is not judged as a day."""

_NEAR_BASE: Final = 2.5
_NEAR_PEAK: Final = 97.5
_WEEK: Final = 7


class DayType(StrEnum):
    """Days that are alike."""

    WORKING = "working day"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"
    OFF = "holiday or closed"


_KINDS: Final = {
    DayType.WORKING: (0,),
    DayType.SATURDAY: (1,),
    DayType.SUNDAY: (2,),
    DayType.OFF: (3, 4),
}
"""Kinds of `contract.calendar.Days` that belong to each type."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The usual course of one type of day; NaN at hours that were never measured.

    Attributes:
        days: How many days of it were measured, at least in part.
        mean_kw, p10_kw, p90_kw: Of each hour on the wall. [kW]
    """

    type: DayType
    days: int
    mean_kw: Floats
    p10_kw: Floats
    p90_kw: Floats


@dataclass(frozen=True, slots=True)
class Figures:
    """What a load is at its least and most.

    Attributes:
        days: Days that were judged.
        base_kw: Median of the days' near-base loads. [kW]
        near_peak_kw: Median of the days' near-peak loads. [kW]
        mean_kw: Of all hours. [kW]
        peak_kw: Highest hour. [kW]
        load_factor: Mean by peak, 0 to 1; None without a load.
        peak_hour: Hour on the wall that most often is the highest of a working day;
            None without a working day whose load moves.
        peak_share: Share of the working days on which it is.
    """

    days: int
    base_kw: float
    near_peak_kw: float
    mean_kw: float
    peak_kw: float
    load_factor: float | None
    peak_hour: int | None
    peak_share: float | None


def profiles(days: LocalDays) -> list[Profile]:
    """Return the profile of each type of day that was measured."""
    found = []
    for kind, numbers in _KINDS.items():
        rows = days.load_kw[np.isin(days.kinds.kind, numbers)]
        rows = rows[np.isfinite(rows).any(axis=1)]
        if len(rows):
            found.append(_profile(kind, rows))
    return found


def week_kw(days: LocalDays) -> Floats:
    """Return the mean load of each hour of the week, 7 × `HOURS`; Monday first.

    Holidays and closed days don't count. NaN at hours that were never measured.
    """
    usual = days.kinds.kind <= _KINDS[DayType.SUNDAY][0]
    means = [
        _column_means(days.load_kw[usual & (days.kinds.weekday == day)])
        for day in range(_WEEK)
    ]
    return np.array(means)


def figures(days: LocalDays) -> Figures | None:
    """Return the figures of the days; None where no day is known well enough."""
    known = np.isfinite(days.load_kw)
    judged = days.load_kw[known.sum(axis=1) >= FEWEST_HOURS]
    if not len(judged):
        return None
    mean_kw, peak_kw = float(np.nanmean(judged)), float(np.nanmax(judged))
    base_kw, near_peak_kw = (
        float(np.median(np.nanpercentile(judged, share, axis=1)))
        for share in (_NEAR_BASE, _NEAR_PEAK)
    )
    whole = known.sum(axis=1) >= FEWEST_HOURS
    hour, share = _peak_time(days.load_kw[whole & days.is_working])
    factor = mean_kw / peak_kw if peak_kw > 0 else None
    return Figures(
        len(judged), base_kw, near_peak_kw, mean_kw, peak_kw, factor, hour, share
    )


def by_type(found: Sequence[Profile], kind: DayType) -> Profile | None:
    """Return the profile of a type of day, if it was measured."""
    return next((profile for profile in found if profile.type is kind), None)


def _profile(kind: DayType, rows: Floats) -> Profile:
    known = np.isfinite(rows).any(axis=0)
    p10, p90 = np.full(HOURS, np.nan), np.full(HOURS, np.nan)
    p10[known], p90[known] = np.nanquantile(rows[:, known], (0.1, 0.9), axis=0)
    return Profile(kind, len(rows), _column_means(rows), p10, p90)


def _column_means(rows: Floats) -> Floats:
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _peak_time(rows: Floats) -> tuple[int | None, float | None]:
    moves = np.nanmax(rows, axis=1) > np.nanmin(rows, axis=1) if len(rows) else []
    rows = rows[np.asarray(moves, dtype=np.bool_)]
    if not len(rows):
        return None, None
    counts = np.bincount(np.nanargmax(rows, axis=1), minlength=HOURS)
    hour = int(np.argmax(counts))
    return hour, float(counts[hour] / len(rows))
