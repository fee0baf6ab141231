"""RTU over a pty whose other end keeps the wire's pace: share of the wire's own limit.

The limit is what the standard leaves ("MODBUS over Serial Line V1.02", 2.5.1.1): the
characters of request and answer, and after each of them a silence of 3.5 characters, at
least 1.75 ms.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from pymodbus.client import AsyncModbusSerialClient

from benchmarks.row import Row, best, medians, program
from benchmarks.slaves import REGISTERS, character_s, silence_s
from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from gateway.clock import SystemClock
from gateway.cycle.polled import Polled
from gateway.cycle.poller import Poller
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.lines import DeviceSettings, Line, SerialLine
from gateway.meters import Model
from gateway.meters.loader import load_all

_TARGETS: Final = {9600: 0.95, 19200: 0.90, 115200: 0.85}
_UNITS: Final = 4
_SPAN_S: Final = 2.0
_ROUNDS: Final = 3
_WIRE_S: Final = 1.5
_WIRE_ROUNDS: Final = 5
_CHARACTERS: Final = 8 + 5 + 2 * REGISTERS
_DEAD_UNIT: Final = 9
_DEAD_SPAN_S: Final = 5.0
_DEAD_TIMEOUT_S: Final = 0.1


def rows() -> Sequence[Row]:
    """Return a row for each baud rate, and one for a line with a dead device."""
    return [
        *(_wire(baudrate, target) for baudrate, target in _TARGETS.items()),
        _dead_device(19200),
    ]


def _wire(baudrate: int, target: float) -> Row:
    limit = 1 / (_CHARACTERS * character_s(baudrate) + 2 * silence_s(baudrate))
    with program("benchmarks.slaves", "rtu", str(baudrate), str(_UNITS)) as server:
        port = str(server["pty"])
        ours, peer = best(
            _WIRE_ROUNDS,
            lambda: asyncio.run(_ours(port, baudrate, range(1, _UNITS + 1), _WIRE_S)),
            lambda: asyncio.run(_bare(port, baudrate)),
        )
    return Row(
        f"RTU at {baudrate} baud, blocks of {REGISTERS} registers",
        f"{ours:.1f} polls/s",
        f"{limit:.1f} the wire's limit (pymodbus {peer:.1f})",
        ours / limit,
        target,
    )


def _dead_device(baudrate: int) -> Row:
    with program("benchmarks.slaves", "rtu", str(baudrate), str(_UNITS)) as server:
        port, units = str(server["pty"]), [*range(1, _UNITS + 1)]
        beside, alive = medians(
            _ROUNDS,
            lambda: asyncio.run(
                _ours(port, baudrate, [*units, _DEAD_UNIT], _DEAD_SPAN_S)
            ),
            lambda: asyncio.run(_ours(port, baudrate, units)),
        )
    return Row(
        f"RTU at {baudrate} baud, one device of {_UNITS + 1} dead",
        f"{beside:.1f} polls/s of the others",
        f"{alive:.1f} without it",
        beside / alive,
        0.9,
    )


async def _ours(
    port: str, baudrate: int, units: Sequence[int], span_s: float = _SPAN_S
) -> float:
    """Return the answered polls a second when the line is polled without pause."""
    settings = SerialLine("bench", port, baudrate, timeout_s=_DEAD_TIMEOUT_S)
    model = load_all(None)["voltonic_room"]
    bus = Bus(settings)
    poller = Poller(Line(settings), bus, SystemClock())
    poller.devices.extend(_polled(bus, unit, model) for unit in units)
    await poller.poll(poller.devices)
    begin_s, polls = time.monotonic(), 0
    while time.monotonic() - begin_s < span_s:
        polls += len(await poller.poll(poller.devices))
    spent_s = time.monotonic() - begin_s
    bus.close()
    return polls / spent_s


def _polled(bus: Bus, unit: int, model: Model) -> Polled:
    entry = DeviceEntry(
        f"campus/bench/room-{unit}",
        "meter",
        model.name,
        Role.MAIN,
        simulated=False,
        quantities=(*model.quantities, Quantity.ENERGY_SAVED_KWH),
    )
    settings = DeviceSettings(entry, "bench", unit, timedelta(seconds=1))
    return Polled(settings, Meter(bus, unit, model, entry))


async def _bare(port: str, baudrate: int) -> float:
    client = AsyncModbusSerialClient(port, baudrate=baudrate, timeout=1)
    await client.connect()
    await client.read_input_registers(0, count=REGISTERS, device_id=1)
    begin_s, polls = time.monotonic(), 0
    while time.monotonic() - begin_s < _WIRE_S / 2:
        await client.read_input_registers(
            0, count=REGISTERS, device_id=polls % _UNITS + 1
        )
        polls += 1
    spent_s = time.monotonic() - begin_s
    client.close()
    return polls / spent_s


if __name__ == "__main__":
    print(rows())
