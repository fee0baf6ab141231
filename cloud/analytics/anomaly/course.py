"""A load over time, laid out on the days and hours of its local clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.anomaly.episode import Episode
from contract.calendar import DAY_S, Calendar, days

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOUR_S: Final = 3_600
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Course:
    """Consecutive hours or quarter hours, oldest first.

    Attributes:
        start_s: First instant of each, without gaps. [s since 1970 UTC]
        load_kw: Mean power; NaN where not known.
        temperature_c: Outdoors; NaN where not known.
    """

    start_s: Instants
    load_kw: Floats
    temperature_c: Floats

    @property
    def step_s(self) -> int:
        """Length of an interval, in s."""
        return int(self.start_s[1] - self.start_s[0]) if len(self.start_s) > 1 else 0

    @property
    def end_s(self) -> int:
        """First instant after the last interval."""
        return int(self.start_s[-1]) + self.step_s


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the intervals of a course lie on the local clock.

    Attributes:
        day: Of each interval, counted from the first.
        slot: Of each interval, counted from local midnight.
        slots: How many a day of 24 hours has.
        is_free: Of each day, whether most people do not work.
        is_holiday: Of each day, whether it is a public holiday or a closed day.
        first: Date of the first day.
    """

    day: Instants
    slot: Instants
    slots: int
    is_free: Flags
    is_holiday: Flags
    weekday: Instants
    first: date

    @property
    def day_count(self) -> int:
        """Number of days that the course touches."""
        return len(self.is_free)

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.first + timedelta(days=day)

    def by_day(self, values: Floats) -> Floats:
        """Return `values` as rows of days; NaN where a day lacks a slot.

        Of an hour that the clock shows twice, the mean of what is known.
        """
        shape = self.day_count, self.slots
        place = self.day * self.slots + self.slot
        known = np.isfinite(values)
        size = shape[0] * shape[1]
        total = np.bincount(place[known], values[known], minlength=size)
        count = np.bincount(place[known], minlength=size)
        spread = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        rows: Floats = spread.reshape(shape)
        return rows


def clock_of(course: Course, calendar: Calendar) -> Clock:
    """Return where the intervals of `course` lie on the clock of `calendar`."""
    local_s = course.start_s + calendar.offset_s(course.start_s)
    number = local_s // DAY_S
    kinds = days(int(number[0]), int(number[-1]), calendar)
    return Clock(
        day=number - number[0],
        slot=(local_s % DAY_S) // course.step_s,
        slots=DAY_S // course.step_s,
        is_free=kinds.is_free,
        is_holiday=kinds.is_holiday | kinds.is_closed,
        weekday=kinds.weekday,
        first=_EPOCH + timedelta(days=int(number[0])),
    )


def without(course: Course, episodes: Iterable[Episode]) -> Floats:
    """Return the load of `course` with nothing known during the episodes."""
    load_kw = course.load_kw.copy()
    for each in episodes:
        first, end = np.searchsorted(course.start_s, (each.start_s, each.end_s))
        load_kw[first:end] = np.nan
    return load_kw
