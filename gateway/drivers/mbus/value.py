"""M-Bus data fields to values. Pure.

Source: EN 13757-3:2018, table 4 (codings) and annex A (data types).
"""

import struct
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

BYTES: Final[Mapping[int, int]] = {
    0x0: 0,
    0x1: 1,
    0x2: 2,
    0x3: 3,
    0x4: 4,
    0x5: 4,
    0x6: 6,
    0x7: 8,
    0x9: 1,
    0xA: 2,
    0xB: 3,
    0xC: 4,
    0xE: 6,
}
"""Length of the data of each coding."""
VARIABLE: Final = 0xD

_REAL: Final = 0x5
_FIRST_BCD: Final = 0x9
_MINUS: Final = "F"
_DATE_BYTES: Final = 2
_DATE_AND_TIME_BYTES: Final = 4
_NEWEST_SHORT_YEAR: Final = 80


def value_of(coding: int, raw: bytes, *, is_date: bool) -> float | str:
    """Return the number, or as text what is none."""
    if not raw:
        return ""
    if is_date and len(raw) == _DATE_BYTES:
        return _date(raw)
    if is_date and len(raw) == _DATE_AND_TIME_BYTES:
        return _date_and_time(raw)
    if coding == _REAL:
        (real,) = struct.unpack("<f", raw)
        return float(real) if abs(real) < float("inf") else "not a number"
    if coding >= _FIRST_BCD:
        return _decimal(raw)
    number = int.from_bytes(raw, "little", signed=True)
    # The least number is how a meter says that it has no value.
    if len(raw) > 1 and number == -(1 << 8 * len(raw) - 1):
        return "no value"
    return float(number)


def text_of(raw: bytes) -> str:
    """Return a text, which is sent backwards."""
    return raw[::-1].decode("latin-1")


def _decimal(raw: bytes) -> float | str:
    digits = raw[::-1].hex().upper()
    sign = -1.0 if digits.startswith(_MINUS) else 1.0
    amount = digits[1:] if sign < 0 else digits
    return sign * int(amount) if amount.isdecimal() else digits


def _date(raw: bytes) -> str:
    try:
        return _day(raw).isoformat()
    except ValueError:
        return "no date"


def _date_and_time(raw: bytes) -> str:
    """Return a local time; the meter does not name its zone."""
    minute, hour = raw[0] & 0x3F, raw[1] & 0x1F
    if raw[0] & 0x80:
        return "no date"
    try:
        day = _day(raw[2:], century=raw[1] >> 5 & 3)
        return datetime(day.year, day.month, day.day, hour, minute).isoformat()  # noqa: DTZ001 (a meter's local time)
    except ValueError:
        return "no date"


def _day(raw: bytes, century: int = 0) -> date:
    short = raw[0] >> 5 | (raw[1] & 0xF0) >> 1
    year = 1900 + 100 * century + short
    if not century and short <= _NEWEST_SHORT_YEAR:
        year = 2000 + short
    return date(year, raw[1] & 0x0F, raw[0] & 0x1F)
