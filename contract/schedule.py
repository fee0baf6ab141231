"""How much of a place is in use by its timetables, hour by hour."""

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.calendar import DAY_S, Calendar, days
from contract.origins import Floats, Instants
from contract.timetable import Timetable

_QUARTER_S: Final = 900
_QUARTERS_OF_A_DAY: Final = DAY_S // _QUARTER_S
_MIN: Final = 60
_THURSDAY: Final = 3  # the epoch's day of the week


def scheduled_rate(
    timetables: Collection[Timetable], calendar: Calendar, start_s: Instants
) -> Floats:
    """Return the share of the rooms that are in use in each hour, 0 to 1.

    Nobody teaches on holidays and closed days. NaN without any timetable.

    Args:
        timetables: Those of the rooms that have one.
        start_s: First instants of the hours, of any shape. [s since 1970 UTC]
    """
    used = [timetable for timetable in timetables if timetable]
    if not used:
        return np.full(start_s.shape, np.nan)
    week = np.mean([_week(timetable) for timetable in used], axis=0)
    quarter_s = start_s[..., None] + _QUARTER_S * np.arange(4)
    local_s = quarter_s + calendar.offset_s(quarter_s)
    day = local_s // DAY_S
    place = local_s % DAY_S // _QUARTER_S
    rate = np.where(_is_off(day, calendar), 0.0, week[(day + _THURSDAY) % 7, place])
    mean: Floats = rate.mean(axis=-1)
    return mean


def _week(timetable: Timetable) -> Floats:
    """Return which quarter hours of a week are in use, 7 × 96, 0 or 1."""
    week = np.zeros((7, _QUARTERS_OF_A_DAY))
    first_s = _QUARTER_S * np.arange(_QUARTERS_OF_A_DAY)
    for slot in timetable:
        start_s = (slot.start.hour * 60 + slot.start.minute) * _MIN
        end_s = (slot.end.hour * 60 + slot.end.minute) * _MIN
        week[slot.day, (first_s >= start_s) & (first_s < end_s)] = 1.0
    return week


def _is_off(day: Instants, calendar: Calendar) -> NDArray[np.bool_]:
    if not day.size:
        return np.zeros(day.shape, dtype=np.bool_)
    kinds = days(int(day.min()), int(day.max()), calendar)
    off: NDArray[np.bool_] = (kinds.is_holiday | kinds.is_closed)[day - kinds.first]
    return off
