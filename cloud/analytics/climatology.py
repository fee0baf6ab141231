"""What is usual at an hour of a day of the year, from the weather that was."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import HOUR_S, VALUES, Instants, Weather

Floats = NDArray[np.float64]

FEWEST_DAYS: Final = 5
"""Days that must speak of an hour before its mean is said to be usual."""
WINDOWS_DAYS: Final = (10, 20, 45)
"""Days around the day of the year that count, more if there are too few. [d]"""

_YEAR_DAYS: Final = 365.2425
_DAY_S: Final = 86_400


def climatology(past: Weather, start_s: Instants) -> tuple[Weather, Floats]:
    """Return what is usual for the hours that begin at `start_s`, and its spread.

    Returns:
        The means, and the standard deviations around them, a row for each of
        `VALUES`; NaN where too few days speak of that hour.
    """
    mean = np.full((len(VALUES), len(start_s)), np.nan)
    spread = mean.copy()
    hour, age_days = past.start_s % _DAY_S // HOUR_S, past.start_s / _DAY_S
    for place, start in enumerate(start_s.tolist()):
        alike = np.flatnonzero(hour == start % _DAY_S // HOUR_S)
        apart_days = (age_days[alike] - start / _DAY_S) % _YEAR_DAYS
        apart_days = np.minimum(apart_days, _YEAR_DAYS - apart_days)
        values = past.values[:, alike]
        for window in WINDOWS_DAYS:
            wanted = np.isnan(mean[:, place])
            _fill(values[:, apart_days <= window], wanted, mean, spread, place)
    return Weather(start_s, mean), spread


def _fill(
    values: Floats, wanted: NDArray[np.bool_], mean: Floats, spread: Floats, place: int
) -> None:
    known = np.isfinite(values)
    count = known.sum(axis=1)
    enough = wanted & (count >= FEWEST_DAYS)
    held = np.where(known, values, 0.0)
    average = held.sum(axis=1) / np.maximum(count, 1)
    off = np.where(known, values - average[:, None], 0.0)
    variance = (off**2).sum(axis=1) / np.maximum(count - 1, 1)
    mean[enough, place] = average[enough]
    spread[enough, place] = np.sqrt(variance[enough])
