"""A search on a serial Modbus line: speeds, parities, unit ids."""

import termios
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from gateway.drivers.modbus.bus import ModbusBus
from gateway.lines import SerialLine
from gateway.meters import Models
from gateway.probing import Found, Step, Table
from gateway.probing.unit import answers, identified

Parity = Literal["N", "E", "O"]

_LIKELY_UNITS: Final = 4
_FEW: Final = 16
_ANSWER_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Search:
    """What to search.

    Attributes:
        settings: Each speed with a parity, the likeliest first.
        timeout_s: How long a device may think. [s]
        is_whole: Go on after devices were found with one setting.
    """

    port: str
    settings: Sequence[tuple[int, Parity]]
    units: Sequence[int]
    timeout_s: float
    is_whole: bool = False

    @property
    def steps(self) -> int:
        """Most requests it takes."""
        return len(self.settings) * len(self.units)


async def scan(search: Search, models: Models, step: Step) -> list[Found]:
    """Return the devices on the line.

    All devices of a line have to speak at one speed, so that the search goes on with
    the setting at which one answered. The lowest ids are tried first at each.

    Raises:
        LineDownError: The port cannot be opened.
    """
    first = search.units[:_LIKELY_UNITS] if len(search.settings) > 1 else ()
    rest = search.units[len(first) :]
    found: list[Found] = []
    done: set[tuple[int, Parity]] = set()
    for units, more in ((first, rest), (rest, ())):
        for setting in search.settings:
            if not units or setting in done:
                continue
            here = await _at(search, setting, units, models, step)
            if here and more:
                here += await _at(search, setting, more, models, step)
                done.add(setting)
            found += here
            if here and not search.is_whole:
                return found
    return found


async def _at(
    search: Search,
    setting: tuple[int, Parity],
    units: Sequence[int],
    models: Models,
    step: Step,
) -> list[Found]:
    baudrate, parity = setting
    line = SerialLine("probe", search.port, baudrate, parity, 1, search.timeout_s)
    table: Table = {
        "type": "modbus_rtu",
        "port": search.port,
        "baudrate": baudrate,
        "parity": parity,
        "stopbits": 1,
    }
    bus, present = ModbusBus(line, models), []
    try:
        try:
            await bus.connect()
        except termios.error:  # this port does not know the setting
            step(f"{baudrate} 8{parity}1 is not to be had", len(units))
            return []
        for place, unit in enumerate(units):
            is_likely = place < _LIKELY_UNITS or len(units) <= _FEW
            step(f"{baudrate} 8{parity}1 unit {unit}", 1)
            if await answers(bus, unit, thoroughly=is_likely):
                present.append(unit)
    finally:
        bus.close()
    patient = replace(line, timeout_s=max(line.timeout_s, _ANSWER_S))
    lists = [await _told(patient, unit, table, models, step) for unit in present]
    return [found for each in lists for found in each]


async def _told(
    line: SerialLine, unit: int, table: Table, models: Models, step: Step
) -> list[Found]:
    step(f"{line.baudrate} 8{line.parity}1 unit {unit} answers: what is it?", 0)
    bus = ModbusBus(line, models)
    try:
        await bus.connect()
        return await identified(bus, unit, table, models)
    finally:
        bus.close()
