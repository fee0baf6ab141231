"""A serial port on which telegrams come by themselves: kept open, read as they come."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import serial

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown
from gateway.lines import (
    DeviceError,
    DeviceSettings,
    LineDownError,
    ListenLine,
    NoAnswerError,
)
from gateway.telegram import Measured, Telegram, TelegramError

Take = Callable[[bytearray], bytes | None]
"""Cuts the first whole telegram from what has come, or returns None."""

_READ_BYTES: Final = 4096
_MOST_BYTES: Final = 65_536
_MOST_POINTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest value of one quantity of one meter."""

    measured: Measured
    at: datetime

    def shown(self) -> Shown:
        """Return it as a technician sees it."""
        each = self.measured
        return Shown(each.quantity, each.value, each.source, each.meter_id, self.at)


class Listener:
    """One port; it reads in the background and keeps only what is newest.

    Attributes:
        heard: The newest value of each quantity of each meter.
        refused: Values of the newest telegram that no working device reports.
        complaint: Why the newest bytes are no telegram to believe; empty if they are.
    """

    def __init__(
        self,
        line: ListenLine,
        take: Take,
        decode: Callable[[bytes], Telegram],
        now: Callable[[], datetime],
    ) -> None:
        self.line = line
        self.heard: dict[tuple[Quantity, str], Heard] = {}
        self.refused: Sequence[str] = ()
        self.complaint = ""
        self._take = take
        self._decode = decode
        self._now = now
        self._port: serial.Serial | None = None
        self._buffer = bytearray()
        self._came = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether the port is open."""
        return self._port is not None

    async def connect(self) -> None:
        """Open the port unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """
        if self._port is not None:
            return
        line = self.line
        try:
            port = await asyncio.to_thread(_opened, line)
        except (OSError, ValueError) as error:
            raise LineDownError(f"cannot open {line.port}: {error}") from error
        self._buffer.clear()
        self._port = port
        asyncio.get_running_loop().add_reader(port.fileno(), self._readable)

    def close(self) -> None:
        """Close the port."""
        port, self._port = self._port, None
        if port is not None:
            with suppress(OSError, RuntimeError, serial.SerialException):
                asyncio.get_running_loop().remove_reader(port.fileno())
            with suppress(OSError):
                port.close()

    def device(self, settings: DeviceSettings) -> "TelegramMeter":
        """Return the meter whose telegrams come here."""
        return TelegramMeter(self, settings.meter_id, settings.entry)

    async def first(self) -> None:
        """Return once a telegram was heard, or after the line's time-out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.line.timeout_s):
                await self._came.wait()

    def silence(self) -> str:
        """Return why there is no telegram, in words."""
        if not self._buffer:
            return "no telegram came"
        return "only parts of telegrams came; look at the cable and the baud rate"

    def _readable(self) -> None:
        if self._port is None:
            return
        try:
            came = os.read(self._port.fileno(), _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        if not came:  # unplugged: the poller opens it again
            self.close()
            return
        self._buffer += came
        while (data := self._take(self._buffer)) is not None:
            self._telegram(data)
        del self._buffer[:-_MOST_BYTES]

    def _telegram(self, data: bytes) -> None:
        try:
            telegram = self._decode(data)
        except TelegramError as error:
            self.complaint = str(error)
            return
        self.complaint, self.refused = "", telegram.refused
        at = self._now()
        for each in telegram.measured:
            key = each.quantity, each.meter_id
            if key in self.heard or len(self.heard) < _MOST_POINTS:
                self.heard[key] = Heard(each, at)
        self._came.set()


def _opened(line: ListenLine) -> serial.Serial:
    if not Path(line.port).exists():
        raise LineDownError(f"serial port {line.port} does not exist")
    return serial.Serial(
        line.port,
        line.baudrate,
        parity=line.parity,
        stopbits=line.stopbits,
        timeout=0,
        exclusive=True,
    )


class TelegramMeter:
    """A meter whose values come in the telegrams of a line."""

    def __init__(self, listener: Listener, meter_id: str, entry: DeviceEntry) -> None:
        self._listener = listener
        self._meter_id = meter_id
        self._entry = entry
        self._quality = Quality.SIMULATED if entry.simulated else Quality.MEASURED
        self._last: datetime | None = None

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return what came since the last poll, each with the instant it came at.

        Raises:
            NoAnswerError: Nothing to believe came for longer than the line's time-out.
            DeviceError: What came has none of the device's quantities.
        """
        listener = self._listener
        mine = self._mine()
        newest = max((each.at for each in mine), default=None)
        age = timedelta(seconds=listener.line.timeout_s)
        if newest is None and listener.heard and not listener.complaint:
            names = sorted({name for _, name in listener.heard})
            raise DeviceError(
                "no telegram has its quantities; meters heard: " + ", ".join(names)
            )
        if newest is None or now() - newest > age:
            raise NoAnswerError(listener.complaint or listener.silence())
        fresh = [each for each in mine if self._last is None or each.at > self._last]
        self._last = newest
        readings, refused = [], list(listener.refused)
        for each in fresh:
            quantity = each.measured.quantity
            rivals = [other for other in mine if other.measured.quantity is quantity]
            if len(rivals) > 1:
                names = [other.measured.meter_id for other in rivals]
                words = f"{quantity}: of {' and '.join(names)}; set meter_id"
                refused += [words] if words not in refused else []
                continue
            point = self._entry.point(quantity)
            value = each.measured.value
            readings.append(Reading(point, each.at, value, self._quality))
        return Poll(readings, refused)

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return every value heard, also of other meters on the line.

        Raises:
            DeviceError: None was heard.
        """
        del now  # each value has its own instant
        await self._listener.first()
        if not self._listener.heard:
            raise NoAnswerError(self._listener.complaint or "no telegram came")
        return [each.shown() for each in self._listener.heard.values()]

    def _mine(self) -> list[Heard]:
        return [
            heard
            for (quantity, name), heard in self._listener.heard.items()
            if quantity in self._entry.quantities and self._meter_id in ("", name)
        ]
