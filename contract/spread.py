"""How far measured loads stray from what was forecast: quantiles that keep their share.

Split conformal prediction on the last weeks (Vovk, Gammerman, Shafer 2005), each miss
taken by what is usual at its hour of the day, with tails that widen after surprises
(Gibbs, Candès 2021, "Adaptive conformal inference under distribution shift").
"""

from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from contract.origins import Floats

TAIL: Final = 0.1
"""Share of the loads that should lie below the quantiles, and as much above."""
FEWEST: Final = 24
"""Judged hours before a spread is known at all."""

_HOURS: Final = 24
_MIDDLE: Final = 0.5
_UNKNOWN: Final = 0.5  # by scale
_WEEK: Final = 168
_FEW_DAYS: Final = 0.6  # how much wider where less than a week was judged: days differ
_RATE: Final = 0.05 / _HOURS  # how fast a tail follows its misses, for each hour
_NARROWEST, _WIDEST = 0.45, 0.005  # tails
_TAIL_COUNT: Final = 2
_NEIGHBOURS: Final = 0.5  # weight of the hours beside an hour
_SHRINK: Final = 10.0  # hours that count for the mean of all hours
_SMALLEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Tails:
    """The shares that are cut off below and above, as they were found to work."""

    low: float = TAIL
    high: float = TAIL

    def after(self, below: int, above: int, judged: int) -> Self:
        """Return the tails after so many of `judged` hours lay outside."""
        return type(self)(
            _clipped(self.low + _RATE * (TAIL * judged - below)),
            _clipped(self.high + _RATE * (TAIL * judged - above)),
        )


@dataclass(frozen=True, slots=True)
class Misses:
    """Measured − forecast of the last judged hours, by scale.

    Attributes:
        clock: The hour on the wall, 0 to 23; empty where that was not kept.
    """

    missed: Floats
    clock: NDArray[np.int64] = field(
        default_factory=lambda: np.empty(0, dtype=np.int64)
    )

    def around(self, hour: NDArray[np.int64], tails: Tails) -> Floats:
        """Return the three quantiles around a forecast of these hours, hours × 3."""
        if len(self.missed) < FEWEST:
            away = np.array([-_UNKNOWN, 0.0, _UNKNOWN])
            return np.tile(away, (len(hour), 1))
        usual = self._usual()
        then = usual[self.clock] if len(self.clock) == len(self.missed) else 1.0
        levels = (tails.low, _MIDDLE, 1 - tails.high)
        away = np.quantile(self.missed / then, levels)
        wider = 1 + _FEW_DAYS * max(1 - len(self.missed) / _WEEK, 0.0)
        away = away[1] + (away - away[1]) * wider
        around: Floats = usual[hour][:, None] * away
        return around

    def _usual(self) -> Floats:
        """Return the usual miss at each hour of the day, drawn towards that of all."""
        if len(self.clock) != len(self.missed):
            return np.ones(_HOURS)
        size = np.abs(self.missed)
        total = _smoothed(np.bincount(self.clock, size, _HOURS))
        ones = np.ones(len(size))
        count = _smoothed(np.bincount(self.clock, ones, _HOURS))
        usual: Floats = (total + _SHRINK * size.mean()) / (count + _SHRINK)
        return np.maximum(usual, _SMALLEST)


def _smoothed(counts: NDArray[Any]) -> Floats:
    of_hours = counts.astype(np.float64)
    beside = np.roll(of_hours, 1) + np.roll(of_hours, -1)
    smoothed: Floats = of_hours + _NEIGHBOURS * beside
    return smoothed


def _clipped(tail: float) -> float:
    return min(max(tail, _WIDEST), _NARROWEST)
