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
    return rate_in(usual_week(timetables), calendar, start_s)


def usual_week(timetables: Collection[Timetable]) -> Floats:
    """Return the share of the rooms in use in each quarter hour of a week, 7 × 96.

    Monday first; NaN without any timetable.
    """
    used = [timetable for timetable in timetables if timetable]
    if not used:
        return np.full((7, _QUARTERS_OF_A_DAY), np.nan)
    mean: Floats = np.mean([_week(timetable) for timetable in used], axis=0)
    return mean


def rate_in(week: Floats, calendar: Calendar, start_s: Instants) -> Floats:
    """Return what `scheduled_rate` does, from what `usual_week` returned."""
    quarter_s = start_s[..., None] + _QUARTER_S * np.arange(4)
    mean: Floats = in_use(week, calendar, quarter_s).mean(axis=-1)
    return mean


def in_use(week: Floats, calendar: Calendar, at_s: Instants) -> Floats:
    """Return the share of the rooms that are in use at instants, as above."""
    if np.isnan(week).any():
        return np.full(at_s.shape, np.nan)
    local_s = at_s + calendar.offset_s(at_s)
    day = local_s // DAY_S
    place = local_s % DAY_S // _QUARTER_S
    return np.where(_is_off(day, calendar), 0.0, week[(day + _THURSDAY) % 7, place])


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
