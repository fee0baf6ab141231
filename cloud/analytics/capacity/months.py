"""Monthly peaks, those to come, and the month in which they exceed the limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.random import Generator

from cloud.analytics.capacity import growth

LEAST_MONTHS: Final = 3
SHOWN_MONTHS: Final = 24
PROBABILITIES: Final = (10, 50, 90)
"""How likely the limit has been exceeded by the months that are told. [%]"""

_FURTHEST: Final = 120
_DRAWS: Final = 2000
_SHARE_OF_DAYS: Final = 0.8


@dataclass(frozen=True, slots=True)
class DayPeak:
    """Highest mean power of a quarter hour or an hour in a local day, in kW."""

    day: date
    peak_kw: float


@dataclass(frozen=True, slots=True)
class MonthPeak:
    """Highest power of a month; it may yet rise where the month is not whole."""

    month: date
    peak_kw: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """A month to come.

    Attributes:
        low_kw, likely_kw, high_kw: 10, 50 and 90 % quantile of its peak.
        exceeds: How likely its own peak is above the limit; None without a limit.
    """

    month: date
    low_kw: float
    likely_kw: float
    high_kw: float
    exceeds: float | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What there is to plan with.

    Attributes:
        growth: Growth of the peaks per year, as a share: 10, 50 and 90 % quantile.
        headroom_kw: Limit less the highest peak of the last twelve months.
        exceeded: By which month the limit will have been exceeded, with these
            probabilities in percent; None if not within ten years.
        why_none: Why nothing can be said of the months to come, if so.
    """

    months: tuple[MonthPeak, ...]
    ahead: tuple[MonthAhead, ...]
    growth: tuple[float, float, float] | None
    headroom_kw: float | None
    exceeded: Mapping[int, date | None]
    why_none: str | None


def monthly(days: Sequence[DayPeak], today: date) -> tuple[MonthPeak, ...]:
    """Return the peak of each month; whole are those that are over and well known."""
    peaks: dict[date, list[float]] = {}
    for each in days:
        peaks.setdefault(each.day.replace(day=1), []).append(each.peak_kw)

    def is_whole(month: date) -> bool:
        end = following(month, 1)
        return end <= today and len(peaks[month]) >= _SHARE_OF_DAYS * (end - month).days

    return tuple(
        MonthPeak(month, max(peaks[month]), is_whole(month)) for month in sorted(peaks)
    )


def planned(
    months: Sequence[MonthPeak], limit_kw: float | None, rng: Generator
) -> Capacity:
    """Return how peaks will grow, and when they exceed the limit."""
    headroom_kw = _headroom_kw(months, limit_kw)
    whole = [month for month in months if month.is_whole and month.peak_kw > 0]
    if len(whole) < LEAST_MONTHS:
        why = f"{LEAST_MONTHS} whole months are needed; there are {len(whole)}"
        never: dict[int, date | None] = dict.fromkeys(PROBABILITIES)
        return Capacity(tuple(months), (), None, headroom_kw, never, why)
    at = np.array([_number(each.month) for each in whole], dtype=np.float64)
    known = growth.peaks(at, np.array([each.peak_kw for each in whole]))
    paths_kw, grows = growth.drawn(known, _FURTHEST, rng, _DRAWS)
    first = following(whole[-1].month, 1)
    low, likely, high = np.expm1(np.quantile(grows, (0.1, 0.5, 0.9)))
    return Capacity(
        tuple(months),
        _ahead(paths_kw, first, limit_kw),
        (float(low), float(likely), float(high)),
        headroom_kw,
        _exceeded(paths_kw, first, limit_kw),
        None,
    )


def following(month: date, count: int) -> date:
    """Return the month so many after `month`."""
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)


def _number(month: date) -> int:
    return 12 * month.year + month.month - 1


def _headroom_kw(months: Sequence[MonthPeak], limit_kw: float | None) -> float | None:
    if limit_kw is None or not months:
        return None
    return limit_kw - max(month.peak_kw for month in months[-12:])


def _ahead(
    paths_kw: growth.Floats, first: date, limit_kw: float | None
) -> tuple[MonthAhead, ...]:
    low_kw, likely_kw, high_kw = np.quantile(paths_kw, (0.1, 0.5, 0.9), axis=0)
    return tuple(
        MonthAhead(
            following(first, place),
            float(low_kw[place]),
            float(likely_kw[place]),
            float(high_kw[place]),
            None if limit_kw is None else float((paths_kw[:, place] > limit_kw).mean()),
        )
        for place in range(SHOWN_MONTHS)
    )


def _exceeded(
    paths_kw: growth.Floats, first: date, limit_kw: float | None
) -> dict[int, date | None]:
    found: dict[int, date | None] = dict.fromkeys(PROBABILITIES)
    if limit_kw is None:
        return found
    by_then = np.maximum.accumulate(paths_kw > limit_kw, axis=1).mean(axis=0)
    for percent in PROBABILITIES:
        reached = np.flatnonzero(by_then >= percent / 100)
        if len(reached):
            found[percent] = following(first, int(reached[0]))
    return found
