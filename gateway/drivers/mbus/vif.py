"""M-Bus value information: which code means what, in which unit. Pure.

Source: EN 13757-3:2018, tables 10 (primary VIFs), 12 (FB), 14 (FD), 15 (VIFEs).
"""

from dataclasses import dataclass
from typing import Final

PLAIN_TEXT: Final = 0x7C
MANUFACTURER: Final = 0x7F
EXTENSION: Final = 0x80


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value is.

    Attributes:
        factor: What the raw number is multiplied with to be in `unit`.
        is_date: Whether the raw number is a date, with a time in 32 bits.
    """

    name: str
    unit: str = ""
    factor: float = 1.0
    is_date: bool = False


def _powers(
    first: int, count: int, name: str, unit: str, exponent: int
) -> dict[int, Meaning]:
    """Return `count` codes from `first`, each ten times the one before."""
    return {
        first + n: Meaning(name, unit, float(f"1e{exponent + n}")) for n in range(count)
    }


def _times(first: int, name: str) -> dict[int, Meaning]:
    seconds = (1.0, 60.0, 3600.0, 86_400.0)
    return {first + n: Meaning(name, "s", factor) for n, factor in enumerate(seconds)}


_PRIMARY: Final = {
    **_powers(0x00, 8, "Energy", "Wh", -3),
    **_powers(0x08, 8, "Energy", "J", 0),
    **_powers(0x10, 8, "Volume", "m^3", -6),
    **_powers(0x18, 8, "Mass", "kg", -3),
    **_times(0x20, "On time"),
    **_times(0x24, "Operating time"),
    **_powers(0x28, 8, "Power", "W", -3),
    **_powers(0x30, 8, "Power", "J/h", 0),
    **_powers(0x38, 8, "Volume flow", "m^3/h", -6),
    **_powers(0x40, 8, "Volume flow", "m^3/min", -7),
    **_powers(0x48, 8, "Volume flow", "m^3/s", -9),
    **_powers(0x50, 8, "Mass flow", "kg/h", -3),
    **_powers(0x58, 4, "Flow temperature", "°C", -3),
    **_powers(0x5C, 4, "Return temperature", "°C", -3),
    **_powers(0x60, 4, "Temperature difference", "K", -3),
    **_powers(0x64, 4, "External temperature", "°C", -3),
    **_powers(0x68, 4, "Pressure", "bar", -3),
    0x6C: Meaning("Time point (date)", "-", is_date=True),
    0x6D: Meaning("Time point (date & time)", "-", is_date=True),
    0x6E: Meaning("Units for H.C.A."),
    **_times(0x70, "Averaging Duration"),
    **_times(0x74, "Actuality Duration"),
    0x78: Meaning("Fabrication No"),
    0x79: Meaning("Enhanced identification"),
    0x7A: Meaning("Bus Address"),
}
_FB: Final = {
    **_powers(0x00, 2, "Energy", "Wh", 5),
    **_powers(0x08, 2, "Energy", "J", 8),
    **_powers(0x10, 2, "Volume", "m^3", 2),
    **_powers(0x18, 2, "Mass", "kg", 5),
    **_powers(0x1A, 2, "%RH", "-", -1),
    **_powers(0x28, 2, "Power", "W", 5),
    **_powers(0x2C, 4, "Frequency", "Hz", -3),
    **_powers(0x30, 2, "Power", "J/h", 8),
    **_powers(0x34, 4, "Apparent power", "VA", -1),
}
_FD: Final = {
    0x08: Meaning("Access number"),
    0x09: Meaning("Medium"),
    0x0A: Meaning("Manufacturer"),
    0x0B: Meaning("Parameter set identification"),
    0x0C: Meaning("Model / Version"),
    0x0D: Meaning("Hardware version"),
    0x0E: Meaning("Firmware version"),
    0x0F: Meaning("Software version"),
    0x10: Meaning("Customer location"),
    0x11: Meaning("Customer"),
    0x17: Meaning("Error flags"),
    0x1A: Meaning("Digital Output"),
    0x1B: Meaning("Digital Input"),
    0x3A: Meaning("Dimensionless"),
    **_powers(0x40, 16, "Voltage", "V", -9),
    **_powers(0x50, 16, "Current", "A", -12),
    0x60: Meaning("Reset counter"),
    0x61: Meaning("Cumulation counter"),
}
_TABLES: Final = {0x7B: _FB, 0x7D: _FD}
UNKNOWN: Final = Meaning("Unknown")
MANUFACTURER_SPECIFIC: Final = Meaning("Manufacturer specific")


def meaning(codes: bytes, plain_text: str) -> tuple[Meaning, bytes]:
    """Return what the codes of a VIB mean, and those that qualify it.

    Args:
        codes: VIF and VIFEs, in their order.
        plain_text: What stands in the place of a code, where the VIF says so.
    """
    first, rest = codes[0] & ~EXTENSION, codes[1:]
    if first == PLAIN_TEXT:
        return Meaning(plain_text, "-"), rest
    if first == MANUFACTURER:
        return MANUFACTURER_SPECIFIC, rest
    if first in _TABLES and rest:
        return _TABLES[first].get(rest[0] & ~EXTENSION, UNKNOWN), rest[1:]
    return _PRIMARY.get(first, UNKNOWN), rest


@dataclass(frozen=True, slots=True)
class Qualified:
    """What qualifying codes make of a value.

    Attributes:
        factor: What the value is to be multiplied with.
        offset: What is to be added then.
        error: Number of the meter's own complaint about the value; 0 is none.
        is_backward: Whether only what flowed backward is counted.
        own: The manufacturer's own codes; None if none are announced.
        is_plain: Whether every code before these is known and leaves the value what
            it is.
    """

    factor: float = 1.0
    offset: float = 0.0
    error: int = 0
    is_backward: bool = False
    own: bytes | None = None
    is_plain: bool = True


_FORWARD_ONLY: Final = 0x3B
_BACKWARD_ONLY: Final = 0x3C


def qualified(codes: bytes) -> Qualified:
    """Return what the VIFEs after a VIF make of its value."""
    factor, offset, error, is_backward, is_plain = 1.0, 0.0, 0, False, True
    for place, code in enumerate(codes):
        bare = code & ~EXTENSION
        if bare == MANUFACTURER:
            own = codes[place + 1 :]
            return Qualified(factor, offset, error, is_backward, own, is_plain)
        if bare <= 0x1F:
            error = error or bare
        elif 0x70 <= bare <= 0x77:
            factor *= float(f"1e{bare - 0x76}")
        elif 0x78 <= bare <= 0x7B:
            offset += float(f"1e{bare - 0x7B}")
        elif bare == 0x7D:
            factor *= 1000.0
        elif bare == _BACKWARD_ONLY:
            is_backward = True
        elif bare != _FORWARD_ONLY:
            is_plain = False
    return Qualified(factor, offset, error, is_backward, None, is_plain)
