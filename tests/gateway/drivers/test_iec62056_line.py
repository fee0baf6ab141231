"""IEC 62056-21 meters read out on a pty and through a TCP converter."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.iec62056_meter import IecHead, IecMeter
from firmware_sim.line import Ports
from gateway.drivers.iec62056 import message
from gateway.drivers.iec62056.bus import IecBus
from gateway.drivers.iec62056.line import IecLine
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError
from gateway.wire import SerialPort, TcpPort

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
SHOWN = {
    "energy_import_kwh": 1234.567,
    "active_power_kw": -1.25,
    "voltage_l1_v": 231.4,
    "frequency_hz": 50.01,
}
FAST = 19_200


def meter(number="12345678", proposed="5", shown=SHOWN):
    return IecMeter(lambda _: shown, number=number, proposed=proposed)


@asynccontextmanager
async def head(*meters, tcp=False, fixed=FAST, parity="even", echoes=False):
    played = IecHead(meters, tcp=tcp, echoes=echoes)
    await played.start(Ports())
    where = played.address()
    place = (
        TcpPort(where["host"], where["port"])
        if tcp
        else SerialPort(where["port"], fixed or 300, 7, "E")
    )
    asking = IecBus(IecLine("line", place, fixed, parity, timeout_s=0.2))
    await asking.connect()
    try:
        yield asking
    finally:
        asking.close()
        await played.stop()


def asked(asking, *quantities, address=""):
    names = tuple(Quantity(each) for each in quantities)
    entry = DeviceEntry("site", "meter", "iec62056", Role.SUB, True, names)
    settings = DeviceSettings(entry, "line", 0, timedelta(seconds=60), address)
    return asking.device(settings)


async def values(device):
    poll = await device.poll(lambda: NOON)
    assert not poll.refused
    return {each.point.rpartition("/")[2]: each.value for each in poll.readings}


@pytest.mark.parametrize("echoes", [False, True])
@pytest.mark.parametrize("proposed", ["0", "5", "6", "A", "E", "z"])
def test_a_meter_of_mode_a_b_or_c_is_read_out(proposed, echoes):
    async def run():
        async with head(meter(proposed=proposed), echoes=echoes) as asking:
            device = asked(asking, *SHOWN)
            assert await values(device) == SHOWN
            assert await values(device) == SHOWN

    asyncio.run(run())


def test_the_speed_goes_up_to_what_the_meter_proposes():
    async def run():
        one = meter(proposed="5")
        async with head(one, fixed=None) as asking:
            assert await values(asked(asking, *SHOWN)) == SHOWN
            assert one.told == ["5"]

    asyncio.run(run())


def test_a_head_of_one_speed_tells_the_meter_that_speed():
    async def run():
        one = meter(proposed="5")
        async with head(one, fixed=2400) as asking:
            assert await values(asked(asking, *SHOWN)) == SHOWN
            assert one.told == ["3"]

    asyncio.run(run())


def test_a_converter_by_tcp_without_parity_gets_it_from_here():
    async def run():
        async with head(meter(), tcp=True, parity="software") as asking:
            assert await values(asked(asking, *SHOWN)) == SHOWN
        async with head(meter(), tcp=True) as asking:
            with pytest.raises(NoAnswerError, match="no answer"):
                await values(asked(asking, *SHOWN))

    asyncio.run(run())


def test_meters_on_one_loop_are_called_by_address():
    async def run():
        two = meter("00000001"), meter("00000002", shown={"energy_import_kwh": 2.0})
        async with head(*two) as asking:
            first = asked(asking, *SHOWN, address="00000001")
            second = asked(asking, "energy_import_kwh", address="2")
            assert await values(first) == SHOWN
            assert await values(second) == {"energy_import_kwh": 2.0}
            with pytest.raises(NoAnswerError, match="no answer"):
                await values(asked(asking, "energy_import_kwh", address="3"))

    asyncio.run(run())


class Spoiling(IecMeter):
    """Its first `times` blocks have a wrong bit; all else is well."""

    times = 1

    def spoiled(self, sent):
        if sent[:1] != b"\x82" or not self.times:  # STX with its parity
            return sent
        self.times -= 1
        return sent[:40] + bytes([sent[40] ^ 0x03]) + sent[41:]


def test_a_block_that_came_wrong_is_asked_for_once_more():
    async def run():
        one = Spoiling(lambda _: SHOWN)
        async with head(one) as asking:
            assert await values(asked(asking, *SHOWN)) == SHOWN
            one.times = 2
            with pytest.raises(NoAnswerError, match="sent again, it was no better"):
                await values(asked(asking, *SHOWN))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("dropout", "^no answer$"),
        ("half_frame", "not an identification, or not all of it"),
        ("garbage", "not an identification"),
        ("wrong_crc", "not an identification|not a data block|no answer|parity"),
    ],
)
def test_what_comes_broken_is_no_answer(fault, why):
    async def run():
        one = meter()
        async with head(one) as asking:
            one.set_faults([Fault(fault)])
            with pytest.raises(NoAnswerError, match=why):
                await values(asked(asking, *SHOWN))
            one.set_faults([])
            assert await values(asked(asking, *SHOWN)) == SHOWN

    asyncio.run(run())


def test_what_is_not_in_the_block_is_told():
    async def run():
        async with head(meter()) as asking:
            with pytest.raises(DeviceError, match="there is energy_import_kwh"):
                await values(asked(asking, "gas_m3"))
            rows = await asked(asking, "voltage_l1_v").inspect(lambda: NOON)
            assert {each.quantity.value for each in rows} == set(SHOWN)

    asyncio.run(run())


def test_messages_are_those_of_the_standard():
    assert message.sign_on("") == b"/?!\r\n"
    assert message.sign_on("4711") == b"/?4711!\r\n"
    assert message.acknowledgement(9600) == b"\x06050\r\n"
    assert message.acknowledgement(300) == b"\x06000\r\n"
    found = message.identification(b"\0/?!\r\n/LGZ5\\2ZMD1204407.B32\r\n")
    assert (found.maker, found.baudrate, found.is_acknowledged) == ("LGZ", 9600, True)
    assert not message.identification(b"/ISkAMT382\r\n").is_acknowledged
    assert message.with_parity(b"/?!\r\n").hex(" ") == "af 3f 21 8d 0a"
