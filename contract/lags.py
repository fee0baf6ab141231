"""The load of earlier days at the same time on the wall, for each lead hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contract.calendar import DAY_S, Calendar, Days, days
from contract.origins import PAST_HOURS, Floats, Origins

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Targets:
    """The hours that are forecast, `n` origins by `h` lead hours.

    Attributes:
        start_s: First instant of each hour. [s since 1970 UTC]
        local_s: The same as the local clock shows it.
        days: Kinds of all the days that matter, from five weeks before to one after.
    """

    origins: Origins
    calendar: Calendar
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
        lead = np.arange(1, self.start_s.shape[1] + 1)
        column = 24 * count - lead - moved_s // _HOUR_S
        is_there = (column >= 0) & (column < PAST_HOURS)
        load_kw = np.take_along_axis(
            self.origins.load_kw, np.where(is_there, column, 0), axis=1
        )
        return np.where(is_there, load_kw, np.nan)


def targets(origins: Origins, calendar: Calendar, lead_hours: int) -> Targets:
    """Return the first `lead_hours` hours after each origin."""
    start_s = origins.at_s[:, None] + _HOUR_S * np.arange(lead_hours)
    local_s = start_s + calendar.offset_s(start_s)
    first, last = (local_s.min(), local_s.max()) if local_s.size else (0, 0)
    before = PAST_HOURS // 24 + 1
    kinds = days(int(first) // DAY_S - before, int(last) // DAY_S + 2, calendar)
    return Targets(origins, calendar, start_s, local_s, kinds)
