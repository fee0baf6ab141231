"""Ways to play devices and to read them with somebody else's Modbus client."""

import asyncio
import struct

import pytest
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient


class Master:
    """A pymodbus client: an independent peer."""

    def __init__(self, client):
        self.client = client

    async def __aenter__(self):
        await self.client.connect()
        assert self.client.connected
        return self

    async def __aexit__(self, *_):
        self.client.close()
        await asyncio.sleep(0)  # lets the transport close

    async def words(self, unit, address, count, *, holding=False):
        ask = self.client
        read = ask.read_holding_registers if holding else ask.read_input_registers
        reply = await read(address, count=count, device_id=unit)
        assert not reply.isError(), reply
        return reply.registers

    async def number(self, unit, address):
        return floats(await self.words(unit, address, 2))[0]


def floats(words):
    packed = struct.pack(f">{len(words)}H", *words)
    return struct.unpack(f">{len(words) // 2}f", packed)


@pytest.fixture
def tcp_master():
    """Return a master of the line at a port."""
    return lambda port, **options: Master(
        AsyncModbusTcpClient("127.0.0.1", port=port, **{"timeout": 2} | options)
    )


@pytest.fixture
def rtu_master():
    """Return a master of the line at a pty."""
    return lambda path, **options: Master(
        AsyncModbusSerialClient(path, baudrate=9600, **{"timeout": 2} | options)
    )
