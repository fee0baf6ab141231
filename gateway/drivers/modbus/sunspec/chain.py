"""The chain of SunSpec models in a device: found, followed and grouped."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.drivers.modbus.sunspec.points import (
    INPUT_WORDS,
    INPUTS,
    INPUTS_FIRST,
    NAME_OFFSET,
    NAME_WORDS,
)
from gateway.lines import DeviceError, LineDownError, NoAnswerError
from gateway.meters import LAST_ADDRESS

STARTS: Final = (40_000, 0, 50_000)
"""Where a map may begin, the usual place first."""

_MARK: Final = b"SunS"
_COMMON: Final = 1
_END: Final = (0xFFFF, 0)
_HEADER_WORDS: Final = 2
_MOST_MODELS: Final = 100
_MOST_INPUTS: Final = 12

Read = Callable[[int, int], Awaitable[bytes]]
"""Returns the bytes of so many holding registers from an address."""


@dataclass(frozen=True, slots=True)
class Found:
    """One model in a device.

    Attributes:
        address: Of its id; its length follows, then as many registers.
        part: How many common models stand before it: the device it belongs to.
        names: Of its inputs, if it is the model of inputs.
    """

    model: int
    address: int
    length: int
    part: int
    names: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Registers from its id to what follows it."""
        return self.length + _HEADER_WORDS

    @property
    def header(self) -> bytes:
        """What its first two registers hold."""
        return self.model.to_bytes(2) + self.length.to_bytes(2)


async def is_map(read: Read, start: int) -> bool:
    """Return whether a SunSpec map begins at `start`.

    Raises:
        NoAnswerError: The device kept silent.
        LineDownError: The line broke.
    """
    try:
        return await read(start, _HEADER_WORDS) == _MARK
    except (NoAnswerError, LineDownError):
        raise
    except DeviceError:
        return False


async def follow(read: Read, start: int) -> tuple[Found, ...]:
    """Return the models of the map that begins at `start`, in their order.

    The end is the model 0xFFFF; a device that refuses to go on has ended its map too.

    Raises:
        NoAnswerError: The device kept silent.
        LineDownError: The line broke.
    """
    found: list[Found] = []
    address, part = start + _HEADER_WORDS, 0
    while len(found) < _MOST_MODELS and address + _HEADER_WORDS <= LAST_ADDRESS:
        try:
            each = await _model_at(read, address, part)
        except (NoAnswerError, LineDownError):
            raise
        except DeviceError:
            break
        if each is None:
            break
        part = each.part
        found.append(each)
        address += each.end
    return tuple(found)


async def _model_at(read: Read, address: int, part: int) -> Found | None:
    """Return the model whose id is at `address`, or None where the chain ends."""
    header = await read(address, _HEADER_WORDS)
    model, length = int.from_bytes(header[:2]), int.from_bytes(header[2:])
    if model in _END or length == 0 or address + length > LAST_ADDRESS:
        return None
    names = await _names(read, address, length) if model == INPUTS else ()
    return Found(model, address, length, part + (model == _COMMON), names)


async def _names(read: Read, address: int, length: int) -> tuple[str, ...]:
    blocks = (length + _HEADER_WORDS - INPUTS_FIRST) // INPUT_WORDS
    names: list[str] = []
    for number in range(max(0, min(blocks, _MOST_INPUTS))):
        place = address + INPUTS_FIRST + number * INPUT_WORDS + NAME_OFFSET
        raw = await read(place, NAME_WORDS)
        names.append(raw.partition(b"\0")[0].decode("ascii", "replace").strip())
    return tuple(names)


def instances(found: Iterable[Found], wanted: Sequence[int]) -> list[tuple[Found, ...]]:
    """Return the models in `wanted`, those of one thing together, `wanted` first.

    Models of one part of the chain describe one thing, but for a second of the same
    id: that is the next thing.
    """
    things: dict[tuple[int, int], list[Found]] = {}
    seen: dict[tuple[int, int], int] = {}
    for each in found:
        if each.model in wanted:
            number = seen[each.part, each.model] = (
                seen.get((each.part, each.model), -1) + 1
            )
            things.setdefault((each.part, number), []).append(each)
    return [
        tuple(sorted(thing, key=lambda each: wanted.index(each.model)))
        for _, thing in sorted(things.items())
    ]
