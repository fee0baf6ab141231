"""A search on a wired M-Bus: every primary address is greeted, who answers is read."""

import time
from collections.abc import Sequence
from typing import Final

import serial

from contract.inventory import Role
from gateway.drivers import mbus
from gateway.probing import Found, Step, Table
from gateway.probing.port import opened
from gateway.telegram import Telegram, TelegramError

LAST_ADDRESS: Final = 250
_ACKNOWLEDGED: Final = 0xE5
_GREET, _SEND_DATA = 0x40, 0x7B
_BITS: Final = 11
_LONGEST: Final = 261


def scan(
    port: str,
    baudrates: Sequence[int],
    addresses: Sequence[int],
    timeout_s: float,
    step: Step,
) -> list[Found]:
    """Return the meters on the bus, at the first speed at which some answer.

    Raises:
        LineDownError: The port cannot be opened.
    """
    for baudrate in baudrates:
        line: Table = {"type": "mbus", "port": port, "baudrate": baudrate}
        wait_s = timeout_s + 330 / baudrate  # EN 13757-2: 330 bit times and 50 ms
        with opened(port, baudrate, "E", wait_s) as bus:
            found = []
            for address in addresses:
                step(f"{baudrate} 8E1 address {address}", 1)
                if _greeted(bus, address):
                    found.append(_meter(bus, address, line))
        if found:
            return found
    return []


def _short(control: int, address: int) -> bytes:
    return bytes((0x10, control, address, (control + address) & 0xFF, 0x16))


def _greeted(bus: serial.Serial, address: int) -> bool:
    """Return whether somebody acknowledges; noise of several does count."""
    bus.reset_input_buffer()
    bus.write(_short(_GREET, address))
    return bool(bus.read(1))


def _meter(bus: serial.Serial, address: int, line: Table) -> Found:
    bus.reset_input_buffer()
    bus.write(_short(_SEND_DATA, address))
    head = bus.read(4)
    wanted = min(head[1] + 2, _LONGEST) if len(head) == 4 else 0
    where = f"address {address}"
    try:
        telegram = mbus.decode(head + _rest(bus, wanted))
    except TelegramError as error:
        title = f"an M-Bus meter whose telegram cannot be read: {error}"
        return Found(where, line, None, title, "unknown")
    return _read(where, address, line, telegram)


def _rest(bus: serial.Serial, count: int) -> bytes:
    """Return what comes, up to `count` bytes, within the time they take."""
    until = time.monotonic() + (bus.timeout or 0) + count * _BITS / bus.baudrate
    came = b""
    while len(came) < count and time.monotonic() < until:
        came += bus.read(count - len(came))
    return came


def _read(where: str, address: int, line: Table, telegram: Telegram) -> Found:
    quantities = dict.fromkeys(each.quantity.value for each in telegram.measured)
    ids = [each.meter_id for each in telegram.measured if each.meter_id]
    title = f"M-Bus meter {ids[0]}" if ids else "an M-Bus meter"
    if not quantities:
        return Found(where, line, None, f"{title} without a value we use", "unknown")
    rows = [each.to_json() for each in telegram.measured]
    return Found(
        where=where,
        line=line,
        device={
            "unit": address,
            "role": Role.SUB.value,  # several share a bus: who is main is for people
            "quantities": list(quantities),
        },
        title=title,
        certainty="certain",
        values=tuple(f"{r['quantity']} {r['value']:g} {r['unit']}" for r in rows),
    )
