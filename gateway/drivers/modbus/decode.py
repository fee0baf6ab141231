"""Register bytes to values: one `struct.unpack` for a whole block. Pure."""

import struct
from collections.abc import Callable
from typing import Final, cast

from contract.quantity import Quantity
from gateway.drivers.modbus.plan import Block
from gateway.meters import Encoding, Register, WordOrder

_CODES: Final = {
    Encoding.UINT16: "H",
    Encoding.INT16: "h",
    Encoding.UINT32: "I",
    Encoding.INT32: "i",
    Encoding.UINT64: "Q",
    Encoding.INT64: "q",
    Encoding.FLOAT32: "f",
    Encoding.FLOAT64: "d",
    Encoding.ACC32: "I",
}
_NO_SCALE: Final = -0x8000
_GREATEST_POWER_OF_TEN: Final = 10

Values = list[tuple[Quantity, float | None]]
"""Each quantity with its value, which may be NaN; None where the device has none."""


def decoder(block: Block) -> Callable[[bytes], Values]:
    """Return what turns the block's bytes, high byte first, into values."""
    simple = [each for each in block.registers if _is_simple(each)]
    at_once = _at_once(block, _without_overlap(simple))
    alone = [
        (each.quantity, _alone(block, each))
        for each in block.registers
        if each not in _without_overlap(simple)
    ]

    def decode(body: bytes) -> Values:
        values = at_once(body)
        values.extend((quantity, value_in(body)) for quantity, value_in in alone)
        return values

    return decode if alone else at_once


def _at_once(block: Block, registers: list[Register]) -> Callable[[bytes], Values]:
    layout, here = ">", block.address
    for register in registers:
        layout += f"{2 * (register.address - here)}x{_CODES[register.encoding]}"
        here = register.end
    unpack = struct.Struct(layout).unpack_from
    quantities = [register.quantity for register in registers]
    scales = [register.scale for register in registers]
    absent = [(n, each.absent) for n, each in enumerate(registers) if each.absent]
    if all(scale == 1.0 for scale in scales) and not absent:
        return lambda body: list(zip(quantities, map(float, unpack(body)), strict=True))

    def decode(body: bytes) -> Values:
        raw = unpack(body)
        values: list[float | None] = [
            number * scale for number, scale in zip(raw, scales, strict=True)
        ]
        for place, unmeasured in absent:
            if _is_absent(raw[place], unmeasured):
                values[place] = None
        return list(zip(quantities, values, strict=True))

    return decode


def _alone(block: Block, register: Register) -> Callable[[bytes], float | None]:
    """Return the decoder of a sum, or of turned words or a scale of their own."""
    starts = [2 * (address - block.address) for address in register.addresses]
    signs = [-1 if address in register.minus else 1 for address in register.addresses]
    size = 2 * register.encoding.words
    unpack = struct.Struct(">" + _CODES[register.encoding]).unpack
    is_turned = register.word_order is WordOrder.LOW_FIRST
    power = _power_of_ten(block, register)

    def raw_at(body: bytes, start: int) -> float:
        words = body[start : start + size]
        (raw,) = unpack(_turned(words) if is_turned else words)
        return cast(float, raw)

    def value(body: bytes) -> float | None:
        parts = [raw_at(body, start) for start in starts]
        factor = power(body)
        if factor is None or any(_is_absent(part, register.absent) for part in parts):
            return None
        total = sum(sign * part for sign, part in zip(signs, parts, strict=True))
        return float(total * register.scale * factor)

    return value


def _is_absent(raw: float, absent: tuple[float, ...]) -> bool:
    return raw in absent or (raw != raw and any(each != each for each in absent))


def _power_of_ten(block: Block, register: Register) -> Callable[[bytes], float | None]:
    if register.scale_address is None:
        return lambda _body: 1.0
    place = 2 * (register.scale_address - block.address)
    unpack = struct.Struct(">h").unpack_from

    def power(body: bytes) -> float | None:
        (exponent,) = unpack(body, place)
        if exponent == _NO_SCALE or abs(exponent) > _GREATEST_POWER_OF_TEN:
            return None
        return float(10.0**exponent)

    return power


def _turned(words: bytes) -> bytes:
    return b"".join(words[n : n + 2] for n in range(len(words) - 2, -1, -2))


def _is_simple(register: Register) -> bool:
    has_one_order = (
        register.word_order is WordOrder.HIGH_FIRST or register.encoding.words == 1
    )
    is_whole = register.scale_address is None and len(register.addresses) == 1
    return has_one_order and is_whole


def _without_overlap(registers: list[Register]) -> list[Register]:
    kept: list[Register] = []
    for register in registers:
        if not kept or register.address >= kept[-1].end:
            kept.append(register)
    return kept
