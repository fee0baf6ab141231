"""From hours to quarter hours: the load's usual course within the hour."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.calendar import DAY_S, Calendar, days
from contract.origins import Floats

QUARTERS: Final = 96
"""Quarter hours of a day."""

_QUARTER_S: Final = 900
_SMALLEST: Final = 1e-9


def quarter_kw(
    hour_kw: Floats, origin_s: int, calendar: Calendar, shape: Floats
) -> Floats:
    """Return the load of each quarter hour; its mean over an hour is the hour's.

    Args:
        hour_kw: Of consecutive hours, the first begins at the origin. [kW]
        origin_s: On the 15-minute grid. [s since 1970 UTC]
        calendar: Of the site.
        shape: 2 × `QUARTERS`: the usual load at each time on the wall, on working days
            and on others, in any unit.
    """
    start_s = origin_s + _QUARTER_S * np.arange(4 * len(hour_kw), dtype=np.int64)
    local_s = start_s + calendar.offset_s(start_s)
    usual = shape[_is_free(local_s, calendar), local_s % DAY_S // _QUARTER_S]
    each = usual.reshape(-1, 4)
    mean = each.mean(axis=1, keepdims=True)
    share = np.where(mean > _SMALLEST, each / np.maximum(mean, _SMALLEST), 1.0)
    course_kw: Floats = (share * hour_kw[:, None]).ravel()
    return course_kw


def _is_free(local_s: NDArray[np.int64], calendar: Calendar) -> NDArray[np.int64]:
    numbers = local_s // DAY_S
    kinds = days(int(numbers[0]), int(numbers[-1]), calendar)
    return kinds.is_free[numbers - kinds.first].astype(np.int64)
