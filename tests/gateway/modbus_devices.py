"""Small Modbus devices on free ports and ptys, written from the specification."""

import asyncio
import os
import struct
import tty
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

SILENCE = b""


def crc(frame):
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


def framed(unit, pdu):
    frame = bytes([unit]) + pdu
    return frame + crc(frame)


def floats(*values):
    return struct.pack(f">{len(values)}f", *values)


@dataclass
class Device:
    """One unit: input registers, holding registers, and what is wrong with it.

    `twist` takes unit and PDU of the answer and returns what is sent instead; None
    keeps silent.
    """

    inputs: bytearray = field(default_factory=lambda: bytearray(512))
    holding: bytearray = field(default_factory=lambda: bytearray(64))
    twist: object = None
    asked: list = field(default_factory=list)

    def answer(self, unit, pdu):
        self.asked.append(pdu)
        answer = unit, self._pdu(pdu)
        return self.twist(*answer) if self.twist else answer

    def _pdu(self, pdu):
        function, address, count = struct.unpack_from(">BHH", pdu)
        start = 2 * address
        if function == 16:
            self.holding[start : start + 2 * count] = pdu[6:]
            return pdu[:5]
        table = self.inputs if function == 4 else self.holding
        return bytes([function, 2 * count]) + bytes(table[start : start + 2 * count])


class Devices(dict):
    """The units of one line, by number; others keep silent."""

    def tcp(self, frame):
        number, _, _, unit = struct.unpack_from(">HHHB", frame)
        answer = self._answer(unit, frame[7:])
        if not isinstance(answer, tuple):
            return answer or SILENCE
        unit, pdu = answer
        return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu

    def rtu(self, frame):
        if frame[-2:] != crc(frame[:-2]):
            return SILENCE
        answer = self._answer(frame[0], frame[1:-2])
        if not isinstance(answer, tuple):
            return answer or SILENCE
        return framed(*answer)

    def _answer(self, unit, pdu):
        device = self.get(unit)
        return None if device is None else device.answer(unit, pdu)


@asynccontextmanager
async def tcp_line(devices, port=0):
    """Serve `devices`; yield the port."""
    writers = []

    async def meet(reader, writer):
        writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readexactly(6)
                body = await reader.readexactly(struct.unpack(">H", head[4:])[0])
                writer.write(devices.tcp(head + body))

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await asyncio.sleep(0)


@contextmanager
def rtu_line(devices):
    """Serve `devices` on a pty of the running loop; yield the path of its port."""
    master, slave = os.openpty()
    tty.setraw(slave)
    loop, received = asyncio.get_running_loop(), bytearray()

    def serve():
        received.extend(os.read(master, 1024))
        size = 8 if received[1] != 16 or len(received) < 7 else 9 + received[6]
        if len(received) >= size:
            frame = bytes(received[:size])
            received.clear()
            os.write(master, devices.rtu(frame))

    loop.add_reader(master, serve)
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)


@asynccontextmanager
async def rtu_tcp_line(devices, port=0):
    """Serve `devices` in RTU frames over TCP; yield the port."""
    writers = []

    async def meet(reader, writer):
        writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                frame = await reader.readexactly(8)
                if frame[1] == 16:
                    frame += await reader.readexactly(1 + frame[6])
                writer.write(devices.rtu(frame))

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await asyncio.sleep(0)
