"""Spikes: a load far above what was expected, and back within three hours."""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cloud.analytics.anomaly.course import HOUR_S, Clock, Course, Floats
from cloud.analytics.anomaly.episode import Episode, Kind, confidence
from cloud.analytics.anomaly.expected import Expected
from cloud.analytics.anomaly.robust import medians

LONGEST_H: Final = 3
"""What lasts longer is no spike."""

_SPREADS: Final = 6.0
_SHARE: Final = 0.8
_LEAST_OF_MEAN: Final = 0.5
_ABOVE_USUAL: Final = 1.25
_USUAL_DAYS: Final = 42
_RANK: Final = 3
_FEWEST_DAYS: Final = 14


def spikes(
    course: Course, clock: Clock, expected: Expected, factor: float
) -> list[Episode]:
    """Return the spikes; each is found when it is over.

    A spike rises above the level of the three hours before, as these lay above what was
    expected of them, by 6 robust standard deviations, by 80 % of what was expected (or
    of half the mean load, if that is more), and by 1.25 times the largest rise of the
    third most restless day of six weeks: a load that jumps often is not told each time.

    Args:
        factor: How much higher than usual a spike must be; 1 unless feedback says more.
    """
    above = course.load_kw - expected.load_kw
    rise = above - _level_before(above, LONGEST_H * HOUR_S // course.step_s)
    least = factor * _threshold(rise, clock, expected)
    told: list[Episode] = []
    at = 0
    starts = np.flatnonzero(rise > least)
    while at < len(starts):
        first = int(starts[at])
        end = _end(above, first, rise[first])
        if end is not None and (end - first) * course.step_s <= LONGEST_H * HOUR_S:
            told.append(_episode(course, expected, (first, end), least[first]))
        past = first + 1 if end is None else end
        at = int(np.searchsorted(starts, past))
    return told


def _level_before(above: Floats, count: int) -> Floats:
    """Return the median of the `count` values before each, if it is above zero."""
    padded = np.concatenate((np.full(count, np.nan), above))[:-1]
    before = medians(sliding_window_view(padded, count).T)
    return np.maximum(np.nan_to_num(before), 0.0)


def _threshold(rise: Floats, clock: Clock, expected: Expected) -> Floats:
    mean_kw = expected.mean_kw[clock.day]
    usual = _usual(clock.by_day(rise))[clock.day]
    share = _SHARE * np.maximum(expected.load_kw, _LEAST_OF_MEAN * mean_kw)
    least: Floats = np.maximum(_SPREADS * expected.spread_kw, share)
    return np.maximum(least, _ABOVE_USUAL * usual)


def _usual(rises: Floats) -> Floats:
    """Return the largest rise of the third most restless day before each day."""
    largest = np.nan_to_num(rises).max(axis=1)
    usual = np.full(len(rises), np.nan)
    for day in range(_FEWEST_DAYS, len(rises)):
        past = largest[max(0, day - _USUAL_DAYS) : day]
        usual[day] = np.partition(past, -_RANK)[-_RANK]
    return usual


def _end(above: Floats, first: int, rise: float) -> int | None:
    """Return where the load has come down by half of its rise; None if not yet."""
    stays = above[first:] > above[first] - rise / 2
    gone = np.flatnonzero(~stays)
    return first + int(gone[0]) if len(gone) else None


def _episode(
    course: Course, expected: Expected, span: tuple[int, int], least: float
) -> Episode:
    first, end = span
    hours = course.step_s / HOUR_S
    load_kw = course.load_kw[first:end]
    above = load_kw - expected.load_kw[first:end]
    return Episode(
        kind=Kind.SPIKE,
        start_s=int(course.start_s[first]),
        end_s=int(course.start_s[end - 1]) + course.step_s,
        is_ongoing=False,
        found_s=int(course.start_s[end]) + course.step_s,
        size_kwh=float(above.sum() * hours),
        confidence=confidence(float(above.max() / least)),
        evidence={
            "peak_kw": float(load_kw.max()),
            "expected_kw": float(expected.load_kw[first:end].max()),
            "least_rise_kw": float(least),
        },
    )
