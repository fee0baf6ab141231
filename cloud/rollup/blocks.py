"""Interval energy of many points in one pass of the contract's arithmetic. Pure.

The points' readings are laid end to end on one long time axis, each point in a block
of its own, so far apart that no step between two blocks is followed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.energy import IntervalEnergy, interval_energy, power_energy
from contract.interval import INTERVAL_MS

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]
Indices = NDArray[np.int64]

_APART: Final = 6
"""Intervals between blocks: more than `contract.energy.MAX_GAP`, with room for one."""
_SEPARATOR: Final = 2
_DECIMALS: Final = 9
"""Past these is only the noise of a long running sum."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive intervals of the grid, counted from 1970.

    Attributes:
        first: Number of the first interval.
    """

    first: int
    count: int

    @property
    def start_ms(self) -> int:
        """Its first instant. [ms since 1970 UTC]."""
        return self.first * INTERVAL_MS

    @property
    def end_ms(self) -> int:
        """The first instant after it. [ms since 1970 UTC]."""
        return (self.first + self.count) * INTERVAL_MS


@dataclass(frozen=True, slots=True)
class Columns:
    """Readings of some points, sorted by point and instant, each instant once.

    Attributes:
        row: Which of the points, from 0.
    """

    row: Indices
    at_ms: Instants
    values: Floats


@dataclass(frozen=True, slots=True)
class Block:
    """One row for each point, one column for each interval of a window."""

    energy_kwh: Floats
    coverage: Floats
    estimated_kwh: Floats


def sorted_columns(
    row: Indices, at_ms: Instants, values: Floats, window: Window
) -> Columns:
    """Return the readings sorted; of several at one instant the last given counts."""
    key = row * (window.count + _APART) * INTERVAL_MS + (at_ms - window.start_ms)
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = np.append(key[1:] != key[:-1], True) if len(key) else np.empty(0, np.bool_)
    kept = order[last]
    return Columns(row[kept], at_ms[kept], values[kept])


def counted(
    columns: Columns, rows: int, loaded: Window, *, modulus_kwh: float | None = None
) -> Block:
    """Return the energy of `rows` counters whose readings lie in `loaded`."""
    stride_ms = (loaded.count + _APART) * INTERVAL_MS
    separators = np.arange(rows, dtype=np.int64) * stride_ms
    separators += (loaded.count + _SEPARATOR) * INTERVAL_MS
    at_ms = np.concatenate((_laid_out(columns, loaded), separators))
    values = np.concatenate((columns.values, np.full(rows, np.nan)))
    order = np.argsort(at_ms, kind="stable")

    def energy(at_ms: Instants, values: Floats) -> IntervalEnergy:
        return interval_energy(at_ms, values, modulus_kwh=modulus_kwh)

    return _block(energy, at_ms[order], values[order], rows, loaded)


def held(columns: Columns, rows: int, loaded: Window) -> Block:
    """Return the energy of `rows` powers, or the like, each held until the next."""
    at_ms = _laid_out(columns, loaded)
    return _block(power_energy, at_ms, columns.values, rows, loaded)


def _laid_out(columns: Columns, loaded: Window) -> Instants:
    stride_ms = (loaded.count + _APART) * INTERVAL_MS
    return columns.row * stride_ms + (columns.at_ms - loaded.start_ms)


def _block(
    energy: Callable[[Instants, Floats], IntervalEnergy],
    at_ms: Instants,
    values: Floats,
    rows: int,
    loaded: Window,
) -> Block:
    found = energy(at_ms, values)
    stride = loaded.count + _APART

    def shaped(column: Floats) -> Floats:
        flat = np.zeros(rows * stride)
        if len(column):
            start = int(found.start_ms[0]) // INTERVAL_MS
            flat[start : start + len(column)] = column[: len(flat) - start]
        return flat.reshape(rows, stride)[:, : loaded.count]

    return Block(
        shaped(found.energy_kwh).round(_DECIMALS),
        shaped(found.coverage).round(_DECIMALS),
        shaped(found.estimated_kwh).round(_DECIMALS),
    )
