"""How much of a clear sky's power an array makes, learnt from its own clear hours."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import HOUR_S

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

DAYS: Final = 40
"""Days whose hours say what a clear one gives: the sun's path hardly changes. [d]"""
USUAL: Final = 0.85
"""Share of the capacity that arrays make of 1,000 W/m², until this one has shown it."""
FLOOR: Final = 0.02
"""Share of the capacity below which a clear hour says nothing. """

_QUANTILE: Final = 0.9
_FAINT_W_M2: Final = 20.0
_STANDARD_W_M2: Final = 1_000.0
_TRUST_HOUR: Final = 5.0  # days that one hour of the day must outweigh
_TRUST_ALL: Final = 60.0  # hours that the whole must outweigh
_HIGHEST: Final = 1.6
_DAY_H: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Production:
    """What an array made, and what it would have made without clouds.

    Everything is a share of the capacity, for consecutive UTC hours from a midnight.

    Attributes:
        made: Mean of each hour; NaN where not known.
        clear: Irradiance of a clear sky, by the standard 1,000 W/m².
        share: What the array makes of that on clear hours, a row for each day and
            column for each hour, learnt on earlier days only. By the hour of the day it
            holds what shades, soils, turns and clips the array there.
        clearness: Made of what a clear sky would have given; NaN where not known.
    """

    made: Floats
    clear: Floats
    share: Floats
    clearness: Floats

    def expected(self, origin: Places, target: Places) -> Floats:
        """Return what a clear sky gives in `target`, by what is known at `origin`."""
        day = np.clip(origin // _DAY_H, 0, len(self.share) - 1)
        return self.clear[target] * self.share[day, target % _DAY_H]


def production(made: Floats, clear_w_m2: Floats) -> Production:
    """Return what was made and what a clear sky would have given.

    Args:
        made: Share of the capacity in each hour, whole days from a UTC midnight.
        clear_w_m2: Of a clear sky on the modules, in the same hours.
    """
    clear = clear_w_m2 / _STANDARD_W_M2
    bright = clear_w_m2 > _FAINT_W_M2
    ratio = np.where(bright, made / np.where(bright, clear, 1.0), np.nan)
    share = _shares(ratio.reshape(-1, _DAY_H))
    given = clear * share.ravel()
    is_telling = given > FLOOR
    clearness = np.where(is_telling, made / np.where(is_telling, given, 1.0), np.nan)
    return Production(made, clear, share, np.clip(clearness, 0.0, _HIGHEST))


def _shares(ratio: Floats) -> Floats:
    """Return for each day what the days before it show, by the hour."""
    shares = np.empty_like(ratio)
    for day in range(len(ratio)):
        before = ratio[max(0, day - DAYS) : day]
        known = np.isfinite(before)
        count = known.sum(axis=0)
        whole = _weighed(
            before[known], np.array(count.sum() / _TRUST_ALL), np.array(USUAL)
        )
        ordered = np.sort(np.where(known, before, np.inf), axis=0)
        shares[day] = whole
        for hour in np.flatnonzero(count):
            held = ordered[: count[hour], hour]
            trust = np.array(count[hour] / _TRUST_HOUR)
            shares[day, hour] = _weighed(held, trust, whole)
    return shares


def _weighed(held: Floats, trust: Floats, before: Floats) -> Floats:
    """Return the upper quantile of `held`, mixed with what was thought before."""
    if not len(held):
        return before
    seen = np.quantile(held, _QUANTILE)
    mixed: Floats = (trust * seen + before) / (trust + 1)
    return mixed


def midnight_before(second: int) -> int:
    """Return the UTC midnight at or before `second`. [s since 1970 UTC]."""
    return second // (_DAY_H * HOUR_S) * _DAY_H * HOUR_S
