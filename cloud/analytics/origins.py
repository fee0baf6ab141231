"""What was known of a node's load at each instant, from its quarter-hour history."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cloud.domain.load_history import (
    Floats,
    Instants,
    LoadHistory,
    between_readings,
)
from contract.origins import PAST_HOURS

FULL: Final = 0.95
"""A quarter hour whose coverage is less has no known load."""
QUARTER_S: Final = 900

_HOUR: Final = 4  # quarter hours


@dataclass(frozen=True, slots=True)
class Means:
    """Means over the hours that end at consecutive instants of the 15-minute grid.

    Attributes:
        first_s: The first of those instants. [s since 1970 UTC]
        load_kw: NaN where a part of the hour is not known. [kW]
        within_step: Instants between two readings of a counter: what is known of the
            quarter hour before them was learnt later.
        occupancy_rate: 0 to 1; NaN where not known.
    """

    first_s: int
    load_kw: Floats
    within_step: NDArray[np.bool_]
    occupancy_rate: Floats

    def past_kw(self, at_s: Instants, count: int = PAST_HOURS) -> Floats:
        """Return the `count` hours before each instant, the newest first.

        The newest is not known where its end lies between two readings of a counter.
        """
        back = _HOUR * np.arange(count)
        place = ((at_s - self.first_s) // QUARTER_S)[:, None] - back
        past = _picked(self.load_kw, place)
        if count:
            stepped = _picked(self.within_step.astype(np.float64), place[:, :1]) > 0
            past[:, :1] = np.where(stepped, np.nan, past[:, :1])
        return past

    def ending_kw(self, end_s: Instants) -> Floats:
        """Return the load of the hour that ends at each instant, as known by now."""
        return _picked(self.load_kw, (end_s - self.first_s) // QUARTER_S)

    def occupied(self, at_s: Instants) -> Floats:
        """Return the occupancy of the hour before each instant."""
        return _picked(self.occupancy_rate, (at_s - self.first_s) // QUARTER_S)


def means(history: LoadHistory) -> Means:
    """Return the hours of `history`, from the end of its first full hour on."""
    if not len(history):
        nothing = np.empty(0)
        return Means(0, nothing, nothing.astype(np.bool_), nothing)
    first_s = int(history.start_s[0])
    count = (int(history.start_s[-1]) - first_s) // QUARTER_S + 1
    place = (history.start_s - first_s) // QUARTER_S
    known_kwh = np.where(history.coverage >= FULL, history.energy_kwh, np.nan)
    energy_kwh = _spread(known_kwh, place, count)
    rate = _spread(history.occupancy_rate, place, count)
    return Means(
        first_s=first_s + _HOUR * QUARTER_S,
        load_kw=_windows(energy_kwh).sum(axis=1),
        within_step=between_readings(energy_kwh)[_HOUR - 1 :],
        occupancy_rate=_mean(_windows(rate)),
    )


def _spread(values: Floats, place: NDArray[np.int64], count: int) -> Floats:
    """Return `values` at their places on the grid, an hour of it at least."""
    dense = np.full(max(count, _HOUR), np.nan)
    dense[place] = values
    return dense


def _windows(values: Floats) -> Floats:
    return sliding_window_view(values, _HOUR)


def _mean(windows: Floats) -> Floats:
    known = np.isfinite(windows)
    total = np.where(known, windows, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _picked(values: Floats, place: NDArray[np.int64]) -> Floats:
    """Return the values at `place`; NaN before the first and after the last."""
    if not len(values):
        return np.full(place.shape, np.nan)
    inside = (place >= 0) & (place < len(values))
    return np.where(inside, values[np.where(inside, place, 0)], np.nan)
