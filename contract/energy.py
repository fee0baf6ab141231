"""Counter readings to energy per interval; both ends need the same answer.

The cloud rolls up with this, and the gateway makes the forecast's lags with it. A
second way to count would skew the features however well they are defined.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.interval import INTERVAL_MS

MAX_GAP: Final = timedelta(hours=1)
"""Between readings further apart, the total is known but its course is not."""

_MAX_GAP_MS: Final = MAX_GAP // timedelta(milliseconds=1)
_HOUR_MS: Final = 3_600_000
_NEAR_END: Final = 0.9
_NEAR_START: Final = 0.1

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IntervalEnergy:
    """Energy of one point in consecutive intervals of the 15-minute grid.

    All arrays have one entry for each interval, oldest first.

    Attributes:
        start_ms: First instant of each interval. [ms since 1970 UTC]
        energy_kwh: Energy that passed. [kWh]
        coverage: Share of the interval in which the course is known, 0 to 1.
        estimated_kwh: Part of `energy_kwh` whose course is not known. [kWh]
    """

    start_ms: Instants
    energy_kwh: Floats
    coverage: Floats
    estimated_kwh: Floats


def interval_energy(
    at_ms: Instants, value_kwh: Floats, *, modulus_kwh: float | None = None
) -> IntervalEnergy:
    """Return the energy in each interval that a counter's readings touch.

    Each step between two readings is spread evenly over the time between them, so
    energy is conserved. A step down is a rollover where the counter's `modulus_kwh`
    explains it, else a reset or an exchanged meter: its energy is unknown. Neither a
    reset nor a step longer than `MAX_GAP` counts as coverage; the energy of the long
    step is kept and marked estimated.

    Args:
        at_ms: Instants of the readings, strictly ascending. [ms since 1970 UTC]
        value_kwh: Counter at each instant. [kWh]
        modulus_kwh: What the counter counts to before it starts at zero. [kWh]
    """
    if len(at_ms) < 2:
        return _nothing()
    step_kwh, known = _steps(value_kwh, modulus_kwh)
    span_ms = np.diff(at_ms)
    followed = known & (span_ms <= _MAX_GAP_MS)
    edges = _edges(int(at_ms[0]), int(at_ms[-1]))

    def per_interval(amount: Floats) -> Floats:
        total = np.concatenate(([0.0], np.cumsum(amount)))
        return np.diff(np.interp(edges, at_ms, total))

    return IntervalEnergy(
        start_ms=edges[:-1],
        energy_kwh=per_interval(np.where(known, step_kwh, 0.0)),
        coverage=per_interval(np.where(followed, span_ms, 0.0)) / INTERVAL_MS,
        estimated_kwh=per_interval(np.where(known & ~followed, step_kwh, 0.0)),
    )


def power_energy(at_ms: Instants, power_kw: Floats) -> IntervalEnergy:
    """Return energy from power readings, for devices without a counter.

    Each power is held until the next reading, at most for `MAX_GAP`. All of it is
    estimated; what lies in longer gaps is unknown and not counted.
    """
    if len(at_ms) < 2:
        return _nothing()
    span_ms = np.diff(at_ms)
    followed = span_ms <= _MAX_GAP_MS
    step_kwh = np.where(followed, power_kw[:-1] * span_ms / _HOUR_MS, 0.0)
    counter = np.concatenate(([0.0], np.cumsum(step_kwh)))
    edges = _edges(int(at_ms[0]), int(at_ms[-1]))
    covered = np.concatenate(([0.0], np.cumsum(np.where(followed, span_ms, 0.0))))
    energy_kwh = np.diff(np.interp(edges, at_ms, counter))
    return IntervalEnergy(
        start_ms=edges[:-1],
        energy_kwh=energy_kwh,
        coverage=np.diff(np.interp(edges, at_ms, covered)) / INTERVAL_MS,
        estimated_kwh=energy_kwh,
    )


def _steps(
    value_kwh: Floats, modulus_kwh: float | None
) -> tuple[Floats, NDArray[np.bool_]]:
    step_kwh = np.diff(value_kwh)
    if modulus_kwh is not None:
        rolled = (
            (step_kwh < 0)
            & (value_kwh[:-1] > _NEAR_END * modulus_kwh)
            & (value_kwh[1:] < _NEAR_START * modulus_kwh)
        )
        step_kwh = np.where(rolled, step_kwh + modulus_kwh, step_kwh)
    return step_kwh, step_kwh >= 0


def _edges(first_ms: int, last_ms: int) -> Instants:
    start = first_ms // INTERVAL_MS
    end = -(-last_ms // INTERVAL_MS)
    return np.arange(start, end + 1, dtype=np.int64) * INTERVAL_MS


def _nothing() -> IntervalEnergy:
    none = np.empty(0, dtype=np.float64)
    return IntervalEnergy(np.empty(0, dtype=np.int64), none, none, none)
