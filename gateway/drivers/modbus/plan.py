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
    first, end = span(registers[0])
    for register in registers[1:]:
        low, high = span(register)
        low, high = min(low, first), max(high, end)
        fits = high - low <= model.max_registers
        if fits and span(register)[0] - end <= model.max_gap:
            run.append(register)
            first, end = low, high
            continue
        yield Block(space, first, end - first, tuple(run))
        run, (first, end) = [register], span(register)
    yield Block(space, first, end - first, tuple(run))


def span(register: Register) -> tuple[int, int]:
    """Return the first address a register needs and the one after its last.

    Its scale register has to come in the same answer, or value and scale might be of
    two different moments.
    """
    if register.scale_address is None:
        return register.address, register.end
    scale_end = register.scale_address + 1
    return min(register.address, register.scale_address), max(register.end, scale_end)
