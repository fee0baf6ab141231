"""Local clocks and kinds of day: what a forecast knows of the time it is for."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY_S: Final = 86_400

_STEP_S: Final = 900
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_THURSDAY: Final = 3  # the epoch's day of the week
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of a site's days long before they come.

    Attributes:
        zone: Time zone of the site.
        holidays: Public holidays.
        closed: Days of breaks and closing periods.
    """

    zone: ZoneInfo
    holidays: frozenset[date] = field(default=frozenset())
    closed: frozenset[date] = field(default=frozenset())

    def offset_s(self, at_s: Instants) -> Instants:
        """Return how far the local clock is ahead of UTC at each instant, in s."""
        if not at_s.size:
            return np.zeros(at_s.shape, dtype=np.int64)
        day = at_s // DAY_S
        first, last = int(day.min()), int(day.max())
        ends = [self._offset_s(each * DAY_S) for each in range(first, last + 2)]
        table = np.array(ends, dtype=np.int64)
        offset = table[day - first]
        moved = offset != table[day - first + 1]  # clocks change on these days
        steps, place = np.unique(at_s[moved] // _STEP_S, return_inverse=True)
        ahead = [self._offset_s(int(step) * _STEP_S) for step in steps]
        offset[moved] = np.array(ahead, dtype=np.int64)[place]
        return offset

    def _offset_s(self, second: int) -> int:
        ahead = datetime.fromtimestamp(second, UTC).astimezone(self.zone).utcoffset()
        return 0 if ahead is None else ahead // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Kinds of consecutive days, by day number since 1970.

    Attributes:
        first: Number of the first day.
        weekday: 0 is Monday.
        is_holiday: Public holidays.
        is_closed: Breaks; also 24 December to 1 January where 25 December is a
            holiday.
        is_bridge: A working day between a holiday and a weekend.
        kind: 0 working day, 1 Saturday, 2 Sunday, 3 holiday, 4 closed.
    """

    first: int
    weekday: NDArray[np.int64]
    is_holiday: Flags
    is_closed: Flags
    is_bridge: Flags
    kind: NDArray[np.int64]

    @property
    def is_free(self) -> Flags:
        """Days on which most people do not work."""
        free: Flags = self.kind > 0
        return free


def days(first: int, last: int, calendar: Calendar) -> Days:
    """Return the kinds of the days from number `first` to number `last`."""
    numbers = np.arange(first, last + 1, dtype=np.int64)
    dates = [date.fromordinal(int(number) + _EPOCH_ORDINAL) for number in numbers]
    weekday = (numbers + _THURSDAY) % 7
    is_holiday = np.array([day in calendar.holidays for day in dates], dtype=np.bool_)
    is_closed = np.array([_is_closed(day, calendar) for day in dates], dtype=np.bool_)
    kind = np.select(
        [is_holiday, is_closed, weekday == _FRIDAY + 1, weekday == _FRIDAY + 2],
        [3, 4, 1, 2],
        0,
    )
    works, off = kind == 0, (kind == 3) | (kind == 4)
    before, after = np.roll(off, 1), np.roll(off, -1)
    before[:1], after[-1:] = False, False
    is_bridge = works & ((weekday == _FRIDAY) & before | (weekday == 0) & after)
    return Days(first, weekday, is_holiday, is_closed, is_bridge, kind)


def _is_closed(day: date, calendar: Calendar) -> bool:
    if day in calendar.closed:
        return True
    year_end = (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)
    christmas = date(day.year - (day.month == 1), 12, 25)
    return year_end and christmas in calendar.holidays
