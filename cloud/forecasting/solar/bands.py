"""How far forecasts of a clearness are off: quantiles by how clear they say it will be.

Split conformal prediction (Lei et al., 2018) within groups of like forecasts; then all
are widened as the last weeks ask for, since skies change with the seasons.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS: Final = (0.1, 0.5, 0.9)

_MOST_GROUPS: Final = 6
_FEWEST: Final = 40  # errors in a group
_THIN: Final = 0.005  # half a band that is none
_PATIENCE: Final = 60.0  # hours that what came must outweigh


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Errors by groups of forecasts.

    Attributes:
        edges: Forecast clearness between one group and the next, ascending.
        errors: Quantiles of measured − forecast, a row for each group.
    """

    edges: Floats
    errors: Floats

    def around(self, clearness: Floats) -> Floats:
        """Return the quantiles around forecasts, never below 0, never crossing."""
        group = np.searchsorted(self.edges, clearness, side="right")
        around = np.maximum(clearness[:, None] + self.errors[group], 0.0)
        return np.sort(around, axis=1)


def learnt(forecast: Floats, measured: Floats) -> Bands:
    """Return the bands that these forecasts of the past would have needed."""
    groups = int(np.clip(len(forecast) // _FEWEST, 1, _MOST_GROUPS))
    edges = np.quantile(forecast, np.arange(1, groups) / groups)
    group = np.searchsorted(edges, forecast, side="right")
    errors = [_quantiles((measured - forecast)[group == n]) for n in range(groups)]
    return Bands(edges, np.array(errors))


def _quantiles(errors: Floats) -> Floats:
    """Return the quantiles, the outer ones as far out as so few errors ask for."""
    if not len(errors):
        return np.zeros(len(LEVELS))
    count = len(errors)
    low, middle, high = LEVELS
    outer = min(1.0, np.ceil((count + 1) * high) / count)
    inner = max(0.0, np.floor((count + 1) * low) / count)
    found: Floats = np.quantile(errors, (inner, middle, outer))
    return found


def widening(measured: Floats, quantiles: Floats) -> float:
    """Return how much wider bands should have been to hold 80 % of what came.

    1 until there is much to go by; below 1 they were too wide.

    Args:
        measured: What came, as a share of the capacity.
        quantiles: What was said before, a column for each of `LEVELS`.
    """
    low, middle, high = quantiles.T
    above = measured >= middle
    half = np.maximum(np.where(above, high - middle, middle - low), _THIN)
    apart = np.abs(measured - middle) / half
    told = (np.abs(measured) > _THIN) | (high > _THIN)
    if not told.any():
        return 1.0
    count = int(told.sum())
    level = min(1.0, (LEVELS[-1] - LEVELS[0]) * (count + 1) / count)
    needed = float(np.quantile(apart[told], level))
    return float(np.clip((count * needed + _PATIENCE) / (count + _PATIENCE), 0.5, 3.0))


def widened(quantiles: Floats, factor: float) -> Floats:
    """Return the quantiles `factor` times as far from the middle, never below 0."""
    middle = quantiles[:, 1:2]
    found: Floats = np.maximum(middle + factor * (quantiles - middle), 0.0)
    return found
