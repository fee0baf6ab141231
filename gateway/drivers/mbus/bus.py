"""An M-Bus line: one request and its answer after another, over a serial port or TCP.

Source: EN 13757-2:2018, 4.4 (silence before a frame) and 5.5.3 (time-outs).
"""

import asyncio
from typing import Final

from gateway.drivers.mbus import link
from gateway.drivers.mbus.line import MbusLine
from gateway.drivers.mbus.meter import MbusMeter
from gateway.lines import DeviceSettings, NoAnswerError
from gateway.wire.wire import Wire

_BITS_PER_CHARACTER: Final = 11
_SILENT_BITS: Final = 33
_LONGEST_THINKING_BITS: Final = 330
_LONGEST_THINKING_S: Final = 0.05
_LONGEST_FRAME: Final = 261
_GAP_BITS: Final = 22
_LATENCY_S: Final = 0.15
"""What a busy machine, a USB adapter or a network adds to silence in a frame. [s]"""
_TRIES: Final = 2


class MbusBus:
    """The master of one line."""

    def __init__(self, line: MbusLine) -> None:
        self.line = line
        self._wire = Wire(line.place)
        self._bit_s = 1 / line.baudrate

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

    def device(self, settings: DeviceSettings) -> MbusMeter:
        """Return the meter at its address, or with its number."""
        return MbusMeter(self, settings)

    async def ask(self, frame: bytes) -> bytes:
        """Send `frame` and return the answer, asking a second time if need be.

        Raises:
            LineDownError: The line is closed or broke.
            NoAnswerError: Nothing usable came in time.
        """
        for _ in range(1, _TRIES):
            try:
                return await self._ask_once(frame)
            except NoAnswerError:
                await self._silence()
        return await self._ask_once(frame)

    async def _ask_once(self, sent: bytes) -> bytes:
        wire, bit_s = self._wire, self._bit_s
        wire.send(sent)
        thinking_s = _LONGEST_THINKING_BITS * bit_s + _LONGEST_THINKING_S
        wait_s = max(self.line.timeout_s, thinking_s)
        wait_s += len(sent) * _BITS_PER_CHARACTER * bit_s
        while await wire.more(wait_s):
            wait_s = _GAP_BITS * bit_s + _LATENCY_S
            frame = self._whole(sent)
            if frame is not None:
                if await wire.more(_SILENT_BITS * bit_s):
                    self._whole(sent)
                return frame
        if bytes(wire.received) in (b"", sent):
            raise NoAnswerError("no answer")
        raise NoAnswerError("the answer stops half-way")

    def _whole(self, sent: bytes) -> bytes | None:
        try:
            return link.answer(bytes(self._wire.received), sent)
        except link.GarbledError as error:
            raise NoAnswerError(
                f"{error}; two meters may have this address, or the bus is disturbed"
            ) from error

    async def _silence(self) -> None:
        """Return once nothing comes any more, or after the time of a long frame."""
        longest_s = _LONGEST_FRAME * _BITS_PER_CHARACTER * self._bit_s
        try:
            async with asyncio.timeout(longest_s):
                while await self._wire.more(_SILENT_BITS * self._bit_s):
                    pass
        except TimeoutError:
            return
