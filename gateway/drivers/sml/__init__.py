"""SML 1.04 telegrams, as German meters send them by themselves. Pure.

Source: BSI TR-03109-1, annex IV: Smart Message Language 1.04 (transport version 1).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from gateway.drivers.sml.tree import Tree, items, messages
from gateway.telegram import Record, Telegram, TelegramError, checksum, obis, telegram
from gateway.telegram.obis import Figure

MAX_BYTES: Final = 16_384

_ESCAPE: Final = b"\x1b\x1b\x1b\x1b"
_START: Final = _ESCAPE + b"\x01\x01\x01\x01"
_END: Final = 0x1A
_GET_LIST_RESPONSE: Final = 0x0701
_CODE_BYTES: Final = 6
_NOW: Final = 255
_GREATEST_SCALER: Final = 12
# Numbers of units: DLMS blue book (IEC 62056-6-2), table 4.
_UNITS: Final = {
    13: "m3",
    27: "W",
    28: "VA",
    29: "var",
    30: "Wh",
    31: "VAh",
    32: "varh",
    33: "A",
    35: "V",
    44: "Hz",
    255: "1",
}
_METER_IDS: Final = ("1-0:96.1.0*255", "1-0:0.0.9*255", "0-0:96.1.0*255")


def decode(data: bytes) -> Telegram:
    """Return what the telegram says.

    Raises:
        TelegramError: It is broken, or one of its checksums is wrong.
    """
    records: list[Record] = []
    figures: dict[str, Figure] = {}
    at: datetime | None = None
    for body in messages(_unescaped(data)):
        for code, record, instant in _entries(body):
            records.append(record)
            at = at or instant
            if code is None or isinstance(record.value, str):
                continue
            if code in figures:
                raise TelegramError(f"{record.name} is there twice")
            figures[code] = Figure(record.value, record.unit)
    if not records:
        raise TelegramError("there is no list of values in it")
    texts = {record.name: str(record.value) for record in records}
    meter_id = next((texts[name] for name in _METER_IDS if name in texts), "")
    return telegram(obis.electricity(figures, meter_id, at), records)


def take(buffer: bytearray) -> bytes | None:
    """Cut the first whole telegram from `buffer`, or return None."""
    start = buffer.find(_START)
    if start < 0:
        return None
    end = buffer.find(_ESCAPE + bytes([_END]), start + len(_START))
    if end < 0 or len(buffer) < end + 8:
        return None
    data = bytes(buffer[start : end + 8])
    del buffer[: end + 8]
    return data


def _unescaped(data: bytes) -> bytes:
    """Return what is between the start and the checked end of one transmission."""
    if len(data) > MAX_BYTES:
        raise TelegramError(f"longer than {MAX_BYTES} bytes")
    if not data.startswith(_START):
        raise TelegramError("it does not start with 1B1B1B1B 01010101")
    content, place = bytearray(), len(_START)
    while data[place : place + 4] != _ESCAPE or data[place + 4 : place + 8] == _ESCAPE:
        if place + 4 > len(data):
            raise TelegramError("it has no end: 1B1B1B1B 1A is missing")
        content += data[place : place + 4]
        place += 8 if data[place : place + 4] == _ESCAPE else 4
    end = data[place + 4 :]
    if len(end) != 4 or end[0] != _END or end[1] > 3:
        raise TelegramError("it does not end with 1B1B1B1B 1A and its checksum")
    covered, sent = data[: place + 6], int.from_bytes(end[2:], "little")
    if sent not in (checksum.x25(covered), checksum.kermit(covered)):
        raise TelegramError(
            f"wrong checksum: {sent:04X}, should be {checksum.x25(covered):04X}"
        )
    filled = end[1]
    if filled and bytes(content[-filled:]) != bytes(filled):
        raise TelegramError("its filling is not zero")
    return bytes(content[: len(content) - filled])


def _entries(
    body: Tree,
) -> Iterator[tuple[str | None, Record, datetime | None]]:
    """Yield the values of a list; with their code where they are numbers of now."""
    tag, content = items(body, 2, "a message body")
    if tag != _GET_LIST_RESPONSE:
        return
    fields = items(content, 7, "a list of values")
    if not isinstance(fields[4], list):
        raise TelegramError("a list of values has no values")
    for entry in fields[4]:
        name, _, time, unit, scaler, value, _ = items(entry, 7, "an entry")
        if not isinstance(name, bytes) or len(name) != _CODE_BYTES:
            raise TelegramError("an entry's name is no OBIS code")
        *_, period = name
        label = "{}-{}:{}.{}.{}*{}".format(*name)
        code = label.partition(":")[2].partition("*")[0]
        at = _instant(time)
        if isinstance(value, bytes):
            yield None, Record(label, _text(value)), at
        elif isinstance(value, int):
            number = _scaled(value, scaler)
            is_now = name[0] == 1 and period == _NOW
            known = _UNITS.get(unit, "") if isinstance(unit, int) else ""
            yield code if is_now else None, Record(label, number, known), at


def _scaled(value: int, scaler: Tree) -> float:
    power = scaler if isinstance(scaler, int) else 0
    if abs(power) > _GREATEST_SCALER:
        raise TelegramError(f"no meter scales by 10^{power}")
    return float(value * 10**power if power >= 0 else value / 10**-power)


def _instant(time: Tree) -> datetime | None:
    """Return the instant of a time that is one; most are seconds since the start."""
    seconds: Tree = None
    match time:
        case [2, int(seconds)]:
            pass
        case [3, [int(seconds), int(), int()]]:
            pass
    if not isinstance(seconds, int) or not 0 < seconds < 1 << 32:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: bytes) -> str:
    if value and all(32 <= byte < 127 for byte in value):
        return value.decode("ascii")
    return value.hex().upper()
