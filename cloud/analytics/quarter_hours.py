"""A forecast of hours told in quarter hours, with wider bounds."""

from typing import Final

import numpy as np

from cloud.domain.load_history import Floats
from cloud.domain.outlook import COLUMNS, Outlook
from contract.calendar import Calendar
from contract.quarters import QUARTERS, quarter_kw

FLAT: Final = np.ones((2, QUARTERS))
"""The course of a load within the hour of which nothing is known."""
UNKNOWN_STRAY: Final = 0.1
"""Share of the mean load that quarters may stray from it, where nobody knows."""


def in_quarters(
    hours: Outlook,
    calendar: Calendar,
    shape: Floats = FLAT,
    stray: float = UNKNOWN_STRAY,
) -> Floats:
    """Return the mean load of each quarter hour, quarters × `COLUMNS`, in kW.

    The means of an hour's quarters are the hour's. What an hour may miss and how far
    its quarters stray add up by their squares, as independent errors do.

    Args:
        shape: As `contract.quarters.quarter_kw` takes it.
        stray: What 80 % of the quarter hours stay within, around their share of the
            hour, as a share of the mean load.
    """
    mean, low, middle, high = hours.kw.T
    stray_kw = stray * float(np.abs(mean).mean())
    course, median = (
        quarter_kw(kw, hours.origin_s, calendar, shape) for kw in (mean, middle)
    )
    below, above = (
        np.repeat(np.hypot(np.maximum(away, 0.0), stray_kw), 4)
        for away in (mean - low, high - mean)
    )
    quarters = np.column_stack((course, course - below, median, course + above))
    if (low >= 0).all():
        quarters = np.maximum(quarters, 0.0)
    quarters[:, 1:] = np.sort(quarters[:, 1:], axis=1)
    return quarters.reshape(-1, len(COLUMNS))
