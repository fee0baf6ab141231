"""Which models a Modbus unit may be: by fixed registers, else by its values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.drivers.modbus import ask
from gateway.drivers.modbus.client import Bus
from gateway.lines import NoAnswerError
from gateway.meters import Model, Models, Space
from gateway.probing.plausible import score

_LIKELY: Final = 8.0
_LEAD: Final = 2.0
_LEAST: Final = 1.0
_MOST_SILENCES: Final = 12
SHOWN: Final = (
    Quantity.VOLTAGE_V,
    Quantity.VOLTAGE_L1_V,
    Quantity.ACTIVE_POWER_KW,
    Quantity.GENERATED_POWER_KW,
    Quantity.FREQUENCY_HZ,
    Quantity.ENERGY_IMPORT_KWH,
    Quantity.ENERGY_GENERATED_KWH,
    Quantity.STATE_OF_CHARGE_PERCENT,
    Quantity.HEAT_KWH,
    Quantity.TEMPERATURE_C,
)
"""What a technician compares with the display of a device."""


class Asked:
    """A unit whose registers are read at most once.

    Attributes:
        silences: Requests that nobody answered.
    """

    def __init__(self, bus: Bus, unit: int) -> None:
        self.silences = 0
        self._bus, self._unit = bus, unit
        self._known: dict[tuple[Space, int, int], bytes | None] = {}

    async def registers(self, space: Space, address: int, count: int) -> bytes | None:
        """Return the registers, or None if the unit does not give them."""
        place = space, address, count
        if place not in self._known:
            self._known[place] = await self._read(*place)
        return self._known[place]

    async def _read(self, space: Space, address: int, count: int) -> bytes | None:
        if self.silences >= _MOST_SILENCES:
            return None
        try:
            return await ask.registers(self._bus, self._unit, space, address, count)
        except NoAnswerError:  # some keep silent where they should refuse
            self.silences += 1
            return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that fits.

    Attributes:
        score: How much speaks for it.
        is_signed: Whether the registers that tell it from others say so.
    """

    model: Model
    score: float
    is_signed: bool
    values: Mapping[Quantity, float | None]

    def shown(self) -> tuple[str, ...]:
        """Return the values a technician compares with the display."""
        return tuple(
            f"{quantity} {value:.6g} {DEFINITIONS[quantity].unit}"
            for quantity in SHOWN
            if (value := self.values.get(quantity)) is not None
        )


async def candidates(asked: Asked, models: Models) -> list[Candidate]:
    """Return the models the unit may be, the best first.

    Raises:
        LineDownError: The line cannot be used.
    """
    found = [await _candidate(asked, model) for model in models.values()]
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (-each.is_signed, -each.score, each.model.name),
    )


def certainty(ranked: Sequence[Candidate]) -> str:
    """Return how sure it is that the first one is right."""
    if not ranked:
        return "unknown"
    best = ranked[0]
    if best.is_signed:
        return "certain"
    others = [each for each in ranked[1:] if not same_registers(best, each)]
    leads = not others or best.score - others[0].score >= _LEAD
    return "likely" if best.score >= _LIKELY and leads else "possible"


def same_registers(one: Candidate, other: Candidate) -> bool:
    """Return whether both are read alike, so that values cannot tell them apart."""
    return set(one.model.registers) == set(other.model.registers)


async def _candidate(asked: Asked, model: Model) -> Candidate | None:
    values: dict[Quantity, float | None] = {}
    for block in ask.requests(model):
        body = await asked.registers(block.space, block.address, block.count)
        if body is None:
            return None
        values.update(ask.values(block, body))
    points = score(values)
    if points is None or _has_none(values.values()):
        return None
    signed = await _is_signed(asked, model)
    if signed is False or (points < _LEAST and not signed):
        return None
    return Candidate(model, points, bool(signed), values)


async def _is_signed(asked: Asked, model: Model) -> bool | None:
    """Return whether its fixed registers are right; None where none can be read."""
    signed: bool | None = None
    for fixed in model.identify:
        body = await asked.registers(fixed.space, fixed.address, fixed.words)
        if body is None:
            continue
        if not any(body.startswith(each) for each in fixed.any_of):
            return False
        signed = True
    return signed


def _has_none(values: Iterable[float | None]) -> bool:
    return all(value is None for value in values)
