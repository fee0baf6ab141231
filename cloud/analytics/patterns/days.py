"""A load put on the wall's clock: a row for each local day, a column for each hour."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.load_history import Floats, Instants
from contract.calendar import DAY_S, Calendar, Days, days

HOURS: Final = 24
WORKING: Final = 0
"""The kind of a working day in `contract.calendar.Days`."""

_FULL: Final = 0.95
_HOUR_S: Final = 3_600
_QUARTERS: Final = 4


@dataclass(frozen=True, slots=True)
class LocalDays:
    """Consecutive local days.

    Attributes:
        load_kw: Mean load of each hour, days × `HOURS`; NaN where less than all of it
            is known. An hour that the clock repeats counts as one, with its mean.
        kinds: What each day is.
        scheduled: Share of the rooms in use by the timetables, days × `HOURS`; NaN
            without timetables.
    """

    load_kw: Floats
    kinds: Days
    scheduled: Floats

    def __len__(self) -> int:
        return len(self.load_kw)

    @property
    def is_working(self) -> NDArray[np.bool_]:
        """Which days are working days."""
        working: NDArray[np.bool_] = self.kinds.kind == WORKING
        return working


def local_days(
    start_s: Instants, quarter_kw: Floats, scheduled: Floats, calendar: Calendar
) -> LocalDays:
    """Return the local days that quarter hours lie in.

    Args:
        start_s: First instants of the quarter hours, ascending. [s since 1970 UTC]
        quarter_kw: Their mean load; NaN where not known. [kW]
        scheduled: Share of the rooms in use in each; NaN without timetables.
        calendar: Of the site.
    """
    if not len(start_s):
        nothing = np.empty((0, HOURS))
        return LocalDays(nothing, days(0, -1, calendar), nothing)
    local_s = start_s + calendar.offset_s(start_s)
    kinds = days(int(local_s[0]) // DAY_S, int(local_s[-1]) // DAY_S, calendar)
    place = (local_s // DAY_S - kinds.first) * HOURS + local_s % DAY_S // _HOUR_S
    size = len(kinds.kind) * HOURS
    return LocalDays(
        _hourly(quarter_kw, place, size, _QUARTERS),
        kinds,
        _hourly(scheduled, place, size, 1),
    )


def _hourly(values: Floats, place: NDArray[np.int64], size: int, fewest: int) -> Floats:
    """Return the means of the values that share a place, days × `HOURS`."""
    known = np.isfinite(values)
    count = np.bincount(place[known], minlength=size)
    total = np.bincount(place[known], values[known], minlength=size)
    mean = np.where(count >= fewest, total / np.maximum(count, 1), np.nan)
    return mean.reshape(-1, HOURS)


def quarter_kw(energy_kwh: Floats, coverage: Floats) -> Floats:
    """Return the mean load in kW of quarter hours; NaN where coverage is short."""
    return np.where(coverage >= _FULL, _QUARTERS * energy_kwh, np.nan)
