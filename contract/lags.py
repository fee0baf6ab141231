"""The load of earlier days at the same time on the wall, and what is usual then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contract.calendar import DAY_S, Calendar, Days, days
from contract.origins import PAST_HOURS, Floats, Origins

_HOUR_S = 3_600
_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Targets:
    """Hours before or after `n` origins, `n` × `h`.

    Attributes:
        lead: Which hours: 1 begins at the origin, 0 ends there, −1 an hour before.
        start_s: First instant of each hour. [s since 1970 UTC]
        local_s: The same as the local clock shows it.
        days: Kinds of all the days that matter, from six weeks before to two after.
    """

    origins: Origins
    calendar: Calendar
    lead: NDArray[np.int64]
    start_s: NDArray[np.int64]
    local_s: NDArray[np.int64]
    days: Days

    @property
    def day(self) -> NDArray[np.int64]:
        """The day of each hour, counted from the first of `days`."""
        return self.local_s // DAY_S - self.days.first

    @property
    def hour(self) -> Floats:
        """The time on the wall when each hour begins, in h."""
        clock: Floats = self.local_s % DAY_S / _HOUR_S
        return clock

    def days_before(self, count: int) -> Floats:
        """Return the load in kW at the same time on the wall `count` days before.

        NaN where it is not known, or not yet.
        """
        then_s = self.start_s - count * DAY_S
        moved_s = self.local_s - self.start_s - self.calendar.offset_s(then_s)
        column = 24 * count - self.lead - moved_s // _HOUR_S
        is_there = (column >= 0) & (column < PAST_HOURS)
        load_kw = np.take_along_axis(
            self.origins.load_kw, np.where(is_there, column, 0), axis=1
        )
        return np.where(is_there, load_kw, np.nan)

    def alike_kw(self, most: int) -> Floats:
        """Return the mean load in kW of the last `most` days of the same kind.

        Those are working days, or others, of the four weeks before; same time on the
        wall. NaN where none is known.
        """
        free, day = self.days.is_free, self.day
        total, count = np.zeros(self.start_s.shape), np.zeros(self.start_s.shape)
        for before in range(1, 7 * _WEEKS + 1):
            load_kw = self.days_before(before)
            counts = (free[day - before] == free[day]) & np.isfinite(load_kw)
            counts &= count < most
            total += np.where(counts, load_kw, 0.0)
            count += counts
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def targets(origins: Origins, calendar: Calendar, lead_hours: int) -> Targets:
    """Return the first `lead_hours` hours after each origin."""
    return _hours(origins, calendar, np.arange(1, lead_hours + 1))


def hours_before(origins: Origins, calendar: Calendar, count: int) -> Targets:
    """Return the last `count` hours before each origin, the last one first."""
    return _hours(origins, calendar, -np.arange(count))


def _hours(origins: Origins, calendar: Calendar, lead: NDArray[np.int64]) -> Targets:
    start_s = origins.at_s[:, None] + _HOUR_S * (lead - 1)
    local_s = start_s + calendar.offset_s(start_s)
    first, last = (local_s.min(), local_s.max()) if local_s.size else (0, 0)
    before = PAST_HOURS // 24 + 1
    kinds = days(int(first) // DAY_S - before, int(last) // DAY_S + 2, calendar)
    return Targets(origins, calendar, lead, start_s, local_s, kinds)
