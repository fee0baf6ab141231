"""A German electricity meter that sends SML by itself.

Source: BSI TR-03109-1, annex IV: SML 1.04, 5.1 (messages), 6 (encoding), 8 (transport).
"""

from collections.abc import Mapping
from typing import Final

from firmware_sim.sender import Sender
from firmware_sim.talker import Clock, Values, wall_clock

# Code, unit of the blue book, what one is in the quantity's unit, scaler, bytes.
_CODES: Final[Mapping[str, tuple[bytes, int, float, int, int]]] = {
    "energy_import_kwh": (bytes((1, 0, 1, 8, 0, 255)), 30, 1e-4, -1, 8),
    "energy_export_kwh": (bytes((1, 0, 2, 8, 0, 255)), 30, 1e-4, -1, 8),
    "active_power_kw": (bytes((1, 0, 16, 7, 0, 255)), 27, 1e-3, 0, 4),
    "voltage_l1_v": (bytes((1, 0, 32, 7, 0, 255)), 35, 1e-1, -1, 4),
    "voltage_l2_v": (bytes((1, 0, 52, 7, 0, 255)), 35, 1e-1, -1, 4),
    "voltage_l3_v": (bytes((1, 0, 72, 7, 0, 255)), 35, 1e-1, -1, 4),
    "frequency_hz": (bytes((1, 0, 14, 7, 0, 255)), 44, 1e-1, -1, 2),
}
QUANTITIES: Final = tuple(_CODES)
"""What it can show."""

METER_ID: Final = bytes.fromhex("0A01564C540001020304")
_NOTHING: Final = b"\x01"
_END: Final = b"\x00"
_ESCAPE: Final = b"\x1b\x1b\x1b\x1b"


class SmlMeter(Sender):
    """One meter."""

    def __init__(
        self, values: Values, *, interval_s: float = 1.0, clock: Clock = wall_clock
    ) -> None:
        super().__init__("sml", _telegram, values, interval_s=interval_s, clock=clock)

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as exactly as it sends that."""
        shown = self.shown()
        return {
            name: round(round(shown[name] / step) * step, 6)
            for name, (_, _, step, _, _) in _CODES.items()
            if name in shown
        }


def _telegram(shown: Mapping[str, float]) -> bytes:
    entries = [
        _entry(bytes((1, 0, 96, 1, 0, 255)), _NOTHING, _NOTHING, _text(METER_ID))
    ]
    for name, (code, unit, step, scaler, size) in _CODES.items():
        if name in shown:
            number = round(shown[name] / step)
            value = _tagged(0x50, number.to_bytes(size, "big", signed=True))
            entries.append(_entry(code, _unsigned(unit), _signed(scaler), value))
    values = _list(
        _NOTHING,
        _text(METER_ID),
        _NOTHING,
        _NOTHING,
        _list(*entries),
        _NOTHING,
        _NOTHING,
    )
    opened = _list(
        _NOTHING, _NOTHING, _text(b"\1"), _text(METER_ID), _NOTHING, _NOTHING
    )
    closed = _list(_NOTHING)
    messages = (0x0101, opened), (0x0701, values), (0x0201, closed)
    body = b"".join(_message(tag, content) for tag, content in messages)
    fill = -len(body) % 4
    sent = _ESCAPE + b"\1\1\1\1" + body.replace(_ESCAPE, 2 * _ESCAPE) + bytes(fill)
    sent += _ESCAPE + bytes((0x1A, fill))
    return sent + _x25(sent)


def _message(tag: int, content: bytes) -> bytes:
    head = b"\x76" + _text(b"\1\2\3\4") + _unsigned(0) + _unsigned(0)
    covered = head + _list(_tagged(0x60, tag.to_bytes(2, "big")), content)
    return covered + _tagged(0x60, _x25(covered)) + _END


def _entry(code: bytes, unit: bytes, scaler: bytes, value: bytes) -> bytes:
    return _list(_text(code), _NOTHING, _NOTHING, unit, scaler, value, _NOTHING)


def _list(*parts: bytes) -> bytes:
    return _head(0x70, len(parts)) + b"".join(parts)


def _text(raw: bytes) -> bytes:
    return _tagged(0x00, raw)


def _unsigned(value: int) -> bytes:
    return _tagged(0x60, bytes((value,)))


def _signed(value: int) -> bytes:
    return _tagged(0x50, value.to_bytes(1, "big", signed=True))


def _tagged(kind: int, raw: bytes) -> bytes:
    """Return `raw` behind its type and length, which counts itself."""
    size = len(raw) + 1
    return _head(kind, size if size < 16 else size + 1) + raw


def _head(kind: int, size: int) -> bytes:
    if size < 16:
        return bytes((kind | size,))
    return bytes((0x80 | kind | size >> 4, size & 0x0F))


def _x25(data: bytes) -> bytes:
    """Return CRC-16/X-25, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return (value ^ 0xFFFF).to_bytes(2, "little")
