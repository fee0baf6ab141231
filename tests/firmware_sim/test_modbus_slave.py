import asyncio
import os

import pytest
from pymodbus.exceptions import ModbusIOException

from firmware_sim.devices import sdm120, sdm630
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.electrical import supply
from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import RtuSlave, TcpSlave, crc


def meters():
    units = {}
    for unit in (1, 2, 247):
        meter = sdm120.bank()
        sdm120.show(meter, supply(7, unit, 1000), unit / 100, unit * 10.0)
        units[unit] = Unit(meter)
    return units


async def started(units):
    slave = TcpSlave(units)
    await slave.start()
    return slave


def test_many_units_answer_behind_one_port(tcp_master):
    async def read():
        slave = await started(meters())
        async with tcp_master(slave.port) as master:
            powers = [await master.number(unit, 0x0C) for unit in slave.units]
        await slave.stop()
        return powers

    assert asyncio.run(read()) == pytest.approx([10, 20, 2470])


def test_a_unit_that_is_not_there_is_a_silent_target():
    async def read():
        slave = await started(meters())
        reader, writer = await asyncio.open_connection("127.0.0.1", slave.port)
        writer.write(bytes.fromhex("0007 0000 0006 09 04 0000 0002"))
        reply = await reader.readexactly(9)
        writer.close()
        await slave.stop()
        return reply

    assert asyncio.run(read()).hex() == "0007000000030984" + "0b"


def test_requests_may_come_in_pieces_or_together():
    request = bytes.fromhex("0001 0000 0006 01 04 000C 0002")

    async def read():
        slave = await started(meters())
        reader, writer = await asyncio.open_connection("127.0.0.1", slave.port)
        for piece in (request[:3], request[3:11], request[11:] + request + request[:9]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        first, second = await reader.readexactly(13), await reader.readexactly(13)
        writer.close()
        await slave.stop()
        return first, second

    first, second = asyncio.run(read())
    assert first == second
    assert first[7:9] == b"\x04\x04"


@pytest.mark.parametrize(
    "nonsense", ["0001 BEEF 0006 01 04", "0001 0000 FFFF 01 04 00"]
)
def test_a_peer_that_does_not_speak_modbus_is_hung_up_on(nonsense):
    async def read():
        slave = await started(meters())
        reader, writer = await asyncio.open_connection("127.0.0.1", slave.port)
        writer.write(bytes.fromhex(nonsense) + bytes(4))
        heard = await reader.read()
        writer.close()
        await slave.stop()
        return heard

    assert asyncio.run(read()) == b""


def test_several_units_share_a_serial_line(rtu_master):
    async def read():
        slave = RtuSlave(meters())
        slave.start()
        async with rtu_master(slave.path) as master:
            powers = [await master.number(unit, 0x0C) for unit in (1, 2, 247)]
            energy = await master.number(2, 0x48)
        slave.stop()
        return powers, energy

    powers, energy = asyncio.run(read())
    assert powers == pytest.approx([10, 20, 2470])
    assert energy == 20


def test_nobody_answers_for_another_unit_on_a_serial_line(rtu_master):
    async def read():
        slave = RtuSlave(meters())
        slave.start()
        async with rtu_master(slave.path, timeout=0.1, retries=0) as master:
            with pytest.raises(ModbusIOException):
                await master.words(9, 0, 2)
            assert await master.number(1, 0x0C) == pytest.approx(10)
        slave.stop()

    asyncio.run(read())


def test_noise_before_a_serial_frame_is_passed_over():
    request = bytes.fromhex("01 04 00 00 00 02 71 CB")

    async def ask():
        slave = RtuSlave(meters())
        slave.start()
        line = os.open(slave.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        answered = asyncio.Event()
        asyncio.get_running_loop().add_reader(line, answered.set)
        os.write(line, b"\x55\x01" + request)
        await asyncio.wait_for(answered.wait(), 2)
        asyncio.get_running_loop().remove_reader(line)
        reply = os.read(line, 100)
        os.close(line)
        slave.stop()
        return reply

    reply = asyncio.run(ask())
    assert reply[:3] == b"\x01\x04\x04"
    assert crc(reply[:-2]) == reply[-2:]


def test_the_energy_of_a_pzem_can_be_reset():
    async def ask():
        pzem = Pzem()
        pzem.show(supply(7, 1, 1), 0.5, 1.234)
        slave = RtuSlave({1: Unit(pzem)})
        slave.start()
        line = os.open(slave.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        answered = asyncio.Event()
        asyncio.get_running_loop().add_reader(line, answered.set)
        os.write(line, b"\x01\x42" + crc(b"\x01\x42"))
        await asyncio.wait_for(answered.wait(), 2)
        asyncio.get_running_loop().remove_reader(line)
        reply = os.read(line, 100)
        os.close(line)
        slave.stop()
        pzem.show(supply(7, 1, 1), 0.5, 1.244)
        return reply, pzem

    reply, pzem = asyncio.run(ask())
    assert reply == b"\x01\x42" + crc(b"\x01\x42")
    energy = next(field for field in pzem.fields if field.name == "energy_wh")
    assert energy.get(pzem.measured) == 10


def test_a_line_with_a_baudrate_takes_the_time_its_bytes_need(rtu_master):
    async def read():
        slave = RtuSlave(meters(), baudrate=2400)
        slave.start()
        loop = asyncio.get_running_loop()
        async with rtu_master(slave.path) as master:
            began = loop.time()
            await master.words(1, 0, 2)
            took = loop.time() - began
        slave.stop()
        return took

    assert asyncio.run(read()) >= (8 + 9) * 10 / 2400


def test_an_sdm630_shows_phases_that_add_up(tcp_master):
    async def read():
        meter = sdm630.bank()
        sdm630.show(meter, supply(7, 3, 1000), 52.5, 1234.5)
        slave = await started({1: Unit(meter)})
        async with tcp_master(slave.port) as master:
            at = {a: await master.number(1, a) for a in (0x34, 0x38, 0x3C, 0x3E, 0x156)}
            volts, amps, watts = [
                [await master.number(1, first + 2 * n) for n in range(3)]
                for first in (0x00, 0x06, 0x0C)
            ]
        await slave.stop()
        return at, volts, amps, watts

    at, volts, amps, watts = asyncio.run(read())
    assert at[0x34] == sum(watts) == pytest.approx(52_500)
    assert at[0x156] == 1234.5
    assert at[0x38] ** 2 == pytest.approx(at[0x34] ** 2 + at[0x3C] ** 2, rel=1e-5)
    for volt, amp, watt in zip(volts, amps, watts, strict=True):
        assert volt * amp * at[0x3E] == pytest.approx(watt, rel=1e-5)
        assert 225 < volt < 235
