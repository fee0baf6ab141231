"""Modbus servers to measure against, in a process of their own.

`tcp LINES UNITS` prints the ports; `rtu BAUDRATE UNITS` prints the pty of a line that
sends no faster than its baud rate.
"""

import asyncio
import json
import os
import pty
import struct
import sys
import time
import tty
from typing import Final

from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import TcpSlave, crc
from firmware_sim.pdu import READ_INPUT, Code, Refusal, answer
from firmware_sim.registers import Field

BITS_PER_CHARACTER: Final = 10
REGISTERS: Final = 17
"""What the planner reads of a room, in one block."""
_UART_BUFFER: Final = 8
_ROOM: Final = struct.pack(
    ">fffffIfHHHH", 2.5, 0.5, 1.5, 0.3, 0.2, 1_234_567, 27.5, 1, 1, 1, 0
)
_MEMORY: Final = _ROOM + struct.pack(">40f", *range(1, 41)) * 2


class Bank:
    """A room's registers, and behind them floats for wider reads."""

    fields: tuple[Field, ...] = ()
    first = 0

    def read(self, function: int, address: int, count: int) -> bytes:
        """Return `count` registers."""
        end = 2 * (address + count)
        if function != READ_INPUT or end > len(_MEMORY):
            raise Refusal(Code.ILLEGAL_ADDRESS)
        return _MEMORY[2 * address : end]

    def write(self, address: int, values: tuple[int, ...]) -> None:  # noqa: ARG002
        """Take nothing."""
        raise Refusal(Code.ILLEGAL_ADDRESS)

    def read_coils(self, address: int, count: int) -> list[bool]:  # noqa: ARG002
        """Have no coils."""
        raise Refusal(Code.ILLEGAL_FUNCTION)

    def write_coil(self, address: int, value: bool) -> None:  # noqa: ARG002
        """Have no coils."""
        raise Refusal(Code.ILLEGAL_FUNCTION)

    def reset_energy(self) -> None:
        """Have no such function."""
        raise Refusal(Code.ILLEGAL_FUNCTION)


async def _serve_tcp(lines: int, units: int) -> None:
    slaves = [
        TcpSlave({unit: Unit(Bank()) for unit in range(1, units + 1)})
        for _ in range(lines)
    ]
    for slave in slaves:
        await slave.start()
    print(json.dumps({"ports": [slave.port for slave in slaves]}), flush=True)
    await asyncio.Event().wait()


def character_s(baudrate: int) -> float:
    """Return how long one character takes. [s]."""
    return BITS_PER_CHARACTER / baudrate


def silence_s(baudrate: int) -> float:
    """Return the silence that ends a frame: 3.5 characters, at least 1.75 ms. [s]."""
    return max(3.5 * character_s(baudrate), 0.00175)


def _serve_rtu(baudrate: int, units: int) -> None:
    """Answer as a wire would: the request's time, the silence, the answer's time."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    print(json.dumps({"pty": os.ttyname(slave)}), flush=True)
    each_s, bank, pending = character_s(baudrate), Bank(), b""
    while True:
        pending += os.read(master, 256)
        arrived_s = time.perf_counter()
        while len(pending) >= 8:
            request, pending = pending[:8], pending[8:]
            if crc(request[:6]) != request[6:] or not 1 <= request[0] <= units:
                continue
            body = request[:1] + answer(bank, request[1:6])
            begin_s = arrived_s + 8 * each_s + silence_s(baudrate)
            _write_paced(master, body + crc(body), begin_s, each_s)


def _write_paced(port: int, frame: bytes, begin_s: float, each_s: float) -> None:
    """Write what a UART's buffer would have handed on, each part when it is whole."""
    for start in range(0, len(frame), _UART_BUFFER):
        part = frame[start : start + _UART_BUFFER]
        due_s = begin_s + (start + len(part)) * each_s
        time.sleep(max(due_s - time.perf_counter(), 0.0))
        os.write(port, part)


if __name__ == "__main__":
    kind, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if kind == "tcp":
        asyncio.run(_serve_tcp(size, count))
    else:
        _serve_rtu(size, count)
