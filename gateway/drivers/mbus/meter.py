"""A meter on an M-Bus line, which sends its data when it is asked for them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from gateway.driver import Poll, Shown
from gateway.drivers import mbus
from gateway.drivers.mbus import link
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError
from gateway.telegram import Telegram, TelegramError
from gateway.wire.asked import poll_of, shown

_MOST_TELEGRAMS: Final = 16
_STATUS: Final = 16  # what comes before is the same, or a running number
_CHECKED: Final = -2


class Bus(Protocol):
    """The line a meter hangs on."""

    async def ask(self, frame: bytes) -> bytes:
        """Send `frame` and return the answer."""


class MbusMeter:
    """One meter, by its primary address or, where it has a number, by that."""

    def __init__(self, bus: Bus, settings: DeviceSettings) -> None:
        self._bus = bus
        self._number = settings.meter_id
        self._address = link.SELECTED if settings.meter_id else settings.unit
        self._entry = settings.entry

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return the quantities listed for it.

        Raises:
            DeviceError: It sent none of them, or what we cannot read.
            NoAnswerError: It kept silent, or its answer is broken.
        """
        return poll_of(self._entry, await self._telegram(), now())

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Shown]:
        """Return every value in its data.

        Raises:
            DeviceError: There is none.
        """
        return shown(await self._telegram(), now())

    async def _telegram(self) -> Telegram:
        """Return all its data, of several telegrams if it has so many."""
        await self._greet()
        frames: list[bytes] = []
        fcb = True
        while len(frames) < _MOST_TELEGRAMS:
            frame = await self._bus.ask(link.request(self._address, fcb=fcb))
            self._refuse_other(frame)
            if frames and frame[_STATUS:_CHECKED] == frames[-1][_STATUS:_CHECKED]:
                break  # it does not know the frame count bit
            frames.append(frame)
            fcb = not fcb
            try:
                telegram = mbus.decode_all(frames)
            except TelegramError as error:
                raise DeviceError(str(error)) from error
            if not mbus.has_more(telegram):
                break
        return telegram

    async def _greet(self) -> None:
        """Let it begin with its first telegram.

        Raises:
            NoAnswerError: It does not acknowledge that.
        """
        number = self._number
        hello = link.select(number) if number else link.reset(self._address)
        try:
            reply = await self._bus.ask(hello)
        except NoAnswerError as error:
            if not number or str(error) != "no answer":
                raise
            raise NoAnswerError(f"no meter answers to the number {number}") from error
        if reply != link.ACKNOWLEDGED:
            raise NoAnswerError("it does not acknowledge, it sends something else")

    def _refuse_other(self, frame: bytes) -> None:
        if frame == link.ACKNOWLEDGED:
            raise DeviceError("it acknowledges, but has no data")
        if len(frame) <= len(link.reset(0)):
            raise NoAnswerError("it sends a short frame where its data should come")
        number = link.number_of(frame)
        if self._number:
            if number not in (None, self._number):
                raise NoAnswerError(f"meter {number} answered in its place")
        elif link.address_of(frame) != self._address:
            raise NoAnswerError(
                f"address {link.address_of(frame)} answered in its place"
            )
