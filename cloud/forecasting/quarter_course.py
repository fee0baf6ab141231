"""How a load runs within the hours: its usual course, and how far it strays from it."""

from typing import Final

import numpy as np

from cloud.domain.load_history import LoadHistory
from contract.calendar import DAY_S, Calendar, days
from contract.origins import Floats
from contract.quarters import QUARTERS, quarter_kw

_FULL: Final = 0.95
_QUARTER_S: Final = 900
_LONGEST_DAYS: Final = 56
_LEVEL: Final = 0.8
_SMALLEST_KW: Final = 1e-6


def quarter_shape(history: LoadHistory, calendar: Calendar) -> Floats:
    """Return the usual load at each time on the wall, 2 × 96, its mean being 1.

    The first row is of working days, the second of others; what was never seen is 1.
    """
    first_s, known_kw = _last_days(history)
    shape = np.ones((2, QUARTERS))
    if not np.isfinite(known_kw).any():
        return shape
    start_s = first_s + _QUARTER_S * np.arange(len(known_kw), dtype=np.int64)
    local_s = start_s + calendar.offset_s(start_s)
    day, place = local_s // DAY_S, local_s % DAY_S // _QUARTER_S
    kinds = days(int(day[0]), int(day[-1]), calendar)
    is_free = kinds.is_free[day - kinds.first]
    for row in range(2):
        mine = np.isfinite(known_kw) & (is_free == bool(row))
        count = np.bincount(place[mine], minlength=QUARTERS)
        total = np.bincount(place[mine], weights=known_kw[mine], minlength=QUARTERS)
        mean_kw = total / np.maximum(count, 1)
        level_kw = (
            max(abs(float(mean_kw[count > 0].mean())), _SMALLEST_KW)
            if (count.any())
            else 1.0
        )
        shape[row] = np.where(count > 0, mean_kw / level_kw, 1.0)
    return shape


def quarter_miss(history: LoadHistory, calendar: Calendar, shape: Floats) -> float:
    """Return what 80 % of the quarter hours stay within, around their share, by scale.

    The share is the hour's mean load, spread by `shape`; the scale is the mean load.
    """
    first_s, known_kw = _last_days(history)
    if not np.isfinite(known_kw).any():
        return 0.0
    hour_kw = known_kw.reshape(-1, 4).mean(axis=1)
    missed_kw = np.abs(known_kw - quarter_kw(hour_kw, first_s, calendar, shape))
    known = np.isfinite(missed_kw)
    if not known.any():
        return 0.0
    scale_kw = max(float(np.nanmean(np.abs(known_kw))), _SMALLEST_KW)
    return float(np.quantile(missed_kw[known], _LEVEL)) / scale_kw


def _last_days(history: LoadHistory) -> tuple[int, Floats]:
    """Return the first instant and the load of the quarter hours of the last days."""
    if not len(history):
        return 0, np.empty(0)
    last_s = int(history.start_s[-1])
    reach = (last_s - int(history.start_s[0])) // _QUARTER_S + 1
    count = min(reach, QUARTERS * _LONGEST_DAYS) // QUARTERS * QUARTERS
    kw = np.full(count, np.nan)
    place = (history.start_s - last_s) // _QUARTER_S + count - 1
    known = (place >= 0) & (history.coverage >= _FULL)
    kw[place[known]] = 4 * history.energy_kwh[known]
    return last_s - _QUARTER_S * (count - 1), kw
