"""A meter that stands still: the same value for longer than its own habit explains."""

from dataclasses import dataclass
from math import ceil, log
from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import HOUR_S, Course, Floats
from cloud.analytics.anomaly.episode import Episode, Kind, confidence
from cloud.analytics.anomaly.expected import Expected

SHORTEST_H: Final = 6
"""No run of equal values that is shorter is told."""

_PAST_DAYS: Final = 56
_YOUNG_DAYS: Final = 14
_YOUNG_H: Final = 72
_FORGIVEN: Final = 2
_CHANCE: Final = 1e-5
_LONGER: Final = 1.5
_PRIOR_EQUAL, _PRIOR_ALL = 5, 6
_SAME: Final = 1e-6


@dataclass(frozen=True, slots=True)
class _Run:
    """Equal values from interval `first` to before `end`."""

    first: int
    end: int
    value: float

    @property
    def length(self) -> int:
        return self.end - self.first


def stuck(course: Course, expected: Expected, factor: float) -> list[Episode]:
    """Return where the meter stood still.

    A run is told once it is 1.5 times as long as any of the eight weeks before it, and
    longer than chance explains (1 in 100,000) where so many neighbours are equal: a
    coarse meter, or a load that is constant by nature, repeats itself often. In its
    first two weeks a meter must stand still for three days; and from the fourth time in
    eight weeks on, standing still is its habit.

    Args:
        factor: How much longer than usual a run must be; 1 unless feedback says more.
    """
    per_hour = HOUR_S // course.step_s
    shortest = SHORTEST_H * per_hour
    runs = _runs(course.load_kw)
    told: list[Episode] = []
    blamed: list[int] = []
    for number, run in enumerate(runs):
        if run.length < shortest:
            continue
        earliest = run.first - _PAST_DAYS * 24 * per_hour
        past = [
            each
            for at, each in enumerate(runs[:number])
            if each.end > earliest and at not in blamed[-_FORGIVEN:]
        ]
        young = run.first < _YOUNG_DAYS * 24 * per_hour
        least = max(shortest, _YOUNG_H * per_hour if young else 0, _usual(past))
        wanted = ceil(factor * least)
        if run.length >= wanted:
            blamed.append(number)
            told.append(_episode(course, expected, run, wanted))
    return told


def _runs(load_kw: Floats) -> list[_Run]:
    before, after = load_kw[:-1], load_kw[1:]
    changes = ~(np.abs(after - before) <= _SAME * np.abs(before))  # true of NaN, too
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    ends = np.append(starts[1:], len(load_kw))
    return [
        _Run(int(first), int(end), float(load_kw[first]))
        for first, end in zip(starts, ends, strict=True)
        if np.isfinite(load_kw[first])
    ]


def _usual(past: list[_Run]) -> float:
    """Return how long a run may be by the habit of `past`, in intervals."""
    values = sum(each.length for each in past)
    equal = (values - len(past) + _PRIOR_EQUAL) / (values + _PRIOR_ALL)
    by_chance = log(_CHANCE) / log(equal)
    longest = max((each.length for each in past), default=0)
    return max(by_chance, _LONGER * longest)


def _episode(course: Course, expected: Expected, run: _Run, wanted: int) -> Episode:
    first = run.first + 1  # the first of them was measured
    hours = course.step_s / HOUR_S
    above = run.value - expected.load_kw[first : run.end]
    known = np.isfinite(above)
    return Episode(
        kind=Kind.STUCK,
        start_s=int(course.start_s[first]),
        end_s=int(course.start_s[run.end - 1]) + course.step_s,
        is_ongoing=run.end == len(course.start_s),
        found_s=int(course.start_s[run.first + wanted - 1]) + course.step_s,
        size_kwh=float(above[known].sum() * hours) if known.any() else None,
        confidence=confidence(1 + run.length / wanted),
        evidence={
            "value_kw": run.value,
            "hours": run.length * hours,
            "usual_most_hours": wanted * hours,
        },
    )
