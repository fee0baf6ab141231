"""The 16-bit checksums of meter protocols: one table for each polynomial."""

from typing import Final


def _table(polynomial: int) -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ polynomial * (value & 1)  # noqa: PLW2901
        table.append(value)
    return tuple(table)


_ARC: Final = _table(0xA001)
_CCITT: Final = _table(0x8408)


def arc(data: bytes) -> int:
    """Return the CRC-16/ARC, as DSMR P1 telegrams end with."""
    return _crc(_ARC, data, 0)


def modbus(data: bytes) -> int:
    """Return the CRC-16/MODBUS; on the wire its low byte comes first."""
    return _crc(_ARC, data, 0xFFFF)


def x25(data: bytes) -> int:
    """Return the CRC-16/X-25, as SML has it; on the wire its low byte comes first."""
    return _crc(_CCITT, data, 0xFFFF) ^ 0xFFFF


def kermit(data: bytes) -> int:
    """Return the CRC-16/KERMIT, which some SML meters send in place of X-25."""
    return _crc(_CCITT, data, 0)


def _crc(table: tuple[int, ...], data: bytes, start: int) -> int:
    crc = start
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc
