"""Modbus requests to answers, after "MODBUS Application Protocol V1.1b3"."""

import struct
from enum import IntEnum
from typing import Final, Protocol

READ_COILS: Final = 1
READ_HOLDING: Final = 3
READ_INPUT: Final = 4
WRITE_COIL: Final = 5
WRITE_REGISTER: Final = 6
WRITE_REGISTERS: Final = 16
RESET_ENERGY: Final = 0x42
"""The PZEM-004T's own function."""

_MAX_REGISTERS: Final = 125
_MAX_WRITE: Final = 123
_MAX_COILS: Final = 2000
_COIL_VALUES: Final = {0xFF00: True, 0x0000: False}
_TWO_WORDS: Final = struct.Struct(">HH")
_WRITE_HEAD: Final = struct.Struct(">HHB")


class Code(IntEnum):
    """Exception codes, section 7."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_ADDRESS = 2
    ILLEGAL_VALUE = 3
    DEVICE_FAILURE = 4
    BUSY = 6
    TARGET_SILENT = 11


class Refusal(Exception):  # noqa: N818 - the protocol's word is "exception response"
    """A request is answered with an exception code."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.name)
        self.code = code


class Bank(Protocol):
    """The registers of one unit.

    Reads return big-endian bytes; every method raises `Refusal`.
    """

    def read(self, function: int, address: int, count: int) -> bytes:
        """Return `count` registers (FC 3, 4)."""

    def write(self, address: int, values: tuple[int, ...]) -> None:
        """Take `values` into holding registers (FC 6, 16)."""

    def read_coils(self, address: int, count: int) -> list[bool]:
        """Return `count` coils (FC 1)."""

    def write_coil(self, address: int, value: bool) -> None:
        """Switch one coil (FC 5)."""

    def reset_energy(self) -> None:
        """Set the energy counter to zero (FC 0x42)."""


def answer(bank: Bank, request: bytes) -> bytes:
    """Return the response PDU to the request PDU."""
    try:
        return _answer(bank, request[0], request)
    except Refusal as refusal:
        return bytes((request[0] | 0x80, refusal.code))
    except struct.error:
        return bytes((request[0] | 0x80, Code.ILLEGAL_VALUE))


def _answer(bank: Bank, function: int, request: bytes) -> bytes:
    if function in (READ_INPUT, READ_HOLDING):
        address, count = _TWO_WORDS.unpack_from(request, 1)
        if not 1 <= count <= _MAX_REGISTERS:
            raise Refusal(Code.ILLEGAL_VALUE)
        return bytes((function, count * 2)) + bank.read(function, address, count)
    if function == WRITE_REGISTER:
        address, value = _TWO_WORDS.unpack_from(request, 1)
        bank.write(address, (value,))
        return request[:5]
    if function == WRITE_REGISTERS:
        return _write_many(bank, request)
    return _answer_rarely(bank, function, request)


def _write_many(bank: Bank, request: bytes) -> bytes:
    address, count, size = _WRITE_HEAD.unpack_from(request, 1)
    if not 1 <= count <= _MAX_WRITE or size != 2 * count:
        raise Refusal(Code.ILLEGAL_VALUE)
    bank.write(address, struct.unpack_from(f">{count}H", request, 6))
    return request[:5]


def _answer_rarely(bank: Bank, function: int, request: bytes) -> bytes:
    if function == READ_COILS:
        address, count = _TWO_WORDS.unpack_from(request, 1)
        if not 1 <= count <= _MAX_COILS:
            raise Refusal(Code.ILLEGAL_VALUE)
        return _packed_coils(bank.read_coils(address, count))
    if function == WRITE_COIL:
        address, value = _TWO_WORDS.unpack_from(request, 1)
        if value not in _COIL_VALUES:
            raise Refusal(Code.ILLEGAL_VALUE)
        bank.write_coil(address, _COIL_VALUES[value])
        return request[:5]
    if function == RESET_ENERGY:
        bank.reset_energy()
        return request[:1]
    raise Refusal(Code.ILLEGAL_FUNCTION)


def _packed_coils(coils: list[bool]) -> bytes:
    packed = bytearray((len(coils) + 7) // 8)
    for place, on in enumerate(coils):
        packed[place // 8] |= on << place % 8
    return bytes((READ_COILS, len(packed))) + bytes(packed)
