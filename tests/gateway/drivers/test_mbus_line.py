"""M-Bus meters asked on a pty and through a TCP converter."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.mbus_slave import MbusBus as Played
from firmware_sim.mbus_slave import MbusMeter as PlayedMeter
from gateway.drivers.mbus import link
from gateway.drivers.mbus.bus import MbusBus
from gateway.drivers.mbus.line import MbusLine
from gateway.lines import DeviceError, DeviceSettings, LineDownError, NoAnswerError
from gateway.wire import SerialPort, TcpPort

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
HEAT = {
    "heat_kwh": 37_351.2,
    "heat_power_kw": 34.7,
    "flow_temperature_c": 101.69,
    "return_temperature_c": -3.5,
    "volume_flow_m3_h": 0.632,
}


def heat(**more):
    return PlayedMeter("mbus_heat", lambda _: HEAT, **more)


def water(m3=12.345, **more):
    return PlayedMeter("mbus_water", lambda _: {"water_m3": m3}, **more)


@asynccontextmanager
async def bus(*meters, tcp=False, timeout_s=0.1):
    played = Played(meters, tcp=tcp)
    await played.start(Ports())
    where = played.address()
    place = (
        TcpPort(where["host"], where["port"])
        if tcp
        else SerialPort(where["port"], 9600, parity="E")
    )
    asking = MbusBus(MbusLine("line", place, 9600, timeout_s))
    await asking.connect()
    try:
        yield asking
    finally:
        asking.close()
        await played.stop()


def asked(asking, *quantities, unit=0, number=""):
    names = tuple(Quantity(each) for each in quantities)
    entry = DeviceEntry("site", "meter", "mbus", Role.SUB, False, names)
    settings = DeviceSettings(entry, "line", unit, timedelta(seconds=60), number)
    return asking.device(settings)


async def values(device):
    poll = await device.poll(lambda: NOON)
    assert not poll.refused
    assert {each.at for each in poll.readings} == {NOON}
    return {each.point.rpartition("/")[2]: each.value for each in poll.readings}


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("telegrams", [1, 2, 5])
def test_all_telegrams_of_a_meter_are_read(tcp, telegrams):
    async def run():
        meter = heat(unit=5, telegrams=telegrams)
        async with bus(meter, tcp=tcp) as asking:
            for _ in range(2):
                found = await values(asked(asking, *HEAT, unit=5))
                assert found == pytest.approx(HEAT)

    asyncio.run(run())


def test_a_repeated_request_gives_the_telegram_that_was_lost_and_not_the_next():
    async def run():
        meter = heat(unit=5, telegrams=5)
        meter.set_faults([Fault("wrong_crc", 0.3)])
        async with bus(meter) as asking:
            device, sound = asked(asking, *HEAT, unit=5), 0
            for _ in range(20):
                try:
                    found = await values(device)
                except NoAnswerError:
                    continue
                assert found == pytest.approx(HEAT)
                sound += 1
            assert sound

    asyncio.run(run())


@pytest.mark.parametrize("tcp", [False, True])
def test_meters_are_called_by_their_numbers(tcp):
    async def run():
        meters = [water(n, number=f"1234567{n}") for n in range(4)]
        async with bus(*meters, tcp=tcp) as asking:
            for n in (2, 0, 3):
                device = asked(asking, "water_m3", number=f"1234567{n}")
                assert await values(device) == {"water_m3": n}
            other = asked(asking, "water_m3", number="99999999")
            with pytest.raises(NoAnswerError, match="to the number 99999999"):
                await values(other)

    asyncio.run(run())


def test_two_meters_at_one_address_are_told_and_not_believed():
    async def run():
        meters = heat(unit=0, number="11111111"), water(unit=0, number="22222222")
        async with bus(*meters) as asking:
            with pytest.raises(NoAnswerError, match="two meters may have this address"):
                await values(asked(asking, "water_m3"))
            by_number = asked(asking, "water_m3", number="22222222")
            assert await values(by_number) == {"water_m3": 12.345}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("dropout", "^no answer$"),
        ("wrong_crc", "wrong checksum"),
        ("half_frame", "^no answer$"),
        ("garbage", "disturbed"),
        ("collision", "two meters may have this address"),
    ],
)
def test_what_comes_broken_is_no_answer(fault, why):
    async def run():
        meter = water(unit=1)
        async with bus(meter) as asking:
            meter.set_faults([Fault(fault)])
            with pytest.raises(NoAnswerError, match=why):
                await values(asked(asking, "water_m3", unit=1))
            meter.set_faults([])
            assert await values(asked(asking, "water_m3", unit=1))

    asyncio.run(run())


def test_a_stuck_meter_still_answers():
    async def run():
        shown = {"water_m3": 1.0}
        meter = PlayedMeter("mbus_water", lambda _: shown, unit=1)
        async with bus(meter) as asking:
            meter.set_faults([Fault("stuck")])
            shown["water_m3"] = 2.0
            assert await values(asked(asking, "water_m3", unit=1)) == {"water_m3": 1}

    asyncio.run(run())


def test_what_is_not_in_the_telegram_is_told():
    async def run():
        async with bus(water(unit=1)) as asking:
            with pytest.raises(DeviceError, match="there is water_m3"):
                await values(asked(asking, "gas_m3", unit=1))
            poll = await asked(asking, "water_m3", "gas_m3", unit=1).poll(lambda: NOON)
            assert len(poll.readings) == 1
            assert poll.refused == ["gas_m3: not in its telegram"]

    asyncio.run(run())


def test_a_technician_sees_everything_with_the_meters_number():
    async def run():
        async with bus(heat(unit=9, number="00004711")) as asking:
            rows = await asked(asking, "heat_kwh", unit=9).inspect(lambda: NOON)
            assert {each.quantity.value for each in rows} == set(HEAT)
            assert {each.raw for each in rows} == {"00004711"}

    asyncio.run(run())


def test_a_converter_that_is_away_is_told_and_used_again_when_it_returns():
    async def run():
        played = Played([water(unit=1)], tcp=True)
        await played.start(Ports())
        where = played.address()
        asking = MbusBus(MbusLine("line", TcpPort(where["host"], where["port"])))
        await asking.connect()
        device = asked(asking, "water_m3", unit=1)
        await values(device)
        await played.stop()
        with pytest.raises(LineDownError, match="broke"):
            await values(device)
        assert not asking.is_connected
        with pytest.raises(LineDownError, match="Connection refused"):
            await asking.connect()
        await played.start(Ports())
        await asking.connect()
        assert await values(device)
        asking.close()
        await played.stop()

    asyncio.run(run())


def test_frames_are_those_of_the_standard():
    assert link.reset(1) == bytes.fromhex("10 40 01 41 16")
    assert link.request(1, fcb=True) == bytes.fromhex("10 7B 01 7C 16")
    assert link.request(254, fcb=False) == bytes.fromhex("10 5B FE 59 16")
    assert link.select("14491001") == bytes.fromhex(
        "68 0B 0B 68 53 FD 52 01 10 49 14 FF FF FF FF 0C 16"
    )


SHORT = link.reset(1)
DATA = bytes.fromhex(
    "68 15 15 68 08 01 72 78 56 34 12 00 00 01 02 00 00 00 00 04 03 E8 03 00 00 84 16"
)


@pytest.mark.parametrize("frame", [DATA, b"\xe5"])
@pytest.mark.parametrize("echo", [b"", SHORT])
def test_an_answer_is_whole_at_its_last_byte_and_not_before(frame, echo):
    whole = echo + frame
    for end in range(len(whole)):
        assert link.answer(whole[:end], SHORT) is None
    assert link.answer(whole, SHORT) == frame
    with pytest.raises(link.GarbledError, match="more came"):
        link.answer(whole + b"\xe5", SHORT)


def test_an_answer_with_any_wrong_byte_is_refused_or_never_whole():
    for place in range(len(DATA)):
        for wrong in range(256):
            if wrong == DATA[place]:
                continue
            data = DATA[:place] + bytes([wrong]) + DATA[place + 1 :]
            try:
                assert link.answer(data, SHORT) is None
            except link.GarbledError:
                continue
