import asyncio
import os

import pytest
from pymodbus.exceptions import ModbusIOException

from firmware_sim.devices import sdm120
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.electrical import supply
from firmware_sim.faults import Fault, Kind, Place, Unit, placed_fault
from firmware_sim.modbus_slave import RtuSlave, TcpSlave, crc

POWER = bytes.fromhex("04 000C 0002")
ENERGY = bytes.fromhex("04 0048 0002")


def meter(power_kw=2.0, import_kwh=100.0):
    bank = sdm120.bank()
    sdm120.show(bank, supply(7, 1, 1), power_kw, import_kwh)
    return bank


def broken(kind, probability=1.0, size=None, bank=None):
    unit = Unit(bank or meter(), key=3)
    unit.set_faults([Fault(kind, probability, size)])
    return unit


def value(reply):
    bank = sdm120.bank()
    bank.measured[:4] = reply.pdu[2:6]
    return sdm120.FIELDS[0].get(bank.measured)


def on_both_lines(kind, tcp_master, rtu_master, read, **options):
    """Return what `read(master)` gives over TCP and over a pty."""

    async def run():
        unit = broken(kind, **options)
        tcp, rtu = TcpSlave({1: unit}), RtuSlave({1: unit})
        await tcp.start()
        rtu.start()
        seen = []
        for master in (
            tcp_master(tcp.port, timeout=0.15, retries=0),
            rtu_master(rtu.path, timeout=0.15, retries=0),
        ):
            async with master:
                seen.append(await read(master))
        await tcp.stop()
        rtu.stop()
        return seen

    return asyncio.run(run())


@pytest.mark.parametrize(
    "kind", [Kind.DROPOUT, Kind.HALF_FRAME, Kind.GARBAGE, Kind.WRONG_CRC, Kind.SLOW]
)
def test_no_master_takes_a_broken_answer(kind, tcp_master, rtu_master):
    async def read(master):
        try:
            reply = await master.client.read_input_registers(0, count=2, device_id=1)
        except ModbusIOException:
            return "nothing"
        return reply

    seen = on_both_lines(kind, tcp_master, rtu_master, read)
    assert seen == ["nothing", "nothing"]


def test_an_exception_answers_with_its_code(tcp_master, rtu_master):
    async def read(master):
        reply = await master.client.read_input_registers(0, count=2, device_id=1)
        return reply.exception_code

    seen = on_both_lines(Kind.EXCEPTION, tcp_master, rtu_master, read, size=6)
    assert seen == [6, 6]


def test_noise_moves_gauges_within_its_size_and_leaves_counters_alone():
    unit = broken(Kind.NOISE, size=0.05)
    powers = [value(unit.reply(POWER)) for _ in range(200)]
    assert 1900 <= min(powers) < 1920
    assert 2080 < max(powers) <= 2100
    assert value(unit.reply(ENERGY)) == 100


def test_noise_reaches_low_word_first_registers_too():
    pzem = Pzem()
    pzem.show(supply(7, 1, 1), 2.0, 1.0)
    unit = broken(Kind.NOISE, size=0.1, bank=pzem)
    reply = unit.reply(bytes.fromhex("04 0000 000A"))
    low, high = reply.pdu[8:10], reply.pdu[10:12]
    assert int.from_bytes(high + low) / 10 == pytest.approx(2000, rel=0.1)
    assert int.from_bytes(high + low) != 20000


def test_a_stuck_meter_repeats_itself_until_it_is_well():
    bank = meter()
    unit = broken(Kind.STUCK, bank=bank)
    first = unit.reply(POWER)
    sdm120.show(bank, supply(7, 1, 2), 3.0, 101.0)
    assert unit.reply(POWER).pdu == first.pdu
    unit.set_faults([])
    assert value(unit.reply(POWER)) == 3000


def test_a_counter_reset_begins_at_zero_and_counts_on():
    bank = meter()
    unit = broken(Kind.COUNTER_RESET, bank=bank)
    assert value(unit.reply(ENERGY)) == 0
    sdm120.show(bank, supply(7, 1, 2), 2.0, 102.5)
    assert value(unit.reply(ENERGY)) == 2.5
    assert value(unit.reply(POWER)) == 2000


def test_a_drifting_clock_counts_too_much():
    bank = meter()
    unit = broken(Kind.CLOCK_DRIFT, size=0.02, bank=bank)
    assert value(unit.reply(ENERGY)) == 100
    sdm120.show(bank, supply(7, 1, 2), 2.0, 200.0)
    assert value(unit.reply(ENERGY)) == pytest.approx(202)


def test_too_few_registers_come_in_a_sound_frame():
    reply = broken(Kind.TOO_FEW).reply(bytes.fromhex("04 0000 0004"))
    assert reply.pdu[1] == 6
    assert len(reply.pdu) == 8


def test_a_wrong_unit_answers_under_the_next_address():
    async def ask():
        slave = TcpSlave({1: broken(Kind.WRONG_UNIT)})
        await slave.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", slave.port)
        writer.write(bytes.fromhex("0001 0000 0006 01") + POWER)
        head = await reader.readexactly(7)
        writer.close()
        await slave.stop()
        return head

    assert asyncio.run(ask())[6] == 2


def test_a_slow_answer_is_late_but_right(tcp_master, rtu_master):
    async def read(master):
        loop = asyncio.get_running_loop()
        began = loop.time()
        power = await master.number(1, 0x0C)
        return power, loop.time() - began >= 0.05

    seen = on_both_lines(Kind.SLOW, tcp_master, rtu_master, read, size=0.05)
    assert seen == [(2000, True), (2000, True)]


def test_a_probability_strikes_that_often_and_the_same_on_every_run():
    def struck():
        unit = broken(Kind.DROPOUT, probability=0.3)
        return [unit.reply(POWER).raw == b"" for _ in range(500)]

    assert 120 < sum(struck()) < 180
    assert struck() == struck()


def test_garbage_is_the_same_on_every_run():
    one, other = broken(Kind.GARBAGE), broken(Kind.GARBAGE)
    assert one.reply(POWER).raw == other.reply(POWER).raw
    assert one.reply(POWER).raw != broken(Kind.GARBAGE).reply(POWER).raw


def test_faults_add_up():
    unit = broken(Kind.COUNTER_RESET)
    unit.set_faults([*unit.faults, Fault(Kind.WRONG_UNIT)])
    reply = unit.reply(ENERGY)
    assert (value(reply), reply.unit_shift) == (0, 1)


def test_a_write_under_a_reading_fault_is_answered_as_ever():
    unit = broken(Kind.NOISE)
    assert unit.reply(bytes.fromhex("06 0000 0001")).pdu == b"\x86\x01"


def test_a_wrong_crc_is_one_byte_off():
    async def ask():
        slave = RtuSlave({1: broken(Kind.WRONG_CRC)})
        slave.start()
        line = os.open(slave.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        answered = asyncio.Event()
        asyncio.get_running_loop().add_reader(line, answered.set)
        os.write(line, b"\x01" + POWER + crc(b"\x01" + POWER))
        await asyncio.wait_for(answered.wait(), 2)
        asyncio.get_running_loop().remove_reader(line)
        reply = os.read(line, 100)
        os.close(line)
        slave.stop()
        return reply

    reply = asyncio.run(ask())
    assert crc(reply[:-2])[0] ^ 0xFF == reply[-2]
    assert crc(reply[:-2])[1] == reply[-1]


@pytest.mark.parametrize(
    ("text", "place", "fault"),
    [
        (
            "physics/floor-1/3:dropout:0.3",
            Place("physics", "floor-1", "3"),
            Fault(Kind.DROPOUT, 0.3),
        ),
        ("*/*/*:noise:1:0.05", Place("*", "*", "*"), Fault(Kind.NOISE, 1.0, 0.05)),
        ("x/pv/1:stuck", Place("x", "pv", "1"), Fault(Kind.STUCK)),
    ],
)
def test_faults_can_be_written_down(text, place, fault):
    assert placed_fault(text) == (place, fault)


@pytest.mark.parametrize(
    "text", ["", "x:stuck", "a/b:stuck", "a/b/1:stuck:often", "a/b/1"]
)
def test_what_is_no_fault_says_how_one_is_written(text):
    with pytest.raises(ValueError, match=r"GATEWAY/LINE/DEVICE|could not convert"):
        placed_fault(text)


def test_a_place_may_be_any_of_a_kind():
    assert Place("*", "main", "*").holds("physics", "main")
    assert not Place("*", "main", "*").holds("physics", "floor-1")
    assert Place("physics", "*", "*").holds_device("1")
    assert not Place("physics", "*", "2").holds_device("1")


def test_a_fault_that_no_device_on_a_bus_has_is_refused():
    with pytest.raises(ValueError, match="'flood' is not a valid Kind"):
        Unit(sdm120.bank()).set_faults([Fault("flood")])
