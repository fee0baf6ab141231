"""A node's load on the 15-minute grid, with what a forecast needs beside it."""

from dataclasses import dataclass

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
