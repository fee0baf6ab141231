"""Night load left on: a night that stays higher than nights of its kind do."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import HOUR_S, Clock, Course, Flags, Floats
from cloud.analytics.anomaly.episode import Episode, Kind, confidence
from cloud.analytics.anomaly.expected import Expected
from cloud.analytics.anomaly.robust import NORMAL, mean_known, median, medians

NIGHT_H: Final = slice(0, 5)
"""Local hours that are night on any campus."""
FOUND_H: Final = 12
"""Local hour at which a night is judged, when the morning is known as well."""

_DAY_H: Final = slice(9, 18)
_MORNING_H: Final = slice(8, 12)
_EVENING_H: Final = 17
_KNOWN: Final = 0.6
_SHARE: Final = 0.18
_SPREADS: Final = 1.5
_DAY_PART: Final = 0.8
_LEVEL_NIGHTS: Final = 9
_LIKE_NIGHTS: Final = 5
_PAST_NIGHTS: Final = 60
_FEWEST_NIGHTS: Final = 14
_LONGEST_NIGHTS: Final = 7
_NEW: Final = 0.5
_OFTEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Night:
    """A night that was too high.

    Attributes:
        day: Of its morning.
        above_kw: By how much, less what the days around it were higher.
    """

    day: int
    above_kw: float
    least_kw: float


@dataclass(slots=True)
class _Habit:
    """What the nights so far say of a building, those that were told left out."""

    levels: deque[float] = field(default_factory=lambda: deque(maxlen=_LEVEL_NIGHTS))
    loads: dict[bool, deque[float]] = field(
        default_factory=lambda: {
            is_free: deque(maxlen=_LIKE_NIGHTS) for is_free in (False, True)
        }
    )
    scores: deque[float] = field(default_factory=lambda: deque(maxlen=_PAST_NIGHTS))
    told: list[int] = field(default_factory=list)

    def level_kw(self) -> float:
        return median(np.array(self.levels)) if self.levels else 0.0

    def newer_kw(self, load_kw: float, is_free: bool) -> float:
        """Return by how much a night is higher than the last ones of its kind.

        What was expected may change by itself, some weeks after the load did.
        """
        alike = self.loads[is_free]
        return load_kw - median(np.array(alike)) if alike else 0.0

    def learn(self, above_kw: float, load_kw: float, is_free: bool) -> None:
        """Take a night as usual."""
        self.levels.append(above_kw)
        self.loads[is_free].append(load_kw)

    def least_kw(self, day: int, mean_kw: float) -> float:
        """Return from where on a night is told."""
        if len(self.scores) < _FEWEST_NIGHTS:
            return np.inf
        spread = NORMAL * median(np.abs(np.array(self.scores)))
        lately = [at for at in self.told if at >= day - _PAST_NIGHTS]
        starts = sum(at - 1 not in self.told for at in lately)
        often = 1 + _OFTEN * max(0, starts - 1)
        return often * max(_SHARE * mean_kw, _SPREADS * spread)


def night_loads(
    course: Course, clock: Clock, expected: Expected, factor: float
) -> list[Episode]:
    """Return the nights (midnight to five) that were higher than nights of their kind.

    What counts is by how much a night lies above what was expected, beyond the last
    nine nights, less 80 % of what the day before or the morning after lies above
    theirs: where the whole day is higher, more is going on, and nothing was left on.
    At least half of it must lie above the last nights of the same kind.
    It is told from 18 % of the mean load and 1.5 robust standard deviations on, and
    from half as much more for each time but one that it was told in 60 days: a building
    that is often high at night has a habit. After seven nights in a row the level is
    taken as usual.
    """
    above = course.load_kw - expected.load_kw
    hours = _hourly(clock, above)
    loads = _middle(_hourly(clock, course.load_kw)[:, NIGHT_H])
    high = _high_nights(hours, loads, (clock.is_free, expected.mean_kw), factor)
    judged = [each for each in high if _noon(clock, each.day) <= len(above)]
    return [_episode(course, clock, above, chain) for chain in _chains(judged)]


def high_days(clock: Clock, course: Course, episodes: list[Episode]) -> Flags:
    """Return the days whose first hours lie within one of the episodes."""
    inside = np.zeros(clock.day_count, dtype=np.bool_)
    at_night = clock.slot < NIGHT_H.stop * clock.slots // 24
    for each in episodes:
        within = (course.start_s >= each.start_s) & (course.start_s < each.end_s)
        inside[clock.day[within & at_night]] = True
    return inside


def _hourly(clock: Clock, values: Floats) -> Floats:
    rows = clock.by_day(values).reshape(clock.day_count * 24, -1)
    return mean_known(rows, 0.5).reshape(-1, 24)


def _high_nights(
    hours: Floats, loads: Floats, days: tuple[Flags, Floats], factor: float
) -> list[_Night]:
    is_free, mean_kw = days
    night = _middle(hours[:, NIGHT_H])
    day = _beyond_level(mean_known(hours[:, _DAY_H], _KNOWN))
    morning = _beyond_level(mean_known(hours[:, _MORNING_H], _KNOWN))
    habit = _Habit()
    found: list[_Night] = []
    in_a_row = 0
    for at in range(1, len(night)):
        if not np.isfinite(night[at]):
            continue
        its = float(night[at]), float(loads[at]), bool(is_free[at])
        busy = max(0.0, day[at - 1], morning[at])
        score = float(night[at] - habit.level_kw() - _DAY_PART * busy)
        least = float(factor * habit.least_kw(at, mean_kw[at]))
        is_high = score > least and habit.newer_kw(*its[1:]) > _NEW * score
        in_a_row = in_a_row + 1 if is_high else 0
        if in_a_row:
            found.append(_Night(at, score, least))
            habit.told.append(at)
        if not 0 < in_a_row <= _LONGEST_NIGHTS:
            habit.learn(*its)
            habit.scores.append(score)
    return found


def _middle(rows: Floats) -> Floats:
    enough = np.isfinite(rows).sum(axis=1) >= _KNOWN * rows.shape[1]
    return np.where(enough, medians(rows.T), np.nan)


def _beyond_level(values: Floats) -> Floats:
    """Return by how much each value lies above the nine before it; 0 where unknown."""
    past = [values[max(0, at - _LEVEL_NIGHTS) : at] for at in range(len(values))]
    beyond: Floats = values - np.array([median(each) for each in past])
    return np.nan_to_num(beyond)


def _chains(found: list[_Night]) -> list[list[_Night]]:
    chains: list[list[_Night]] = []
    for night in found:
        if not chains or night.day > chains[-1][-1].day + 1:
            chains.append([])
        chains[-1].append(night)
    return chains


def _episode(
    course: Course, clock: Clock, above: Floats, chain: list[_Night]
) -> Episode:
    first, last = chain[0], chain[-1]
    begin = _begin(clock, above, first)
    end = _end(clock, above, last)
    in_the_dark = (clock.slot < _MORNING_H.start * clock.slots // 24) | (
        clock.slot >= _EVENING_H * clock.slots // 24
    )
    extra = np.where(in_the_dark, above, 0.0)[begin:end]
    return Episode(
        kind=Kind.NIGHT_LOAD,
        start_s=int(course.start_s[begin]),
        end_s=int(course.start_s[end - 1]) + course.step_s,
        is_ongoing=clock.day_count - last.day < 2,
        found_s=int(course.start_s[_noon(clock, first.day) - 1]) + course.step_s,
        size_kwh=float(np.nansum(np.maximum(extra, 0)) * course.step_s / HOUR_S),
        confidence=confidence(max(each.above_kw / each.least_kw for each in chain)),
        evidence={
            "nights": float(len(chain)),
            "above_kw": float(np.mean([each.above_kw for each in chain])),
            "least_kw": first.least_kw,
        },
    )


def _begin(clock: Clock, above: Floats, night: _Night) -> int:
    begin = _place(clock, night.day, 0)
    evening = _place(clock, night.day - 1, _EVENING_H)
    while begin > evening and above[begin - 1] > night.above_kw / 2:
        begin -= 1
    return begin


def _end(clock: Clock, above: Floats, night: _Night) -> int:
    end = _place(clock, night.day, NIGHT_H.stop)
    while end < _noon(clock, night.day) and above[end] > night.above_kw / 2:
        end += 1
    return end


def _noon(clock: Clock, day: int) -> int:
    return _place(clock, day, FOUND_H)


def _place(clock: Clock, day: int, hour: int) -> int:
    """Return which interval begins at a local hour, or past the end if none does."""
    of_day = int(np.searchsorted(clock.day, day))
    slots = clock.slot[of_day : int(np.searchsorted(clock.day, day + 1))]
    wanted = hour * clock.slots // 24
    later = slots >= wanted
    if later.any():
        return of_day + int(np.argmax(later))
    is_next = len(slots) > 0 and slots[-1] + 1 == wanted
    return of_day + len(slots) if is_next else len(clock.day) + 1
