"""Wired M-Bus: long frames with variable data records. Pure.

Sources: EN 13757-2 (frame, 5.7), EN 13757-3:2018 (header and records, 5 and 6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.drivers.mbus import vif
from gateway.drivers.mbus.quantity import Entry, Meter, measured_now
from gateway.drivers.mbus.value import BYTES, VARIABLE, text_of, value_of
from gateway.telegram import Record, Telegram, TelegramError, telegram

MAX_BYTES: Final = 261

_START, _STOP, _ACKNOWLEDGED = 0x68, 0x16, 0xE5
_AROUND: Final = 6
_HEADER_BYTES: Final = 12
_RESPONSE: Final = (0x08, 0x18, 0x28, 0x38)
_VARIABLE_DATA: Final = 0x72
_OTHER_DATA: Final = {
    0x70: "the meter reports an error in place of data",
    0x73: "fixed data structure, which EN 13757-3 gave up in 2004",
    0x76: "data with the high byte first",
}
# Modes of the configuration word that say the records are encrypted.
_ENCRYPTED: Final = (2, 3, 4, 5, 7, 8, 9, 10, 13, 15)
_FILLER: Final = 0x2F
_OWN, _OWN_AND_MORE = 0x0F, 0x1F
_FUNCTIONS: Final = (
    "Instantaneous value",
    "Maximum value",
    "Minimum value",
    "Value during error state",
)
_MORE: Final = "More records follow"
_MOST_EXTENSIONS: Final = 10


@dataclass(frozen=True, slots=True)
class _Information:
    """What the DIF and its extensions say of a record."""

    coding: int
    function: int
    storage: int
    tariff: int
    channel: int


class _Bytes:
    """What is left of a frame."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._data)

    def take(self, count: int) -> bytes:
        taken = self._data[self._place : self._place + count]
        if len(taken) != count:
            raise TelegramError("a record runs past the end of the frame")
        self._place += count
        return taken

    def one(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._place)


def decode(data: bytes) -> Telegram:
    """Return what a meter's response says.

    Raises:
        TelegramError: It is broken, its checksum is wrong, or it is no data we can
            read.
    """
    return decode_all([data])


def decode_all(frames: Sequence[bytes]) -> Telegram:
    """Return what all responses of one meter say, one or more of them.

    Raises:
        TelegramError: One cannot be believed, or they are of several meters.
    """
    entries: list[Entry] = []
    meters: list[Meter] = []
    for frame in frames:
        body = _checked(frame)
        if len(body) < _HEADER_BYTES:
            raise TelegramError("the header is too short")
        meters.append(_meter(body[:_HEADER_BYTES]))
        entries += _entries(_Bytes(body[_HEADER_BYTES:]))
    if len(set(meters)) != 1:
        raise TelegramError("its telegrams come from more than one meter")
    measured, unclear = measured_now(meters[0], entries)
    found = telegram(measured, (entry.record for entry in entries))
    return Telegram(found.measured, found.refused + tuple(unclear), found.records)


def has_more(telegram: Telegram) -> bool:
    """Return whether the meter has another telegram after this."""
    return bool(telegram.records) and telegram.records[-1].function == _MORE


def _checked(data: bytes) -> bytes:
    """Return header and records."""
    if data == bytes([_ACKNOWLEDGED]):
        raise TelegramError("only an acknowledgement (E5), no data")
    if len(data) < _AROUND + 3 or data[0] != _START or data[3] != _START:
        raise TelegramError("no long frame: it does not start with 68 L L 68")
    length = data[1]
    if data[2] != length or len(data) != length + _AROUND or data[-1] != _STOP:
        raise TelegramError("the frame does not end where its length says")
    covered, sent = data[4:-2], data[-2]
    own = sum(covered) & 0xFF
    if sent != own:
        raise TelegramError(f"wrong checksum: {sent:02X}, should be {own:02X}")
    control, _, kind = covered[:3]
    if control not in _RESPONSE:
        raise TelegramError(f"no response of a meter: control field {control:02X}")
    if kind != _VARIABLE_DATA:
        why = _OTHER_DATA.get(kind, "unknown")
        raise TelegramError(f"control information {kind:02X}: {why}")
    return covered[3:]


def _meter(header: bytes) -> Meter:
    word = int.from_bytes(header[4:6], "little")
    letters = (word >> shift & 0x1F for shift in (10, 5, 0))
    mode = header[11] & 0x1F
    if mode in _ENCRYPTED:
        raise TelegramError(f"its records are encrypted (mode {mode})")
    return Meter(
        number=header[3::-1].hex().upper(),
        manufacturer="".join(chr(64 + letter) for letter in letters),
        medium=header[7],
    )


def _entries(data: _Bytes) -> Iterator[Entry]:
    while data:
        first = data.one()
        if first == _FILLER:
            continue
        if first in (_OWN, _OWN_AND_MORE):
            is_more = first == _OWN_AND_MORE
            function = _MORE if is_more else "Manufacturer specific"
            yield Entry(Record("", data.rest().hex(" ").upper(), function=function))
            return
        yield _entry(_information(first, data), data)


def _information(first: int, data: _Bytes) -> _Information:
    storage, tariff, channel = first >> 6 & 1, 0, 0
    code, extensions = first, 0
    while code & vif.EXTENSION:
        if extensions == _MOST_EXTENSIONS:
            raise TelegramError("a record has too many extensions")
        code = data.one()
        storage |= (code & 0x0F) << 1 + 4 * extensions
        tariff |= (code >> 4 & 3) << 2 * extensions
        channel |= (code >> 6 & 1) << extensions
        extensions += 1
    return _Information(first & 0x0F, first >> 4 & 3, storage, tariff, channel)


def _entry(information: _Information, data: _Bytes) -> Entry:
    codes, plain_text = _value_information(data)
    means, qualifying = vif.meaning(codes, plain_text)
    quality = vif.qualified(qualifying)
    coding = information.coding
    if coding == VARIABLE:
        value: float | str = text_of(data.take(data.one()))
    elif coding in BYTES:
        raw = data.take(BYTES[coding])
        value = value_of(coding, raw, is_date=means.is_date)
    else:
        raise TelegramError(f"a record of coding {coding:X}, which has no length")
    if not isinstance(value, str):
        value = round(value * means.factor * quality.factor + quality.offset, 9)
    record = Record(
        means.name,
        value,
        means.unit,
        _FUNCTIONS[information.function],
        information.storage,
        information.tariff,
        information.channel,
    )
    return Entry(record, quality)


def _value_information(data: _Bytes) -> tuple[bytes, str]:
    codes, text = bytearray([data.one()]), ""
    if codes[0] & ~vif.EXTENSION == vif.PLAIN_TEXT:
        text = data.take(data.one())[::-1].decode("latin-1")
    while codes[-1] & vif.EXTENSION:
        if len(codes) > _MOST_EXTENSIONS:
            raise TelegramError("a record has too many extensions")
        codes.append(data.one())
    return bytes(codes), text
