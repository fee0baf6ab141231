"""What was known at each instant, and the mean load of the hour that followed."""

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

FULL: Final = 0.95
"""An interval whose coverage is less has no known load."""

_INTERVAL_S: Final = 900
_HOUR: Final = 4  # intervals


@dataclass(frozen=True, slots=True)
class Hours:
    """One entry for each instant of the 15-minute grid that ends an hour of history.

    Attributes:
        origin_s: The instants. [s since 1970 UTC]
        temperature_c, occupancy_rate, last_hour_load_kw: Means over the hour before;
            NaN where not known.
        next_hour_load_kw: Mean over the hour after; NaN where not known.
    """

    origin_s: Instants
    temperature_c: Floats
    occupancy_rate: Floats
    last_hour_load_kw: Floats
    next_hour_load_kw: Floats

    @property
    def has_features(self) -> NDArray[np.bool_]:
        """Where all that a forecast needs is known."""
        known: NDArray[np.bool_] = np.isfinite(
            self.temperature_c + self.occupancy_rate + self.last_hour_load_kw
        )
        return known


def hours(history: LoadHistory) -> Hours:
    """Return the hours before and after each instant of the grid.

    Climate counts for an hour when its first interval has some: what is measured once
    an hour describes the hour that follows, not one that begins before it. An instant
    between two readings of a counter has no known load before it: what the roll-up says
    there was learnt from the later reading, past that instant.
    """
    grid = _on_grid(history)
    if len(grid) < _HOUR:
        nothing = np.empty(0)
        return Hours(np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing)
    covered = grid.coverage >= FULL
    load_kw = sliding_window_view(
        np.where(covered, grid.energy_kwh, np.nan), _HOUR
    ).sum(axis=1)
    within_step = between_readings(grid.energy_kwh)[_HOUR - 1 :]
    return Hours(
        origin_s=grid.start_s[_HOUR - 1 :] + _INTERVAL_S,
        temperature_c=_mean(grid.temperature_c),
        occupancy_rate=_mean(grid.occupancy_rate),
        last_hour_load_kw=np.where(within_step, np.nan, load_kw),
        next_hour_load_kw=np.concatenate((load_kw, np.full(_HOUR, np.nan)))[_HOUR:],
    )


def _on_grid(history: LoadHistory) -> LoadHistory:
    if not len(history):
        return history
    first, last = int(history.start_s[0]), int(history.start_s[-1])
    start_s = np.arange(first, last + 1, _INTERVAL_S, dtype=np.int64)
    place = (history.start_s - first) // _INTERVAL_S

    def spread(values: Floats) -> Floats:
        dense = np.full(len(start_s), np.nan)
        dense[place] = values
        return dense

    return LoadHistory(
        start_s,
        spread(history.energy_kwh),
        np.nan_to_num(spread(history.coverage)),
        spread(history.temperature_c),
        spread(history.occupancy_rate),
    )


def _mean(values: Floats) -> Floats:
    windows = sliding_window_view(values, _HOUR)
    known = np.isfinite(windows)
    total = np.where(known, windows, 0.0).sum(axis=1)
    mean: Floats = total / np.maximum(known.sum(axis=1), 1)
    return np.where(known[:, 0], mean, np.nan)
