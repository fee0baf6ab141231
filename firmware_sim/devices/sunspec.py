"""SunSpec devices: a map of models in holding registers, from "SunS" to the end model.

Source: SunSpec "Device Information Model Specification" V1.2 and the models' JSON
(github:sunspec/models). What a device does not say stands there as not implemented.
Powers out of a battery are positive in model 802.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firmware_sim.pdu import READ_HOLDING
from firmware_sim.registers import Field, Layout, Memory

START: Final = 40_000
_MARK_WORDS: Final = 2
_HEADER_WORDS: Final = 2
_COMMON_LENGTH: Final = 66
_NOTHING: Final = {
    Layout.INT16: b"\x80\x00",
    Layout.UINT16: b"\xff\xff",
    Layout.UINT32: bytes(4),
    Layout.FLOAT32: b"\x7f\xc0\x00\x00",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One point of a model.

    Attributes:
        unit: What one unit of the point is in the quantity's, e.g. 1e-3 for W in kW.
        power: Power of ten in `scale_at`, where the point has one.
    """

    quantity: str
    at: int
    layout: Layout
    unit: float = 1.0
    scale_at: int | None = None
    power: int = 0

    @property
    def is_counter(self) -> bool:
        """Whether it only rises."""
        return self.quantity.startswith("energy_")


@dataclass(frozen=True, slots=True)
class Block:
    """One model of a device.

    Attributes:
        instance: Which of the device's things it tells of, from 0.
        texts: Strings by their offset.
        words: Fixed words by their offset.
    """

    model: int
    length: int
    values: Sequence[Value] = ()
    instance: int = 0
    texts: Mapping[int, str] | None = None
    words: Mapping[int, int] | None = None


class SunSpec(Memory):
    """A device that is a chain of models; `put` by instance and quantity."""

    def __init__(self, blocks: Sequence[Block], start: int = START) -> None:
        size = _MARK_WORDS + sum(_HEADER_WORDS + each.length for each in blocks)
        memory = bytearray(2 * (size + _HEADER_WORDS))
        memory[:4] = b"SunS"
        self._places: dict[tuple[int, str], list[tuple[Field, float]]] = {}
        fields: list[Field] = []
        at = _MARK_WORDS
        for block in blocks:
            fields += self._lay(memory, at, block)
            at += _HEADER_WORDS + block.length
        struct.pack_into(">HH", memory, 2 * at, 0xFFFF, 0)
        super().__init__(memory, tuple(fields), functions=(READ_HOLDING,), first=start)

    def show(self, instance: int, values: Mapping[str, float]) -> None:
        """Put what one of the device's things measures, in each quantity's unit."""
        for name, value in values.items():
            for field, unit in self._places.get((instance, name), ()):
                field.put(self.measured, value / unit)

    def _lay(self, memory: bytearray, at: int, block: Block) -> list[Field]:
        struct.pack_into(">HH", memory, 2 * at, block.model, block.length)
        for offset, text in (block.texts or {}).items():
            raw = text.encode()
            memory[2 * (at + offset) : 2 * (at + offset) + len(raw)] = raw
        for offset, word in (block.words or {}).items():
            struct.pack_into(">H", memory, 2 * (at + offset), word)
        fields: list[Field] = []
        for value in block.values:
            place = 2 * (at + value.at)
            nothing = _NOTHING[value.layout]
            memory[place : place + len(nothing)] = nothing
            if value.scale_at is not None:
                struct.pack_into(">h", memory, 2 * (at + value.scale_at), value.power)
            field = Field(
                f"{block.model}/{at + value.at}/{value.quantity}",
                at + value.at,
                value.layout,
                10.0**value.power,
                counter=value.is_counter,
            )
            key = block.instance, value.quantity
            self._places.setdefault(key, []).append((field, value.unit))
            fields.append(field)
        return fields


def common(name: str, serial: str) -> Block:
    """Return the common model: maker, model, version and serial number."""
    texts = {2: "Voltonic", 18: name, 42: "1.0", 50: serial}
    return Block(1, _COMMON_LENGTH, texts=texts, words={66: 1, 67: 0x8000})


def phases(
    quantity: str,
    at: int,
    layout: Layout,
    unit: float = 1.0,
    scale_at: int | None = None,
    power: int = 0,
) -> list[Value]:
    """Return the three phases of a quantity, one after the other."""
    words = 2 if layout is Layout.FLOAT32 else 1
    return [
        Value(
            quantity.replace("#", str(n + 1)),
            at + n * words,
            layout,
            unit,
            scale_at,
            power,
        )
        for n in range(3)
    ]
