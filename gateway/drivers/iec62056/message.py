"""What is said before an IEC 62056-21 meter sends its data block. Pure.

Source: IEC 62056-21:2002, 6.3 (messages), 6.3.14 (identification and speeds).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

REPEAT: Final = b"\x15"
"""NAK: the block did not come as it was sent."""

FIRST_BAUDRATE: Final = 300
MOST_BYTES: Final = 16_384

_IDENTIFICATION: Final = re.compile(rb"/([A-Za-z]{3})([ -~])([ -~]{0,32}?)\r\n")
_MODE_C: Final[Mapping[str, int]] = {
    "0": 300,
    "1": 600,
    "2": 1200,
    "3": 2400,
    "4": 4800,
    "5": 9600,
    "6": 19_200,
}
_MODE_B: Final[Mapping[str, int]] = {
    "A": 600,
    "B": 1200,
    "C": 2400,
    "D": 4800,
    "E": 9600,
    "F": 19_200,
}
BAUDRATES: Final = tuple(_MODE_C.values())
_ETX: Final = 0x03
_STX: Final = 0x02
_PARITY_BIT: Final = 0x80


@dataclass(frozen=True, slots=True)
class Identification:
    """How a meter introduced itself.

    Attributes:
        maker: Its three letters.
        proposed: The character that stands for a speed; other characters are mode A.
    """

    maker: str
    proposed: str

    @property
    def is_acknowledged(self) -> bool:
        """Whether it waits to be told the speed: mode C."""
        return self.proposed in _MODE_C

    @property
    def baudrate(self) -> int | None:
        """The speed it wants for its data; None where it does not change: mode A."""
        return _MODE_C.get(self.proposed) or _MODE_B.get(self.proposed)


def sign_on(address: str) -> bytes:
    """Return the request to the meter with that address, or to any."""
    return f"/?{address}!\r\n".encode("ascii")


def acknowledgement(baudrate: int) -> bytes:
    """Return the answer in mode C: data are to come, at that speed."""
    sign = next(sign for sign, speed in _MODE_C.items() if speed == baudrate)
    return f"\x060{sign}0\r\n".encode("ascii")


def identification(received: bytes) -> Identification | None:
    """Return how the meter introduced itself, None while that is not complete."""
    found = _IDENTIFICATION.search(received)
    if found is None:
        return None
    return Identification(found[1].decode("ascii"), found[2].decode("ascii"))


def has_block(received: bytes) -> bool:
    """Return whether a block and the check character after it have come."""
    start = received.find(_STX)
    end = received.find(_ETX, start + 1)
    return 0 <= start < end < len(received) - 1


def with_parity(data: bytes) -> bytes:
    """Return seven-bit characters with even parity in the eighth bit."""
    return bytes(byte | _PARITY_BIT * (byte.bit_count() % 2) for byte in data)


def without_parity(data: bytes) -> bytes:
    """Return the seven bits of each character."""
    return bytes(byte & ~_PARITY_BIT for byte in data)
