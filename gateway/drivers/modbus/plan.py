"""The register planner: as few requests as the device's limits allow. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from gateway.meters import Model, Register, Space


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that one request reads, and what is in them.

    Attributes:
        registers: In ascending order of address.
    """

    space: Space
    address: int
    count: int
    registers: tuple[Register, ...]


def blocks(model: Model) -> tuple[Block, ...]:
    """Return the requests that read all of the model's registers."""
    by_place = sorted(model.registers, key=attrgetter("space", "address"))
    return tuple(
        block
        for space, group in groupby(by_place, key=attrgetter("space"))
        for block in _merged(space, list(group), model)
    )


def _merged(space: Space, registers: list[Register], model: Model) -> Iterable[Block]:
    run = [registers[0]]
    first, end = registers[0].span
    for register in registers[1:]:
        low, high = register.span
        low, high = min(low, first), max(high, end)
        fits = high - low <= model.max_registers
        if fits and register.span[0] - end <= model.max_gap:
            run.append(register)
            first, end = low, high
            continue
        yield Block(space, first, end - first, tuple(run))
        run, (first, end) = [register], register.span
    yield Block(space, first, end - first, tuple(run))
