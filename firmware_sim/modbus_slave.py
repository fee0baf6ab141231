"""Modbus slaves on real TCP ports and ptys, small enough to play a whole campus."""

import asyncio
import os
import pty
import struct
import tty
from collections.abc import Callable, Mapping
from typing import Final, cast

from firmware_sim.faults import Reply, Unit
from firmware_sim.pdu import Code, answer

_MBAP: Final = struct.Struct(">HHHB")
_HEAD: Final = _MBAP.size
_MAX_LENGTH: Final = 254
_FIXED_FRAME: Final = 8
_RESET_FRAME: Final = 4
_WRITE_MANY_HEAD: Final = 7
_BITS_PER_CHAR: Final = 10


class _Connection(asyncio.Protocol):
    """One master's TCP connection."""

    def __init__(
        self, units: Mapping[int, Unit], peers: set[asyncio.Transport]
    ) -> None:
        self._units = units
        self._peers = peers
        self._pending = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peers.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._peers.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._pending:
            data = self._pending + data
        start = 0
        while len(data) - start > _HEAD:
            transaction, protocol, length, unit_id = _MBAP.unpack_from(data, start)
            if protocol != 0 or not 2 <= length <= _MAX_LENGTH:
                self._transport.abort()
                return
            end = start + 6 + length
            if len(data) < end:
                break
            self._answer(transaction, unit_id, data[start + _HEAD : end])
            start = end
        self._pending = data[start:]

    def _answer(self, transaction: int, unit_id: int, request: bytes) -> None:
        unit = self._units.get(unit_id)
        if unit is None:
            reply = bytes((request[0] | 0x80, Code.TARGET_SILENT))
        elif unit.faults:
            self._send_faulty(transaction, unit_id, unit.reply(request))
            return
        else:
            reply = answer(unit.bank, request)
        head = _MBAP.pack(transaction, 0, len(reply) + 1, unit_id)
        self._transport.write(head + reply)

    def _send_faulty(self, transaction: int, unit_id: int, reply: Reply) -> None:
        transaction ^= 0x5555 if reply.broken_check else 0
        unit_id = (unit_id + reply.unit_shift) & 0xFF
        frame = _MBAP.pack(transaction, 0, len(reply.pdu) + 1, unit_id) + reply.pdu
        _send_later(self._transport.write, reply.cut(frame), reply.delay_s)


class TcpSlave:
    """A TCP port behind which several units answer."""

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


class RtuBus:
    """Units on one RS-485 bus: request bytes in, the frames of their answers out."""

    def __init__(
        self,
        units: Mapping[int, Unit],
        write: Callable[[bytes], None],
        s_per_char: float = 0.0,
    ) -> None:
        self._units = units
        self._write = write
        self._s_per_char = s_per_char
        self._pending = b""
        self._last_at = 0.0

    def received(self, data: bytes) -> None:
        """Take bytes of a master; every whole request in them is answered."""
        now = asyncio.get_running_loop().time()
        if now - self._last_at > 0.05:  # far longer than 3.5 characters: a new frame
            self._pending = b""
        self._last_at = now
        self._pending += data
        while (size := _frame_size(self._pending)) and len(self._pending) >= size:
            frame = self._pending[:size]
            if crc(frame[:-2]) == frame[-2:]:
                self._pending = self._pending[size:]
                self._answer(frame[0], frame[1:-2], size)
            else:
                self._pending = self._pending[1:]

    def _answer(self, unit_id: int, request: bytes, size: int) -> None:
        unit = self._units.get(unit_id)
        if unit is None:
            return
        reply = unit.reply(request)
        body = bytes(((unit_id + reply.unit_shift) & 0xFF,)) + reply.pdu
        check = crc(body)
        if reply.broken_check:
            check = bytes((check[0] ^ 0xFF, check[1]))
        frame = reply.cut(body + check)
        wire_s = (size + len(frame)) * self._s_per_char
        _send_later(self._write, frame, reply.delay_s + wire_s)


class RtuSlave:
    """A pty that behaves like an RS-485 line with several units.

    Attributes:
        path: The device a master opens.
    """

    def __init__(self, units: Mapping[int, Unit], *, baudrate: int = 0) -> None:
        self.units = units
        s_per_char = _BITS_PER_CHAR / baudrate if baudrate else 0.0
        self._bus = RtuBus(units, self._write, s_per_char)
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)

    def start(self) -> None:
        """Begin to answer on the running event loop."""
        asyncio.get_running_loop().add_reader(self._master, self._on_bytes)

    def stop(self) -> None:
        """Take the line away."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)

    def _on_bytes(self) -> None:
        self._bus.received(os.read(self._master, 4096))

    def _write(self, frame: bytes) -> None:
        if frame:
            os.write(self._master, frame)


def _send_later(write: Callable[[bytes], None], frame: bytes, delay_s: float) -> None:
    if delay_s > 0:
        asyncio.get_running_loop().call_later(delay_s, write, frame)
    else:
        write(frame)


def _frame_size(pending: bytes) -> int:
    """Return how long the request that begins `pending` is; 0 while unknown."""
    if len(pending) < 2:
        return 0
    if pending[1] == 0x42:
        return _RESET_FRAME
    if pending[1] not in (15, 16):
        return _FIXED_FRAME
    return _WRITE_MANY_HEAD + pending[6] + 2 if len(pending) >= _WRITE_MANY_HEAD else 0


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_CRC_TABLE: Final = _crc_table()


def crc(frame: bytes) -> bytes:
    """Return the two CRC bytes, low first ("MODBUS over Serial Line V1.02", 6.2.2)."""
    value = 0xFFFF
    for byte in frame:
        value = value >> 8 ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return bytes((value & 0xFF, value >> 8))
