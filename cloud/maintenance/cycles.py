"""How far a state of charge went up and down, its trembling left out."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_TREMBLE: Final = 0.025
"""A turn smaller than this is not one. A BMS that counts in whole percent trembles."""


def swings(soc: NDArray[np.float64]) -> tuple[float, float]:
    """Return what a state of charge (0 to 1) gained and lost in all.

    Turning points are those after which it goes back by more than a tremble (the
    rainflow of ASTM E1049 begins like this).
    """
    if not len(soc):
        return 0.0, 0.0
    turns = [float(soc[0])]
    extreme, rising = float(soc[0]), 0
    for value in map(float, soc):
        if (value - extreme) * rising > 0 or rising == 0:
            if rising == 0 and abs(value - extreme) > _TREMBLE:
                rising = 1 if value > extreme else -1
            if rising != 0:
                extreme = value
        elif abs(value - extreme) > _TREMBLE:
            turns.append(extreme)
            extreme, rising = value, -rising
    steps = np.diff([*turns, extreme])
    return float(steps[steps > 0].sum()), float(-steps[steps < 0].sum())
