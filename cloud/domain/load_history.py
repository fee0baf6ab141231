"""A node's load on the 15-minute grid, with what a forecast needs beside it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LoadHistory:
    """Consecutive or gappy intervals of the 15-minute grid, oldest first.

    All arrays have one entry for each interval; NaN where nothing is known.

    Attributes:
        start_s: First instant of each interval, strictly ascending. [s since 1970 UTC]
        coverage: Share of the interval in which the course of the energy is known.
        temperature_c: Mean over the rooms. [°C]
        occupancy_rate: Share of the rooms that are occupied, 0 to 1.
    """

    start_s: Instants
    energy_kwh: Floats
    coverage: Floats
    temperature_c: Floats
    occupancy_rate: Floats

    def __len__(self) -> int:
        return len(self.start_s)


_EQUAL: Final = 1e-9
_OFTEN: Final = 0.2  # share of equal neighbours that chance does not make


def between_readings(energy_kwh: Floats) -> NDArray[np.bool_]:
    """Return for each interval whether its end lies between two readings of a counter.

    A step of the counter is spread evenly over the intervals that it touches, so these
    are equal. Two equal ones in a row may be chance, unless there are many of them;
    three are not.
    """
    after = np.append(energy_kwh[1:], np.nan)
    same = np.abs(after - energy_kwh) <= _EQUAL * np.abs(energy_kwh)
    same &= energy_kwh != 0
    known = np.isfinite(after - energy_kwh)
    if same.sum() > _OFTEN * known.sum():
        return same
    before, behind = np.append(False, same[:-1]), np.append(same[1:], False)
    within: NDArray[np.bool_] = same & (before | behind)
    return within
