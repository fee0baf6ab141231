"""Loads of no particular place, for meters that stand alone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from firmware_sim.draws import Stream, between, uniform
from firmware_sim.electrical import Supply, supply
from firmware_sim.solar import CAPACITY_KW, SolarArray

_STEP_MS: Final = 60_000
_HOURS_PER_STEP: Final = 1 / 60


@dataclass(slots=True)
class MeteredLoad:
    """A load that changes each minute around a level of its own, and its counter.

    Attributes:
        key: Number its draws are keyed by.
    """

    key: int
    seed: int = 7
    largest_kw: float = 3.0
    power_kw: float = 0.0
    energy_kwh: float = 0.0
    step: int | None = None

    @property
    def supply(self) -> Supply:
        """The grid at this meter during the step."""
        return supply(self.seed, self.key, self.step or 0)

    def advance(self, to_ms: int) -> None:
        """Go on to the step that holds `to_ms`; every step between is integrated."""
        last = to_ms // _STEP_MS
        if self.step is None:
            start = float(uniform(self.seed, Stream.COUNTER_START, self.key, 0))
            self.energy_kwh = round(start * 500)
            self._play(last)
        while self.step is not None and self.step < last:
            self.energy_kwh += self.power_kw * _HOURS_PER_STEP
            self._play(self.step + 1)

    def drawn_kw(self, step: int) -> float:
        """Return the power in minute `step`."""
        level = float(uniform(self.seed, Stream.PROFILE, self.key, 0))
        wander = float(uniform(self.seed, Stream.PROFILE, self.key, step))
        return self.largest_kw * float(between(0.2, 0.8, level)) * (0.8 + 0.4 * wander)

    def _play(self, step: int) -> None:
        self.step = step
        self.power_kw = self.drawn_kw(step)


@dataclass(slots=True)
class RoofSolar(MeteredLoad):
    """A 50 kW roof; its power is production."""

    _array: SolarArray = field(default_factory=lambda: SolarArray(7))

    def drawn_kw(self, step: int) -> float:
        """Return the production in minute `step`."""
        at = datetime.fromtimestamp(step * 60, UTC)
        return self._array.power_kw(at) * self.largest_kw / CAPACITY_KW
