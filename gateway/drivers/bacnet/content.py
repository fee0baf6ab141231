"""What a property holds, decoded from its tags. Pure."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.telegram import TelegramError

PRESENT_VALUE: Final = 85
STATUS_FLAGS: Final = 111
RELIABILITY: Final = 103
UNITS: Final = 117
PRIORITY_ARRAY: Final = 87
OBJECT_IDENTIFIER: Final = 75
DEVICE: Final = 8

NULL: Final = 0
BOOLEAN: Final = 1
UNSIGNED: Final = 2
INTEGER: Final = 3
REAL: Final = 4
DOUBLE: Final = 5
BIT_STRING: Final = 8
ENUMERATED: Final = 9

_MOST_BYTES: Final = 8
_ROUNDED: Final = 1e-6
_FLAGS: Final = ("in alarm", "fault", "overridden", "out of service")
_RELIABILITY: Final[Mapping[int, str]] = {
    1: "no sensor",
    2: "over range",
    3: "under range",
    4: "open loop",
    5: "shorted loop",
    6: "no output",
    7: "unreliable",
    8: "process error",
    9: "multi-state fault",
    10: "configuration error",
    12: "communication failure",
    13: "member fault",
    14: "monitored object fault",
    15: "tripped",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One plain value.

    Attributes:
        kind: Number of its application tag.
        data: Its content; of a boolean, one byte.
    """

    kind: int
    data: bytes


Content = Sequence[Item]


@dataclass(frozen=True, slots=True)
class Flags:
    """The four status flags of an object."""

    in_alarm: bool = False
    fault: bool = False
    overridden: bool = False
    out_of_service: bool = False

    def __str__(self) -> str:
        flags = (self.in_alarm, self.fault, self.overridden, self.out_of_service)
        return ", ".join(name for name, on in zip(_FLAGS, flags, strict=True) if on)


def number(content: Content) -> float | None:
    """Return the one number in a property, None for Null.

    Raises:
        TelegramError: It is no number.
    """
    if len(content) != 1:
        raise TelegramError(f"{len(content)} values where one was asked")
    return number_in(content[0])


def number_in(item: Item) -> float | None:
    """Return a plain value as a number, None for Null.

    Raises:
        TelegramError: It is none.
    """
    kind, data = item.kind, item.data
    if kind == NULL and not data:
        return None
    if kind == REAL and len(data) == 4:
        (value,) = struct.unpack(">f", data)
        return float(value)
    if kind == DOUBLE and len(data) == 8:
        (value,) = struct.unpack(">d", data)
        return float(value)
    if 1 <= len(data) <= _MOST_BYTES:
        if kind in (BOOLEAN, UNSIGNED, ENUMERATED):
            return float(int.from_bytes(data))
        if kind == INTEGER:
            return float(int.from_bytes(data, signed=True))
    raise TelegramError("the value is no number")


def flags(content: Content) -> Flags:
    """Return status flags.

    Raises:
        TelegramError: They are none.
    """
    item = content[0] if len(content) == 1 else Item(NULL, b"")
    if item.kind != BIT_STRING or len(item.data) != 2 or item.data[0] != 4:
        raise TelegramError("the status flags are no four bits")
    bits = item.data[1]
    return Flags(*(bool(bits >> place & 1) for place in (7, 6, 5, 4)))


def unfit(flagged: Flags, reliability: float | None) -> str:
    """Return why a value with these flags is not to be believed, or nothing."""
    if flagged.out_of_service:
        return "the device says it is out of service"
    if flagged.overridden:
        return "it is overridden by hand at the device"
    if flagged.fault:
        why = _RELIABILITY.get(int(reliability or 0), "it does not say which")
        return f"the device reports a fault: {why}"
    return ""


def written(value: float, kind: str) -> Item:
    """Return a value as an object of a type wants it written.

    Raises:
        ValueError: No such value fits there.
    """
    if kind.startswith("binary-"):
        return Item(ENUMERATED, _unsigned(_whole(value, 0, 1)))
    if kind.startswith(("multi-state-", "positive-", "accumulator")):
        return Item(UNSIGNED, _unsigned(_whole(value, 0, 2**32 - 1)))
    if kind == "integer-value":
        whole = _whole(value, -(2**31), 2**31 - 1)
        return Item(INTEGER, whole.to_bytes(4, signed=True))
    if kind == "large-analog-value":
        return Item(DOUBLE, struct.pack(">d", value))
    return Item(REAL, struct.pack(">f", value))


def _whole(value: float, least: int, most: int) -> int:
    """Return the whole number that `value` is, but for what a conversion rounded."""
    whole = round(value)
    if abs(value - whole) > _ROUNDED or not least <= whole <= most:
        raise ValueError(f"{value:g} is no whole number from {least} to {most}")
    return whole


def _unsigned(whole: int) -> bytes:
    return whole.to_bytes(max(1, (whole.bit_length() + 7) // 8))
