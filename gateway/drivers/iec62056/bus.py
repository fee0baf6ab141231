"""A line of IEC 62056-21 meters, read out one after another."""

from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.driver import Poll, Shown
from gateway.drivers.iec62056.line import IecLine
from gateway.drivers.iec62056.session import Session
from gateway.lines import DeviceSettings
from gateway.telegram import Telegram
from gateway.wire.asked import poll_of, shown
from gateway.wire.wire import Wire


class IecBus:
    """The reader of one line."""

    def __init__(self, line: IecLine) -> None:
        self._line = line
        self._wire = Wire(line.place)

    @property
    def is_connected(self) -> bool:
        """Whether the line can be used."""
        return self._wire.is_open

    async def connect(self) -> None:
        """Open the line unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """
        await self._wire.open()

    def close(self) -> None:
        """Close the line."""
        self._wire.close()

    def device(self, settings: DeviceSettings) -> "IecMeter":
        """Return the meter with its address."""
        return IecMeter(self, settings)

    async def telegram(self, address: str) -> Telegram:
        """Return the data of one meter.

        Raises:
            DeviceError: It cannot be read now; the message says why.
        """
        return await Session(self._wire, self._line).telegram(address)


class IecMeter:
    """One meter."""

    def __init__(self, bus: IecBus, settings: DeviceSettings) -> None:
        self._bus = bus
        self._address = settings.meter_id
        self._entry = settings.entry

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return the quantities listed for it.

        Raises:
            DeviceError: It sent none of them.
            NoAnswerError: It kept silent, or its data are broken.
        """
        telegram = await self._bus.telegram(self._address)
        return poll_of(self._entry, telegram, now())

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Shown]:
        """Return every value in its data block.

        Raises:
            DeviceError: There is none.
        """
        return shown(await self._bus.telegram(self._address), now())
