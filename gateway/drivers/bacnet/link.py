"""UDP sockets below bacpypes3: opened at once or refused, bounded, never logging.

The library's own server tries for ever to open a port that another program has.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from bacpypes3.comm import Server  # type: ignore[import-untyped]  # it has no marker
from bacpypes3.pdu import (  # type: ignore[import-untyped]  # as above
    PDU,
    IPv4Address,
    LocalBroadcast,
)

from gateway.drivers.bacnet.line import BacnetLine
from gateway.lines import LineDownError

_MOST_BYTES: Final = 1497 + 30
"""The longest BACnet/IP frame there is, with some room."""

_MOST_AT_ONCE: Final = 256
_NEVER_HERE: Final = ("", 0)


class Sockets(Server):  # type: ignore[misc]  # the library carries no types
    """One socket for what is sent to us, and one for what is sent to everybody."""

    def __init__(self, line: BacnetLine) -> None:
        super().__init__()
        self.line = line
        self._interface = ipaddress.IPv4Interface(line.address)
        self._transports: list[asyncio.DatagramTransport] = []
        self._own: tuple[str, int] = _NEVER_HERE
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: dict[tuple[str, int], int] = {}

    @property
    def is_open(self) -> bool:
        """Whether datagrams can be sent."""
        return bool(self._transports) and not self._transports[0].is_closing()

    @property
    def everybody(self) -> tuple[str, int] | None:
        """Where broadcasts go; None where there are none."""
        network = self._interface.network
        if network.prefixlen > 30 or not self.line.port:
            return None
        return str(network.broadcast_address), self.line.port

    async def open(self) -> IPv4Address:
        """Open both and return our own address.

        Raises:
            LineDownError: They cannot be opened; the message says why.
        """
        own = str(self._interface.ip), self.line.port
        try:
            await self._listen(_socket(own, is_shared=False), None)
            if self.everybody is not None and self.line.foreign is None:
                shared = _socket(self.everybody, is_shared=True)
                await self._listen(shared, LocalBroadcast())
        except OSError as error:
            self.close()
            raise LineDownError(f"cannot open {self.line}: {_reason(error)}") from error
        self._own = self._transports[0].get_extra_info("sockname")
        length = self._interface.network.prefixlen
        return IPv4Address(f"{self._own[0]}/{length}:{self._own[1]}")

    def close(self) -> None:
        """Close both and drop what came and is not handled yet."""
        for transport in self._transports:
            transport.close()
        for task in self._tasks:
            task.cancel()
        self._transports = []

    def heard(self, address: Any) -> int:
        """Return how many datagrams came from there since it was first asked for."""
        if not address.is_localstation:
            return 0
        return self._heard.setdefault(_target(address), 0)

    async def indication(self, pdu: Any) -> None:
        """Send a datagram down; what cannot be sent now is lost, as UDP may."""
        where = pdu.pduDestination
        target = self.everybody if where.is_localbroadcast else None
        if not where.is_localbroadcast:
            target = _target(where)
        if target is not None and self.is_open:
            self._transports[0].sendto(bytes(pdu.pduData), target)

    def received(self, data: bytes, sender: tuple[str, int], destination: Any) -> None:
        """Hand a datagram up unless it is our own, too long, or one of too many."""
        if sender == self._own or len(data) > _MOST_BYTES:
            return
        if len(self._tasks) >= _MOST_AT_ONCE:
            return
        if sender in self._heard:
            self._heard[sender] += 1
        pdu = PDU(data, source=IPv4Address(sender), destination=destination)
        task = asyncio.get_running_loop().create_task(self._up(pdu))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _up(self, pdu: Any) -> None:
        with suppress(Exception):  # what cannot be decoded is no answer to anything
            await self.response(pdu)

    async def _listen(self, open_socket: socket.socket, destination: Any) -> None:
        def protocol() -> _Protocol:
            return _Protocol(lambda data, sender: self.received(data, sender, to))

        to = destination
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            protocol, sock=open_socket
        )
        if to is None:
            to = IPv4Address(transport.get_extra_info("sockname"))
        self._transports.append(transport)


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, receive: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, addr)


def _target(address: Any) -> tuple[str, int]:
    known = isinstance(address, IPv4Address)
    host, port = (address if known else IPv4Address(address)).addrTuple
    return str(host), int(port)


def _socket(address: tuple[str, int], *, is_shared: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if is_shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
