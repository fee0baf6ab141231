"""Which telegrams come by themselves on a serial port, and at which speed."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contract.inventory import Role
from contract.quantity import Quantity
from gateway.drivers import dsmr, sml, text_line
from gateway.probing import Found, Step, Table
from gateway.probing.port import opened
from gateway.telegram import Measured, Telegram, TelegramError

SETTINGS: Final = ((115_200, "N"), (9600, "N"))
_MOST_BYTES: Final = 65_536
_ELECTRICITY: Final = {Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH}
_READ_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Format:
    take: Callable[[bytearray], bytes | None]
    decode: Callable[[bytes], Telegram]
    title: str


_FORMATS: Final[Mapping[str, _Format]] = {
    "dsmr": _Format(dsmr.take, dsmr.decode, "a smart meter's P1 port (DSMR)"),
    "sml": _Format(sml.take, sml.decode, "a meter that sends SML"),
    "text_line": _Format(text_line.take, text_line.decode, "a board that sends text"),
}


def listen(
    port: str, settings: Sequence[tuple[int, str]], wait_s: float, step: Step
) -> list[Found]:
    """Return what sends telegrams on the port, at the first speed that makes sense.

    Raises:
        LineDownError: The port cannot be opened.
    """
    for baudrate, parity in settings:
        heard = _heard(port, (baudrate, parity), wait_s, step)
        if heard is not None:
            name, telegram = heard
            line: Table = {
                "type": name,
                "port": port,
                "baudrate": baudrate,
                "parity": parity,
            }
            return _meters(name, telegram, line)
    return []


def _heard(
    port: str, setting: tuple[int, str], wait_s: float, step: Step
) -> tuple[str, Telegram] | None:
    baudrate, parity = setting
    buffers = {name: bytearray() for name in _FORMATS}
    until = time.monotonic() + wait_s
    with opened(port, baudrate, parity, _READ_S) as open_port:
        while time.monotonic() < until:
            step(f"{baudrate} 8{parity}1: listening", 1)
            came = open_port.read(max(1, open_port.in_waiting))
            for name, buffer in buffers.items():
                buffer.extend(came)
                if found := _telegram(_FORMATS[name], buffer):
                    return name, found
                del buffer[:-_MOST_BYTES]
    return None


def _telegram(form: _Format, buffer: bytearray) -> Telegram | None:
    while (data := form.take(buffer)) is not None:
        try:
            telegram = form.decode(data)
        except TelegramError:
            continue
        if telegram.measured:
            return telegram
    return None


def steps(settings: Sequence[tuple[int, str]], wait_s: float) -> int:
    """Return about how many steps listening takes."""
    return max(1, round(len(settings) * wait_s / _READ_S))


def _meters(name: str, telegram: Telegram, line: Table) -> list[Found]:
    ids = list(dict.fromkeys(each.meter_id for each in telegram.measured))
    return [_meter(name, telegram.measured, meter_id, line) for meter_id in ids]


def _role(name: str, measured: Sequence[Measured]) -> Role:
    if name == "text_line":
        return Role.SENSOR
    is_electricity = any(each.quantity in _ELECTRICITY for each in measured)
    return Role.MAIN if is_electricity else Role.SUB


def _meter(
    name: str, measured: Sequence[Measured], meter_id: str, line: Table
) -> Found:
    mine = [each for each in measured if each.meter_id == meter_id]
    rows = [each.to_json() for each in mine]
    device: dict[str, str | int | float | list[str]] = {
        "role": _role(name, mine).value,
        "quantities": list(dict.fromkeys(each.quantity.value for each in mine)),
    }
    if meter_id:
        device["meter_id"] = meter_id
    return Found(
        where=f"meter {meter_id}" if meter_id else "the port",
        line=line,
        device=device,
        title=_FORMATS[name].title,
        certainty="certain" if name != "text_line" else "likely",
        values=tuple(f"{r['quantity']} {r['value']:g} {r['unit']}" for r in rows),
    )
