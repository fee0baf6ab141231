"""IEC 62056-21 mode C: the data block a meter sends, with its check character. Pure.

Source: IEC 62056-21:2002, 6.3 (messages), 6.5 (syntax), 8 (block check character).
"""

import re
from collections.abc import Iterator
from functools import reduce
from operator import xor
from typing import Final

from gateway.telegram import Record, Telegram, TelegramError, obis, telegram
from gateway.telegram.obis import Figure

MAX_BYTES: Final = 16_384

_STX: Final = 0x02
_ETX: Final = 0x03
_PARITY: Final = 0x80
_SET: Final = re.compile(r"([^()/!\r\n]{0,16})\(([^()]*)\)((?:\([^()]*\))*)")
# A, B and F are left out by most meters; F is 255 for the value of now.
_CODE: Final = re.compile(
    r"(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3}\.\d{1,3}\.\d{1,3})(?:\*(\d{1,3}))?"
)
_FIGURE: Final = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?)\*([\w/%°]{1,5})")
_METER_IDS: Final = ("C.1.0", "0.0.0", "96.1.0")
_NOW: Final = ("255", None)


def decode(data: bytes) -> Telegram:
    """Return what the data block says; an identification line may stand before it.

    Raises:
        TelegramError: It is broken, or its check character is wrong or missing.
    """
    sets = list(_sets(_checked(data)))
    meter_id = next(
        (content for code in _METER_IDS for name, content in sets if name == code), ""
    )
    figures: dict[str, Figure] = {}
    for name, content in sets:
        code, figure = _code_of_now(name), _figure(content)
        if code is None or figure is None:
            continue
        if code in figures:
            raise TelegramError(f"{code} is there twice")
        figures[code] = figure
    records = (_record(name, content) for name, content in sets)
    return telegram(obis.electricity(figures, meter_id), records)


def _checked(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TelegramError(f"longer than {MAX_BYTES} bytes")
    data = _without_parity(data)
    start, end = data.find(_STX), data.rfind(_ETX)
    if start < 0 or end < start:
        raise TelegramError("no whole data block: it does not run from STX to ETX")
    if len(data) != end + 2:
        raise TelegramError("one check character has to follow ETX and end the block")
    own = reduce(xor, data[start + 1 : end + 1])
    if data[-1] != own:
        raise TelegramError(
            f"wrong check character: {data[-1]:02X}, should be {own:02X}"
        )
    if start and not re.fullmatch(rb"\s*/[ -~]{4,}\r\n", data[:start]):
        raise TelegramError("before STX may stand only a meter's identification")
    return data[start + 1 : end].decode("ascii")


def _without_parity(data: bytes) -> bytes:
    """Return the seven data bits of each character, read as eight or as seven."""
    if not any(byte & _PARITY for byte in data):
        return data
    if any(byte.bit_count() % 2 for byte in data):
        raise TelegramError("a character has the wrong parity")
    return bytes(byte & ~_PARITY for byte in data)


def _sets(text: str) -> Iterator[tuple[str, str]]:
    """Yield each data set's name and its first content."""
    if not text.endswith("!\r\n"):
        raise TelegramError("the data block does not end with !")
    for line in text.removesuffix("!\r\n").split("\r\n")[:-1]:
        done = 0
        for found in _SET.finditer(line):
            if found.start() != done:
                break
            done = found.end()
            yield found[1], found[2]
        if done != len(line) or not line:
            raise TelegramError(f"no data set: {line[:40]!r}")


def _code_of_now(name: str) -> str | None:
    found = _CODE.fullmatch(name)
    if found is None or found[4] not in _NOW or found[1] not in ("1", None):
        return None
    return found[3]


def _figure(content: str) -> Figure | None:
    found = _FIGURE.fullmatch(content)
    return Figure(float(found[1]), found[2]) if found else None


def _record(name: str, content: str) -> Record:
    figure = _figure(content)
    if figure is None:
        return Record(name, content)
    return Record(name, figure.value, figure.unit)
