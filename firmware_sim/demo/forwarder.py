"""The network between a gateway and the cloud, which can be cut in several ways."""

import asyncio
import socket
import struct
from enum import StrEnum
from typing import Final

from firmware_sim.demo import addresses

_CHUNK: Final = 64 * 1024
_RESET: Final = struct.pack("ii", 1, 0)


class State(StrEnum):
    """What the link does with connections."""

    OPEN = "open"
    REFUSED = "refused"
    """Nobody listens."""
    RESET = "reset"
    """Every connection is reset at once."""
    BLACK_HOLE = "black hole"
    """Connections stand, and nothing arrives."""
    ONE_WAY = "one way"
    """Requests arrive, replies are lost."""


CUTS: Final = tuple(state for state in State if state is not State.OPEN)


class Link:
    """A TCP forwarder with a port of its own; `turn` cuts it and heals it."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.state = State.OPEN
        self._reservation = addresses.reserved_port()
        self.port: int = self._reservation.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._passages: set[_Passage] = set()

    async def start(self) -> None:
        """Listen and forward."""
        self._server = await asyncio.start_server(
            self._passage, sock=addresses.sharing(self.port)
        )

    async def turn(self, state: State) -> None:
        """Cut the link, or heal it; connections that lost bytes do not survive."""
        self.state = state
        if state in (State.REFUSED, State.RESET):
            self._reset(self._passages)
        if state is State.OPEN:
            self._reset({passage for passage in self._passages if passage.is_lossy})
        if state is State.REFUSED and self._server is not None:
            self._server.close()
            self._server = None
        if state is not State.REFUSED and self._server is None:
            await self.start()

    async def close(self) -> None:
        """Stop forwarding and free the port."""
        if self._server is not None:
            self._server.close()
        self._reset(self._passages)
        await asyncio.gather(*(passage.over.wait() for passage in self._passages))
        self._reservation.close()

    async def _passage(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        passage = _Passage(self, reader, writer)
        self._passages.add(passage)
        try:
            await passage.run()
        finally:
            self._passages.discard(passage)
            passage.over.set()

    def _reset(self, passages: "set[_Passage]") -> None:
        for passage in list(passages):
            passage.reset()


class _Passage:
    """One connection from the gateway and its continuation to the cloud."""

    def __init__(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.is_lossy = False
        self.over = asyncio.Event()
        self._link = link
        self._reader, self._writer = reader, writer
        self._writers = [writer]
        self._task: asyncio.Future[object] | None = None

    async def run(self) -> None:
        if self._link.state is State.RESET:
            self.reset()
        elif self._link.state is State.BLACK_HOLE:
            await self._carry(self._reader, self._writer, upward=True)
        else:
            await self._connect()
        for writer in self._writers:
            writer.close()
        for writer in self._writers:
            await _closed(writer)

    async def _connect(self) -> None:
        try:
            reader, writer = await asyncio.open_connection(
                addresses.LOOPBACK, self._link.target_port
            )
        except OSError:
            self.reset()
            return
        self._writers.append(writer)
        await asyncio.gather(
            self._carry(self._reader, writer, upward=True),
            self._carry(reader, self._writer, upward=False),
        )

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        upward: bool,
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                if self._swallows(upward=upward):
                    self.is_lossy = True
                    continue
                writer.write(data)
                await writer.drain()
        except OSError:
            self.reset()
        finally:
            if not self._swallows(upward=upward):
                writer.close()

    def _swallows(self, *, upward: bool) -> bool:
        state = self._link.state
        return state is State.BLACK_HOLE or (state is State.ONE_WAY and not upward)

    def reset(self) -> None:
        """End both halves at once, towards the gateway with a TCP reset."""
        raw: socket.socket | None = self._writer.get_extra_info("socket")
        if raw is not None and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        for writer in self._writers:
            writer.transport.abort()


async def _closed(writer: asyncio.StreamWriter) -> None:
    try:
        await writer.wait_closed()
    except OSError:
        return
