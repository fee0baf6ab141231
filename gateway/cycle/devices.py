"""Which driver serves a line, and which reads a device on it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from contract.reading import Reading
from gateway.drivers import dsmr, sml, text_line
from gateway.drivers.listening import Listener, Take, TelegramMeter
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.lines import DeviceSettings, LineSettings, ListenLine
from gateway.meters import Models
from gateway.telegram import Telegram

Owner = Bus | Listener
"""The connection of a line, which only its owner may use."""


class Gave(Protocol):
    """What one poll gave."""

    @property
    def readings(self) -> list[Reading]:
        """Its readings."""

    @property
    def refused(self) -> list[str]:
        """Values that cannot be used, each in words."""


class Row(Protocol):
    """One value, for a technician."""

    def to_json(self, now: datetime) -> dict[str, object]:
        """Return it as JSON values, with its age at `now`."""


class Readable(Protocol):
    """A device, whatever it speaks; both raise `DeviceError` with the reason."""

    async def poll(self, now: Callable[[], datetime]) -> Gave:
        """Return its readings."""

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Row]:
        """Return all it has, also what is no reading."""


_TAKES: Final[Mapping[str, Take]] = {
    "dsmr": dsmr.take,
    "sml": sml.take,
    "text_line": text_line.take,
}


def owner(line: LineSettings, now: Callable[[], datetime]) -> Owner:
    """Return the connection of `line`, not yet open."""
    if not isinstance(line, ListenLine):
        return Bus(line)
    decoders: Mapping[str, Callable[[bytes], Telegram]] = {
        "dsmr": dsmr.decode,
        "sml": sml.decode,
        "text_line": partial(text_line.decode, columns=line.columns),
    }
    return Listener(line, _TAKES[line.format], decoders[line.format], now)


def readable(connection: Owner, device: DeviceSettings, models: Models) -> Readable:
    """Return the device behind `connection`."""
    if isinstance(connection, Listener):
        return TelegramMeter(connection, device.meter_id, device.entry)
    return Meter(connection, device.unit, models[device.entry.model], device.entry)
