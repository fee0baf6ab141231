"""Anomalies put into a real load, to measure how well they are found.

Kinds, sizes, durations and counts are fixed and written down in docs/forecasting.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from cloud.analytics.anomaly.course import HOUR_S, Clock, Course, Flags, Floats
from cloud.analytics.anomaly.episode import Kind
from contract.calendar import DAY_S

WARM_UP_DAYS: Final = 56
"""First days of a load, in which nothing is injected and nothing counted."""
PERIOD_DAYS: Final = 70
"""Each such period after them gets one of each short kind."""
DRIFT_PERIOD_DAYS: Final = 182
"""Each such period gets one drift, so a year gets one."""

STUCK_H: Final = (12, 72)
SPIKE_H: Final = (1, 2)
SPIKE_TIMES: Final = (3.0, 6.0)
NIGHTS: Final = (1, 4)
NIGHT_FROM_H: Final = (20, 23)
NIGHT_TO_H: Final = (5, 7)
NIGHT_SHARE: Final = (0.30, 0.60)
DRIFT_DAYS: Final = (21, 42)
DRIFT_SHARE: Final = (0.15, 0.30)
DRIFT_HELD_DAYS: Final = 28
"""Days that follow a drift's ramp at least; it is held to the end of the data."""

_APART_S: Final = 3 * DAY_S
_TRIES: Final = 200


@dataclass(frozen=True, slots=True)
class Injected:
    """One anomaly that was put in.

    Attributes:
        end_s: First instant after it; of a drift, the end of its ramp.
        size: Hours of a stuck meter, times of a spike, kW of a night load or a drift.
    """

    kind: Kind
    start_s: int
    end_s: int
    size: float


@dataclass(frozen=True, slots=True)
class Field:
    """A load that anomalies are put into, and the dice for where.

    Attributes:
        usable: Intervals in which a short one may lie, and in the day before it.
    """

    course: Course
    clock: Clock
    usable: Flags
    dice: Generator

    @property
    def mean_kw(self) -> float:
        """Mean of the whole load."""
        return float(np.nanmean(self.course.load_kw))

    def inside(self, start_s: int, end_s: int) -> Flags:
        """Return which intervals begin in ``[start_s, end_s)``."""
        start = self.course.start_s
        return (start >= start_s) & (start < end_s)


def injected(field: Field) -> tuple[Floats, list[Injected]]:
    """Return the load with anomalies at random places, and what was put in."""
    drifts = _drifts(field)
    short: list[Injected] = []
    for period in range((field.clock.day_count - WARM_UP_DAYS) // PERIOD_DAYS):
        first = WARM_UP_DAYS + period * PERIOD_DAYS
        for kind in (Kind.STUCK, Kind.SPIKE, Kind.NIGHT_LOAD):
            placed = _placed(field, kind, first, short)
            if placed is not None:
                short.append(placed)
    load_kw = field.course.load_kw.copy()
    for each in drifts:
        ramp = (field.course.start_s - each.start_s) / (each.end_s - each.start_s)
        load_kw += each.size * np.clip(ramp, 0, 1)
    for each in short:
        _apply(field, each, load_kw)
    return load_kw, [*drifts, *short]


def _drifts(field: Field) -> list[Injected]:
    days = field.clock.day_count - 1 - WARM_UP_DAYS
    drifts = []
    for period in range(days // DRIFT_PERIOD_DAYS):
        is_last = period + 1 == days // DRIFT_PERIOD_DAYS
        until = days if is_last else (period + 1) * DRIFT_PERIOD_DAYS
        ramp = int(field.dice.integers(*DRIFT_DAYS, endpoint=True))
        room = until - period * DRIFT_PERIOD_DAYS - ramp - DRIFT_HELD_DAYS
        day = WARM_UP_DAYS + period * DRIFT_PERIOD_DAYS
        start_s = _at(field, day + int(field.dice.integers(room)), 0)
        size_kw = field.dice.uniform(*DRIFT_SHARE) * field.mean_kw
        drifts.append(Injected(Kind.DRIFT, start_s, start_s + ramp * DAY_S, size_kw))
    return drifts


def _placed(
    field: Field, kind: Kind, first: int, others: Sequence[Injected]
) -> Injected | None:
    """Return an anomaly where all is known and no other is near, if there is room."""
    draw = {
        Kind.STUCK: _stuck,
        Kind.SPIKE: _spike,
        Kind.NIGHT_LOAD: _nights,
    }[kind]
    for _ in range(_TRIES):
        drawn = draw(field, first + int(field.dice.integers(PERIOD_DAYS - 5)))
        usable = field.usable[field.inside(drawn.start_s - DAY_S, drawn.end_s)]
        is_apart = all(
            drawn.start_s - other.end_s > _APART_S
            or other.start_s - drawn.end_s > _APART_S
            for other in others
        )
        is_inside = drawn.end_s + DAY_S <= field.course.end_s
        if is_apart and is_inside and usable.all():
            return drawn
    return None


def _stuck(field: Field, day: int) -> Injected:
    start_s = _at(field, day, int(field.dice.integers(24)))
    hours = int(field.dice.integers(*STUCK_H, endpoint=True))
    return Injected(Kind.STUCK, start_s, start_s + hours * HOUR_S, float(hours))


def _spike(field: Field, day: int) -> Injected:
    start_s = _at(field, day, int(field.dice.integers(24)))
    hours = int(field.dice.integers(*SPIKE_H, endpoint=True))
    times = field.dice.uniform(*SPIKE_TIMES)
    return Injected(Kind.SPIKE, start_s, start_s + hours * HOUR_S, times)


def _nights(field: Field, day: int) -> Injected:
    nights = int(field.dice.integers(*NIGHTS, endpoint=True))
    begin = int(field.dice.integers(*NIGHT_FROM_H, endpoint=True))
    end = int(field.dice.integers(*NIGHT_TO_H, endpoint=True))
    size_kw = field.dice.uniform(*NIGHT_SHARE) * field.mean_kw
    return Injected(
        Kind.NIGHT_LOAD,
        _at(field, day, begin),
        _at(field, day + nights, end),
        size_kw,
    )


def _at(field: Field, day: int, hour: int) -> int:
    """Return the instant `hour` hours after the first of a local day, in s."""
    place = int(np.searchsorted(field.clock.day, day))
    return int(field.course.start_s[0]) + place * field.course.step_s + hour * HOUR_S


def _apply(field: Field, each: Injected, load_kw: Floats) -> None:
    inside = field.inside(each.start_s, each.end_s)
    places = np.flatnonzero(inside)
    if not len(places):
        return
    if each.kind is Kind.STUCK:
        load_kw[inside] = load_kw[places[0] - 1]
    elif each.kind is Kind.SPIKE:
        load_kw[inside] *= each.size
    else:
        hour = field.clock.slot * 24 // field.clock.slots
        first, last = hour[places[0]], hour[places[-1]]
        load_kw[inside & ((hour >= first) | (hour <= last))] += each.size
