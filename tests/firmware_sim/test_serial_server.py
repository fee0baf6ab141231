"""Modbus RTU frames over TCP, read with somebody else's client."""

import asyncio

import pytest
from pymodbus import FramerType
from pymodbus.exceptions import ModbusIOException

from firmware_sim.devices import sdm120
from firmware_sim.electrical import supply
from firmware_sim.faults import Fault, Kind, Unit
from firmware_sim.serial_server import SerialServer


def read(faults=(), unit=1):
    async def run(tcp_master):
        meter = sdm120.bank()
        sdm120.show(meter, supply(7, 1, 1000), 1.25, 10.0)
        units = {1: Unit(meter)}
        units[1].set_faults(faults)
        server = SerialServer(units)
        await server.start()
        try:
            framer = {"framer": FramerType.RTU, "timeout": 0.2, "retries": 0}
            async with tcp_master(server.port, **framer) as master:
                return await master.number(unit, 0x0C)
        finally:
            await server.stop()

    return run


def test_a_meter_behind_a_serial_server_is_read_in_rtu_frames(tcp_master):
    assert asyncio.run(read()(tcp_master)) == pytest.approx(1250)


@pytest.mark.parametrize(
    ("fault", "unit"),
    [(Kind.WRONG_CRC, 1), (Kind.HALF_FRAME, 1), (Kind.DROPOUT, 1), (None, 2)],
)
def test_what_fails_on_the_bus_is_silence_behind_the_server(tcp_master, fault, unit):
    faults = () if fault is None else (Fault(fault),)
    with pytest.raises(ModbusIOException):
        asyncio.run(read(faults, unit)(tcp_master))
