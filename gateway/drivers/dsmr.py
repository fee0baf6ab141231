"""DSMR P1 telegrams, v2.2 to v5, with the Belgian and the Nordic sets. Pure.

Sources: Netbeheer Nederland, P1 Companion Standard v2.2 to v5.0.2; Fluvius e-MUCS-P1
v1.7.1; Austrian and Swedish meters send the same frame with sets of their own.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from contract.quantity import Quantity
from gateway.telegram import (
    Measured,
    Record,
    Telegram,
    TelegramError,
    checksum,
    obis,
    telegram,
)
from gateway.telegram.obis import Figure

MAX_BYTES: Final = 8192

_FRAME: Final = re.compile(
    rb"(/[^\r\n/!]{5,}\r?\n\r?\n((?:[^/!]*\n)?)!)([0-9A-Fa-f]{4})?\r?\n?\Z"
)
_LINE: Final = re.compile(r"(\d+)-(\d+):(\d+\.\d+\.\d+)((?:\([^()]*\))+)")
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_FIGURE: Final = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?)\*(\w+)")
_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([SW])")
_BARE: Final = re.compile(r"\d{1,9}\.\d{1,4}")
# Codes that came with the checksum: a telegram with one of them has to have both.
_SINCE_CHECKSUM: Final = ("1-3:0.2.8", "0-0:96.1.4", "0-0:1.0.0")
_WINTER: Final = timedelta(hours=1)
_SUMMER: Final = timedelta(hours=2)
_MEDIA: Final = {
    3: Quantity.GAS_M3,
    4: Quantity.HEAT_KWH,
    7: Quantity.WATER_M3,
    12: Quantity.HEAT_KWH,
}
# Last value, and in Belgium the gas volume that is not corrected for temperature.
_BEHIND: Final = ("24.2.1", "24.2.3")
_HOURLY_V2: Final = 7
_NEVER_READ: Final = 2000

_Rows = dict[tuple[str, str], list[str]]
"""Contents of the brackets by `A-B` and `C.D.E`."""


def decode(data: bytes) -> Telegram:
    """Return what the telegram says.

    Raises:
        TelegramError: It is broken, or has no right checksum though it should.
    """
    rows = _rows(_checked(data))
    at = _instant(rows.get(("0-0", "1.0.0"), [""])[0])
    own_id = _text(rows, "0-0", "96.1.1")
    figures = {
        code: figure
        for (place, code), groups in rows.items()
        if place == "1-0" and len(groups) == 1 and (figure := _figure(groups[0]))
    }
    measured = [*obis.electricity(figures, own_id, at), *_behind(rows)]
    return telegram(measured, _records(rows))


def take(buffer: bytearray) -> bytes | None:
    """Cut the first whole telegram from `buffer`, or return None."""
    end = buffer.find(b"!")
    stop = buffer.find(b"\n", end)
    if end < 0 or stop < 0:
        return None
    start = max(0, buffer.rfind(b"/", 0, end))
    data = bytes(buffer[start : stop + 1])
    del buffer[: stop + 1]
    return data


def _checked(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TelegramError(f"longer than {MAX_BYTES} bytes")
    found = _FRAME.fullmatch(data.lstrip(b"\r\n\0"))
    if found is None:
        raise TelegramError("no whole telegram: it does not run from / to !")
    covered, body, sent = found.groups()
    try:
        text = str(body, "ascii")
    except UnicodeDecodeError as error:
        raise TelegramError("it has bytes that are no ASCII") from error
    if sent is None:
        if any(f"{code}(" in text for code in _SINCE_CHECKSUM):
            raise TelegramError("the checksum is missing")
        return text
    own = checksum.arc(covered)
    if int(sent, 16) != own:
        hint = "" if b"\r" in data else "; its line ends lost their CR"
        raise TelegramError(
            f"wrong checksum: {sent.decode()}, should be {own:04X}{hint}"
        )
    return text


def _rows(text: str) -> _Rows:
    # v2.2 and v3 break the gas line before its value.
    lines = re.sub(r"\r?\n\(", "(", text).splitlines()
    rows: _Rows = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            raise TelegramError(f"no OBIS line: {line[:40]!r}")
        place, code = f"{found[1]}-{found[2]}", found[3]
        if (place, code) in rows:
            raise TelegramError(f"{place}:{code} is there twice")
        rows[place, code] = _GROUP.findall(found[4])
    if not rows:
        raise TelegramError("there is nothing in it")
    return rows


def _behind(rows: _Rows) -> Iterator[Measured]:
    """Yield what the meters behind this one measured, each by its own clock."""
    for (place, code), groups in rows.items():
        if code != "24.1.0" or not groups[0].isdigit():
            continue
        quantity = _MEDIA.get(int(groups[0]))
        meter_id = _text(rows, place, "96.1.0") or _text(rows, place, "96.1.1")
        if quantity is None:
            continue
        for source, at, figure in _last_values(rows, place):
            value = obis.in_unit_of(quantity, figure)
            if value is not None:
                yield Measured(quantity, value, source, meter_id, at)


def _last_values(
    rows: _Rows, place: str
) -> Iterator[tuple[str, datetime | None, Figure]]:
    for code in _BEHIND:
        match rows.get((place, code)):
            case [time, content] if figure := _figure(content):
                at = _instant(time)
                # A meter that was never heard is dated 1970, or has no instant.
                if at is not None and at.year > _NEVER_READ:
                    yield f"{place}:{code}", at, figure
    match rows.get((place, "24.3.0")):
        case [*groups] if len(groups) == _HOURLY_V2 and _BARE.fullmatch(groups[-1]):
            figure = Figure(float(groups[-1]), groups[-2])
            yield f"{place}:24.3.0", None, figure


def _figure(content: str) -> Figure | None:
    found = _FIGURE.fullmatch(content)
    return Figure(float(found[1]), found[2]) if found else None


def _instant(content: str) -> datetime | None:
    found = _TIME.fullmatch(content)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    # Two digits of the year: 70 to 99 are what a clock that was never set says.
    year += 1900 if year >= 70 else 2000
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return local - (_SUMMER if found[7] == "S" else _WINTER)


def _text(rows: _Rows, place: str, code: str) -> str:
    """Return a meter number, which is sent as hexadecimal ASCII."""
    content = rows.get((place, code), [""])[0]
    try:
        text = bytes.fromhex(content).decode("ascii")
    except ValueError:
        return content
    if not content.strip("0"):
        return ""
    return text if text.isprintable() else content


def _records(rows: _Rows) -> Iterator[Record]:
    for (place, code), groups in rows.items():
        figure = _figure(groups[-1])
        name = f"{place}:{code}"
        if figure is None:
            yield Record(name, "".join(f"({group})" for group in groups))
        else:
            yield Record(name, figure.value, figure.unit)
