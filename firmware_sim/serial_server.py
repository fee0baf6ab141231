"""A serial server: a TCP port that passes Modbus RTU frames to and from a bus."""

import asyncio
from collections.abc import Mapping
from typing import cast

from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import RtuBus


class _Connection(asyncio.Protocol):
    """One master's connection; the converter answers the one that asked."""

    def __init__(
        self, units: Mapping[int, Unit], peers: set[asyncio.Transport]
    ) -> None:
        self._peers = peers
        self._bus = RtuBus(units, self._write)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peers.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._peers.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._bus.received(data)

    def _write(self, frame: bytes) -> None:
        if frame and not self._transport.is_closing():
            self._transport.write(frame)


class SerialServer:
    """A TCP port behind which several units answer in RTU frames.

    Attributes:
        units: By address; may change while it runs.
        port: Where it listens, once started.
    """

    def __init__(self, units: Mapping[int, Unit]) -> None:
        self.units = units
        self.port = 0
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.Transport] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self.units, self._peers), host, port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
            for peer in list(self._peers):
                peer.abort()
            await self._server.wait_closed()
