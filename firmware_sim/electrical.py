"""Voltage, current and power factor that fit a given power."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from firmware_sim.draws import Stream, between, uniform

_NOMINAL_V: Final = 230.0


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a load whose reactive part is inductive."""

    power_kw: float
    voltage_v: float
    power_factor: float

    @property
    def apparent_kva(self) -> float:
        """Apparent power."""
        return abs(self.power_kw) / self.power_factor

    @property
    def reactive_kvar(self) -> float:
        """Reactive power."""
        return sqrt(max(0.0, self.apparent_kva**2 - self.power_kw**2))

    @property
    def current_a(self) -> float:
        """Current."""
        return self.apparent_kva * 1000 / self.voltage_v


@dataclass(frozen=True, slots=True)
class Supply:
    """What the grid gives in one minute, the same for every meter of one key."""

    voltage_v: tuple[float, float, float]
    power_factor: float
    frequency_hz: float

    def single(self, power_kw: float) -> Phase:
        """Return the phase of a single-phase load."""
        return Phase(power_kw, self.voltage_v[0], self.power_factor)

    def three(self, power_kw: float) -> tuple[Phase, Phase, Phase]:
        """Return a load spread unevenly over three phases."""
        return (
            Phase(power_kw * 0.36, self.voltage_v[0], self.power_factor),
            Phase(power_kw * 0.33, self.voltage_v[1], self.power_factor),
            Phase(power_kw * 0.31, self.voltage_v[2], self.power_factor),
        )


def supply(seed: int, key: int, step: int) -> Supply:
    """Return the supply at meter `key` in minute `step`: 230 V ± 2 %, 50 Hz."""
    volts = uniform(seed, Stream.VOLTAGE, key, [step * 3, step * 3 + 1, step * 3 + 2])
    one, two, three = between(_NOMINAL_V * 0.98, _NOMINAL_V * 1.02, volts).tolist()
    return Supply(
        voltage_v=(one, two, three),
        power_factor=float(
            between(0.92, 0.98, uniform(seed, Stream.POWER_FACTOR, key, step))
        ),
        frequency_hz=float(
            between(49.95, 50.05, uniform(seed, Stream.FREQUENCY, 0, step))
        ),
    )


def line_to_line_v(one: float, two: float) -> float:
    """Return the voltage between two phases 120° apart."""
    return sqrt(one * one + two * two + one * two)
