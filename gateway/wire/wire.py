"""A wire that is kept open: bytes are sent, and come at any time."""

import asyncio
import os
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import serial

from gateway.lines import CONNECT_TIMEOUT_S, LineDownError
from gateway.wire import Place, SerialPort, TcpPort

_READ_BYTES: Final = 4096
_MOST_BYTES: Final = 65_536


class Wire:
    """A serial port or a TCP connection.

    Attributes:
        received: What came since the last `send`, at most 64 KiB of it.
    """

    def __init__(
        self, place: Place, heard: Callable[[bytes], None] | None = None
    ) -> None:
        """Make a wire that is not open yet.

        Args:
            heard: Called with what comes, in place of adding it to `received`.
        """
        self.place = place
        self.received = bytearray()
        self._heard = heard
        self._end: _SerialEnd | _TcpEnd | None = None
        self._came = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self._end is not None

    @property
    def makes_parity(self) -> bool:
        """Whether the port itself adds parity bits; over TCP nobody knows."""
        return self._end is not None and self._end.makes_parity

    async def open(self) -> None:
        """Open it unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """
        if self._end is not None:
            return
        self.received.clear()
        try:
            if isinstance(self.place, SerialPort):
                port = await asyncio.to_thread(_opened, self.place)
                self._end = _SerialEnd(port, self._take)
            else:
                self._end = await _tcp_end(self.place, self._take)
        except (OSError, ValueError, termios.error) as error:
            why = getattr(error, "strerror", None) or error
            raise LineDownError(f"cannot open {self.place}: {why}") from error

    def close(self) -> None:
        """Close it; any number of times."""
        end, self._end = self._end, None
        if end is not None:
            end.close()
        self._came.set()

    def send(self, data: bytes) -> None:
        """Send `data`; what came before is no answer to it and forgotten.

        Raises:
            LineDownError: The wire is closed or broke.
        """
        if self._end is None:
            raise self._broken()
        self.received.clear()
        self._came.clear()
        try:
            self._end.send(data)
        except (OSError, termios.error) as error:
            self.close()
            raise self._broken() from error

    async def more(self, within_s: float) -> bool:
        """Return whether more bytes came `within_s`.

        Raises:
            LineDownError: The wire is closed or broke.
        """
        if self._end is None:
            raise self._broken()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._came.wait()
        if not self._came.is_set():
            return False
        self._came.clear()
        if self._end is None:
            raise self._broken()
        return True

    def set_baudrate(self, baudrate: int) -> None:
        """Send and receive at another speed from now on; over TCP that stays as it is.

        Raises:
            LineDownError: The port broke.
        """
        if isinstance(self._end, _SerialEnd):
            try:
                self._end.port.baudrate = baudrate
            except (OSError, ValueError, termios.error) as error:
                self.close()
                raise self._broken() from error

    def _take(self, data: bytes) -> None:
        if not data:  # unplugged, or closed by the other end
            self.close()
        elif self._heard is not None:
            self._heard(data)
        else:
            self.received += data
            del self.received[:-_MOST_BYTES]
            self._came.set()

    def _broken(self) -> LineDownError:
        return LineDownError(f"the connection to {self.place} broke")


class _SerialEnd:
    """An open serial port."""

    def __init__(self, port: serial.Serial, take: Callable[[bytes], None]) -> None:
        self.port = port
        self._take = take
        asyncio.get_running_loop().add_reader(port.fileno(), self._readable)

    @property
    def makes_parity(self) -> bool:
        try:
            return _has_parity(self.port)
        except (OSError, termios.error):  # unplugged, as the next use will tell
            return False

    def send(self, data: bytes) -> None:
        os.write(self.port.fileno(), data)

    def close(self) -> None:
        with suppress(OSError, RuntimeError, serial.SerialException):
            asyncio.get_running_loop().remove_reader(self.port.fileno())
        with suppress(OSError):
            self.port.close()

    def _readable(self) -> None:
        try:
            data = os.read(self.port.fileno(), _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._take(data)


class _TcpEnd(asyncio.Protocol):
    """An open TCP connection."""

    makes_parity = False

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._take(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._transport is not None:
            self._transport = None
            self._take(b"")

    def send(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError
        self._transport.write(data)

    def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()


async def _tcp_end(place: TcpPort, take: Callable[[bytes], None]) -> _TcpEnd:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, end = await loop.create_connection(
                lambda: _TcpEnd(take), place.host, place.port
            )
    except TimeoutError as error:
        raise LineDownError(f"cannot open {place}: no answer") from error
    except OSError as error:
        # asyncio's own words name the address twice
        number = error.errno or 0
        why = os.strerror(number) if number > 0 else str(error)
        raise LineDownError(f"cannot open {place}: {why}") from error
    return end


def _opened(place: SerialPort) -> serial.Serial:
    if not Path(place.port).exists():
        raise LineDownError(f"serial port {place.port} does not exist")
    if place.parity == "N":
        return _opened_as(place)
    with suppress(termios.error):
        port = _opened_as(place)
        if _has_parity(port):
            return port
        port.close()
    # Some ports, and every pty, have no parity: who needs it asks `makes_parity`.
    return _opened_as(replace(place, bytesize=8, parity="N"))


def _has_parity(port: serial.Serial) -> bool:
    return bool(termios.tcgetattr(port.fileno())[2] & termios.PARENB)


def _opened_as(place: SerialPort) -> serial.Serial:
    return serial.Serial(
        place.port,
        place.baudrate,
        bytesize=place.bytesize,
        parity=place.parity,
        stopbits=place.stopbits,
        timeout=0,
        exclusive=True,
    )
