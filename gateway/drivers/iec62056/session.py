"""One readout of an IEC 62056-21 meter: sign-on, identification, speed, data block."""

import asyncio
from collections.abc import Callable
from typing import Final

from gateway.drivers import iec62056
from gateway.drivers.iec62056 import message
from gateway.drivers.iec62056.line import IecLine
from gateway.lines import NoAnswerError
from gateway.telegram import Telegram, TelegramError
from gateway.wire import TcpPort
from gateway.wire.wire import Wire

_BITS_PER_CHARACTER: Final = 10
_LONGEST_S: Final = 180.0


class Session:
    """The reader's side, on a wire that is open."""

    def __init__(self, wire: Wire, line: IecLine) -> None:
        self._wire = wire
        self._line = line
        self._baudrate = line.baudrate_fixed or message.FIRST_BAUDRATE
        self._adds_parity = line.parity == "software" or (
            line.parity == "even"
            and not isinstance(line.place, TcpPort)
            and not wire.makes_parity
        )

    async def telegram(self, address: str) -> Telegram:
        """Return the data of the meter with that address, or of the only one.

        Raises:
            LineDownError: The line broke.
            NoAnswerError: No meter answered, or its block did not come whole.
        """
        try:
            async with asyncio.timeout(_LONGEST_S):
                return await self._read_out(address)
        except TimeoutError as error:
            raise NoAnswerError(f"it still sends after {_LONGEST_S:g} s") from error

    async def _read_out(self, address: str) -> Telegram:
        self._wire.set_baudrate(self._baudrate)
        await self._send(message.sign_on(address))
        heard = await self._until(self._is_identified, "an identification")
        meter = message.identification(heard)
        if meter is None:
            raise NoAnswerError("it sends its identification garbled")
        if meter.is_acknowledged:
            baudrate = self._agreed(meter.baudrate)
            await self._send(message.acknowledgement(baudrate))
            self._speak_at(baudrate)
        elif meter.baudrate is not None:
            self._speak_at(self._agreed(meter.baudrate))
        try:
            return iec62056.decode(await self._block())
        except TelegramError:
            await self._send(message.REPEAT)
        try:
            return iec62056.decode(await self._block())
        except TelegramError as error:
            raise NoAnswerError(f"{error}; sent again, it was no better") from error

    async def _send(self, data: bytes) -> None:
        """Send, and return when the last character is on its way out."""
        self._wire.send(message.with_parity(data) if self._adds_parity else data)
        await asyncio.sleep(len(data) * _BITS_PER_CHARACTER / self._baudrate)

    def _agreed(self, proposed: int | None) -> int:
        if self._line.baudrate_fixed is not None:
            return self._line.baudrate_fixed
        if isinstance(self._line.place, TcpPort) or proposed is None:
            return message.FIRST_BAUDRATE
        return proposed

    def _speak_at(self, baudrate: int) -> None:
        self._baudrate = baudrate
        self._wire.set_baudrate(baudrate)

    @staticmethod
    def _is_identified(heard: bytes) -> bool:
        return message.identification(heard) is not None

    async def _block(self) -> bytes:
        heard = await self._until(message.has_block, "a data block")
        start = heard.index(b"\x02")
        end = heard.index(b"\x03", start) + 2
        return bytes(self._wire.received[:end])[start:]

    async def _until(self, is_whole: Callable[[bytes], bool], what: str) -> bytes:
        """Return what came, without parity bits, once it is whole."""
        while True:
            heard = message.without_parity(bytes(self._wire.received))
            if is_whole(heard):
                return heard
            if len(heard) > message.MOST_BYTES:
                raise NoAnswerError(f"it sends and sends, but not {what}")
            if not await self._wire.more(self._line.timeout_s):
                if not heard:
                    raise NoAnswerError("no answer")
                raise NoAnswerError(f"what came is not {what}, or not all of it")
