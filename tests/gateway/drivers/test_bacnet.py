"""Controllers on BACnet/IP: what they say, what they refuse, what is never believed."""

import asyncio
import random
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bacpypes3.apdu import RejectPDU
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.analog import AnalogValueObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.pdu import IPv4Address

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.bacnet import frame, tags
from firmware_sim.bacnet.frame import Service, Told
from firmware_sim.bacnet_building import ventilation
from firmware_sim.bacnet_device import Fault
from gateway.driver import AwaitedError, Surroundings
from gateway.drivers.bacnet.line import (
    BacnetLine,
    BacnetObject,
    BacnetPlace,
    Foreign,
)
from gateway.drivers.bacnet.site import Site
from gateway.lines import DeviceError, DeviceSettings, LineDownError
from tests.gateway.drivers.benches.bacnet import TRUTH, Bench

MANGLED = 20_000


def now():
    return datetime.now(UTC)


async def _kept(_readings):
    raise AssertionError("a BACnet driver keeps nothing by itself")


@asynccontextmanager
async def opened(line):
    site = Site(line, Surroundings(now, _kept, lambda _: {}))
    try:
        await site.connect()
        yield site
    finally:
        site.close()
        await asyncio.sleep(0)


def at_bench(scenario, bench=None, line=None):
    """Run with a started bench and an open site."""

    async def run():
        here = bench or Bench()
        try:
            await here.start()
            async with asyncio.timeout(100), opened(line or here.line()) as site:
                return await scenario(here, site)
        finally:
            await here.stop()

    return asyncio.run(run())


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (any condition will do)
            await asyncio.sleep(0.01)


def values(poll):
    return {each.point.rsplit("/", 1)[1]: each.value for each in poll.readings}


def polled(**place):
    async def scenario(bench, site):
        device = site.device(bench.device("ahu", **place))
        return await device.poll(now)

    return at_bench(scenario)


def test_every_object_is_read_in_one_request_and_converted():
    async def scenario(bench, site):
        device = site.device(bench.device("ahu"))
        poll = await device.poll(now)
        assert values(poll) == pytest.approx(TRUTH[0], rel=1e-6)
        assert not poll.refused
        asked = bench.network.devices["ahu"].asked
        before = asked[Service.READ_MULTIPLE]
        await device.poll(now)
        assert asked[Service.READ_MULTIPLE] == before + 1

    at_bench(scenario)


def test_a_technician_sees_raw_value_units_and_flags():
    async def scenario(bench, site):
        device = site.device(bench.device("ahu"))
        rows = {row.quantity: row for row in await device.inspect(now)}
        power = rows[Quantity.ACTIVE_POWER_KW]
        assert power.value == pytest.approx(1.73)
        assert (power.register, power.raw) == ("analog-input 5", "1730 watts")
        bench.network.set_faults("ahu", [Fault.OUT_OF_SERVICE])
        rows = {row.quantity: row for row in await device.inspect(now)}
        room = rows[Quantity.TEMPERATURE_C]
        assert room.value is None
        assert room.raw == (
            "21.4 degrees-celsius out of service (the device says it is out of service)"
        )

    at_bench(scenario)


FAULTS = {
    Fault.NO_SENSOR: "analog-input 1: the device reports a fault: no sensor",
    Fault.OUT_OF_SERVICE: "analog-input 1: the device says it is out of service",
    Fault.WRONG_OBJECT: "the device answered about other objects",
    Fault.BUSY: "it is short of resources",
    Fault.DROPOUT: r"no answer within 0\.4 s",
    Fault.GARBAGE: "what the device sends is no usable BACnet answer",
    Fault.HALF_FRAME: "what the device sends is no usable BACnet answer",
}


@pytest.mark.parametrize(("fault", "told"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_told_in_plain_words_and_over_when_it_is_over(fault, told):
    async def scenario(bench, site):
        device = site.device(bench.device("ahu"))
        await device.poll(now)
        bench.network.set_faults("ahu", [fault])
        with pytest.raises(DeviceError, match=told):
            await device.poll(now)
        bench.network.set_faults("ahu", [])
        async with asyncio.timeout(5):
            while True:
                try:
                    poll = await device.poll(now)
                    break
                except AwaitedError:
                    await asyncio.sleep(0.02)
        assert values(poll) == pytest.approx(TRUTH[0], rel=1e-6)

    at_bench(scenario)


def test_a_silent_device_takes_time_only_once():
    async def scenario(bench, site):
        device = site.device(bench.device("ahu"))
        await bench.vanish()
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(AwaitedError):
            await device.poll(now)
        first = loop.time() - began
        began = loop.time()
        for _ in range(20):
            with pytest.raises(AwaitedError, match="no answer"):
                await device.poll(now)
        return first, loop.time() - began

    first, later = at_bench(scenario)
    assert first > 0.3
    assert later < 0.1


ROOM = BacnetObject("analog-input", 1)


def test_an_object_that_is_not_there_is_named_and_the_rest_is_kept():
    objects = {
        Quantity.TEMPERATURE_C: ROOM,
        Quantity.CO2_PPM: BacnetObject("analog-input", 77),
    }
    poll = polled(objects=objects)
    assert values(poll) == pytest.approx({"temperature_c": 21.4})
    (refused,) = poll.refused
    assert refused.startswith("co2_ppm: analog-input 77: the device refuses")
    assert refused.endswith("it has no such object")


def test_units_of_another_quantity_are_refused_unless_a_scale_says_otherwise():
    objects = {
        Quantity.TEMPERATURE_C: ROOM,
        Quantity.ILLUMINANCE_LX: BacnetObject("analog-input", 2),
        Quantity.PRESSURE_HPA: BacnetObject("analog-input", 3, scale=0.5),
    }
    poll = polled(objects=objects)
    assert values(poll) == pytest.approx({"temperature_c": 21.4, "pressure_hpa": 366.5})
    assert poll.refused == [
        "illuminance_lx: analog-input 2: its units are percent-relative-humidity, not"
        " lx; set its scale to make it so"
    ]


def test_what_no_working_device_reports_is_refused_with_the_reason():
    objects = {
        Quantity.TEMPERATURE_C: ROOM,
        Quantity.HUMIDITY_PERCENT: BacnetObject("analog-input", 3, scale=1),
    }
    poll = polled(objects=objects)
    assert poll.refused == [
        "humidity_percent: analog-input 3: 733 is outside 0 to 100 %"
    ]


def test_a_device_that_reads_only_one_at_a_time_is_read_so():
    async def scenario(bench, site):
        ahu = bench.network.devices["ahu"]
        ahu.reads_many = False
        device = site.device(bench.device("ahu"))
        for _ in range(2):
            poll = await device.poll(now)
            assert values(poll) == pytest.approx(TRUTH[0], rel=1e-6)
        assert ahu.asked[Service.READ_MULTIPLE] == 1
        assert ahu.asked[Service.READ] > 32

    at_bench(scenario)


def test_a_device_with_short_messages_is_read_one_at_a_time():
    async def scenario(bench, site):
        bench.network.devices["ahu"].most_bytes = 50
        poll = await site.device(bench.device("ahu")).poll(now)
        assert values(poll) == pytest.approx(TRUTH[0], rel=1e-6)

    at_bench(scenario)


def test_another_device_at_the_address_is_noticed():
    with pytest.raises(DeviceError, match="is not number 2222"):
        polled(instance=2222)


def test_an_address_alone_is_enough():
    assert values(polled(instance=None)) == pytest.approx(TRUTH[0], rel=1e-6)


def over_a_bbmd(bench, *, where="ahu"):
    host, port = bench.network.devices[where].address
    return BacnetLine(
        "line", "127.0.0.1/8", 4_000_000, 0, Foreign(host, port), timeout_s=0.4
    )


@pytest.mark.parametrize("number", [1001, 1002])
def test_a_device_is_found_by_its_number_through_a_bbmd(number):
    async def run():
        bench = Bench()
        await bench.start()
        where = "ahu" if number == 1001 else "light"
        try:
            async with opened(over_a_bbmd(bench, where=where)) as site:
                device = bench.device(where, host=None)
                return where, values(await site.device(device).poll(now))
        finally:
            await bench.stop()

    where, found = asyncio.run(run())
    assert found == pytest.approx(TRUTH[where == "light"], rel=1e-6)


def test_a_bbmd_that_was_away_for_long_is_registered_with_again():
    async def run():
        bench = Bench()
        await bench.start()
        try:
            async with opened(over_a_bbmd(bench)) as site:
                device = bench.device("ahu", host=None)
                await site.device(device).poll(now)
                site.stack._node.link._registration_expired()
                return values(await site.device(device).poll(now))
        finally:
            await bench.stop()

    assert asyncio.run(run()) == pytest.approx(TRUTH[0], rel=1e-6)


@asynccontextmanager
async def on_the_loopback_network(*instances):
    """Yield a line on which these are reached by broadcasts, and the devices."""
    devices = [ventilation(number, lambda _: TRUTH[0]) for number in instances]
    try:
        await devices[0].start("127.0.0.2", 0, "127.255.255.255")
        port = devices[0].address[1]
        for place, device in enumerate(devices[1:], 3):
            await device.start(f"127.0.0.{place}", port, "127.255.255.255")
        line = BacnetLine("line", "127.0.0.1/8", 4_000_000, port, timeout_s=0.4)
        yield line, devices
    finally:
        for device in devices:
            await device.stop()


def by_number(instance):
    objects = {
        Quantity.TEMPERATURE_C: ROOM,
        Quantity.SWITCH: BacnetObject("binary-output", 1),
    }
    entry = DeviceEntry("site", "ahu", "bacnet", Role.SENSOR, True, tuple(objects))
    place = BacnetPlace(instance=instance, objects=objects)
    return DeviceSettings(entry, "line", 0, timedelta(seconds=60), place=place)


FOUND = pytest.approx({"temperature_c": 21.4, "switch": 1.0})


def test_a_device_is_found_by_its_number_with_a_broadcast():
    async def run():
        async with on_the_loopback_network(7, 8) as (line, _), opened(line) as site:
            return values(await site.device(by_number(8)).poll(now))

    assert asyncio.run(run()) == FOUND


def test_two_devices_with_one_number_are_named_and_none_is_believed():
    async def run():
        async with on_the_loopback_network(7, 7) as (line, twins), opened(line) as site:
            device = site.device(by_number(7))
            with pytest.raises(DeviceError, match="2 devices say that their number is"):
                await device.poll(now)
            twins[1].set_faults([Fault.DROPOUT])
            return values(await device.poll(now))

    assert asyncio.run(run()) == FOUND


def test_a_number_nobody_has_is_told():
    async def run():
        async with on_the_loopback_network(7) as (line, _), opened(line) as site:
            await site.device(by_number(9)).poll(now)

    with pytest.raises(AwaitedError, match="no device says that its number is 9"):
        asyncio.run(run())


@pytest.mark.parametrize("confirmed", [True, False])
def test_changes_between_polls_come_with_their_own_instants(confirmed):
    truth = dict(TRUTH[0])

    async def scenario(bench, site):
        ahu = bench.network.devices["ahu"]
        device = site.device(bench.device("ahu", cov=True, confirmed=confirmed))
        await device.poll(now)
        assert ahu.subscribers == len(truth)
        changes = device._changes
        await until(lambda: len(changes._kept) == len(truth))
        began = now()
        truth["switch"] = 0.0
        await until(lambda: len(changes._kept) == len(truth) + 1)
        truth["switch"] = 1.0
        await until(lambda: len(changes._kept) == len(truth) + 2)
        poll = await device.poll(now)
        switch = [
            each
            for each in poll.readings
            if each.point.endswith("/switch") and each.at >= began
        ]
        assert [each.value for each in switch] == [0, 1, 1]
        assert [each.at for each in switch] == sorted(each.at for each in switch)

    bench = Bench()
    bench.network.devices["ahu"] = ventilation(1001, lambda _: truth)
    at_bench(scenario, bench)


def test_subscriptions_are_renewed_in_time():
    async def scenario(bench, site):
        ahu = bench.network.devices["ahu"]
        settings = bench.device("ahu", cov=True, lifetime=timedelta(seconds=1))
        device = site.device(replace(settings, interval=timedelta(seconds=0.1)))
        count = len(TRUTH[0])
        await device.poll(now)
        assert ahu.asked[Service.SUBSCRIBE_COV] == count
        async with asyncio.timeout(5):
            while ahu.asked[Service.SUBSCRIBE_COV] < 4 * count:
                await asyncio.sleep(0.05)
                await device.poll(now)
                assert ahu.subscribers == count

    at_bench(scenario)


def test_a_device_that_tells_no_changes_is_polled():
    async def scenario(bench, site):
        ahu = bench.network.devices["ahu"]
        ahu.tells_changes = False
        device = site.device(bench.device("ahu", cov=True))
        for _ in range(3):
            assert values(await device.poll(now)) == pytest.approx(TRUTH[0], rel=1e-6)
        assert ahu.asked[Service.SUBSCRIBE_COV] == 1

    at_bench(scenario)


def test_changes_nobody_asked_for_are_refused():
    async def scenario(bench, site):
        device = site.device(bench.device("ahu"))
        await device.poll(now)
        stranger = bench.network.devices["light"]
        body = notification(process=1)
        stranger._transports[0].sendto(
            frame.sent(frame.told(Told.COV, body)), ("127.0.0.1", own_port(site))
        )
        assert values(await device.poll(now)) == pytest.approx(TRUTH[0], rel=1e-6)
        assert not device._changes._kept

    at_bench(scenario)


def own_port(site):
    return site.stack._sockets._own[1]


def notification(process):
    values = tags.context(0, bytes([85])) + tags.bracketed(2, tags.real(99.0))
    return (
        tags.context(0, bytes([process]))
        + tags.context(1, tags.object_id(8, 1001))
        + tags.context(2, tags.object_id(0, 1))
        + tags.context(3, b"\x3c")
        + tags.bracketed(4, values)
    )


def test_a_port_that_another_program_has_is_named():
    async def run():
        async with (
            on_the_loopback_network(7) as (line, _),
            opened(line),
            opened(line),
        ):
            pass

    with pytest.raises(LineDownError, match=r"cannot open BACnet at 127\.0\.0\.1/8"):
        asyncio.run(run())


def test_an_address_that_is_not_ours_is_named():
    async def run():
        async with opened(BacnetLine("line", "192.0.2.1/24", 1, 0)):
            pass

    with pytest.raises(LineDownError, match="annot assign requested address"):
        asyncio.run(run())


def test_a_device_made_of_bacpypes_is_read_too():
    async def run():
        device = DeviceObject(
            objectIdentifier=("device", 55),
            objectName="made elsewhere",
            vendorIdentifier=999,
        )
        app = NormalApplication(device, IPv4Address("127.0.0.4:0"))
        server = app.normal.server
        await until(lambda: server.local_transport)
        app.add_object(
            AnalogValueObject(
                objectIdentifier=("analog-value", 1),
                objectName="power",
                presentValue=1234.5,
                units="watts",
            )
        )
        bench = Bench()
        await bench.start()
        place = {
            "host": "127.0.0.4",
            "port": server.local_transport.get_extra_info("sockname")[1],
            "instance": 55,
            "objects": {Quantity.ACTIVE_POWER_KW: BacnetObject("analog-value", 1)},
        }
        try:
            async with opened(bench.line()) as site:
                poll = await site.device(bench.device("ahu", **place)).poll(now)
        finally:
            app.close()
            await bench.stop()
        return values(poll)

    assert asyncio.run(run()) == pytest.approx({"active_power_kw": 1.2345})


def test_others_may_find_and_read_the_gateway_and_none_may_write_it():
    async def scenario(_bench, site):
        device = DeviceObject(
            objectIdentifier=("device", 56), objectName="peer", vendorIdentifier=999
        )
        app = NormalApplication(device, IPv4Address("127.0.0.1:0"))
        gateway, name = IPv4Address(f"127.0.0.1:{own_port(site)}"), "device,4000000"
        try:
            (i_am,) = await app.who_is(0, 4_194_303, address=gateway, timeout=1)
            assert i_am.iAmDeviceIdentifier[1] == 4_000_000
            told = await app.read_property(gateway, name, "object-name")
            assert str(told) == "gateway-4000000"
            with pytest.raises(RejectPDU):
                await app.write_property(gateway, name, "object-name", "theirs")
        finally:
            app.close()

    at_bench(scenario)


def datagrams():
    """Everything a device may send to us."""
    device = ventilation(1001, lambda _: TRUTH[0])
    name = tags.context(0, tags.object_id(0, 1))
    keys = tags.context(0, bytes([85])) + tags.context(0, bytes([111]))
    many = frame.asked(Service.READ_MULTIPLE, 0, name + tags.bracketed(1, keys))
    one = frame.asked(Service.READ, 1, name + tags.context(1, bytes([85])))
    peer = ("127.0.0.1", 1)
    return [
        device.answer(frame.sent(many), peer),
        device.answer(frame.sent(one), peer),
        device.answer(frame.sent(frame.told(Told.WHO_IS, b"")), peer),
        frame.sent(frame.told(Told.COV, notification(1))),
        frame.sent(frame.asked(Service.CONFIRMED_COV, 5, notification(1))),
        frame.sent(frame.failed(0, Service.READ, tags.enumerated(1) * 2)),
        frame.sent(frame.rejected(0, 9)),
        frame.sent(frame.aborted(0, 4)),
        frame.sent(one),
    ]


def mangled(good, dice):
    data = bytearray(good)
    for _ in range(dice.choice((1, 1, 2, 5))):
        place = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0:
                del data[place : place + dice.randrange(4)]
            case 1:
                data[place:place] = dice.randbytes(dice.randrange(8))
            case 2:
                data[place : place + 1] = dice.randbytes(1)
            case _:
                del data[place:]
    if len(data) >= 4 and dice.random() < 0.7:
        data[2:4] = len(data).to_bytes(2)
    return bytes(data)


@pytest.mark.parametrize(
    "times", [MANGLED, pytest.param(5 * MANGLED, marks=pytest.mark.slow)]
)
def test_mangled_datagrams_do_no_harm(times):
    async def scenario(bench, site):
        device = site.device(bench.device("ahu", cov=True))
        await device.poll(now)
        dice, good = random.Random(1), datagrams()
        sender = bench.network.devices["ahu"].address
        sockets = site.stack._sockets
        for number in range(times):
            sockets.received(mangled(dice.choice(good), dice), sender, None)
            if number % 50 == 0:
                await until(lambda: not sockets._tasks)
        await until(lambda: not sockets._tasks)
        device._changes.taken()
        assert values(await device.poll(now)) == pytest.approx(TRUTH[0], rel=1e-6)

    at_bench(scenario)


def test_a_flood_is_bounded():
    async def scenario(bench, site):
        sockets, good = site.stack._sockets, datagrams()[2]
        for _ in range(10_000):
            sockets.received(good, ("127.0.0.9", 1), None)
        assert len(sockets._tasks) <= 256
        await until(lambda: not sockets._tasks)

    at_bench(scenario)


def test_the_library_is_loaded_only_where_a_line_needs_it():
    code = (
        "import sys, gateway.config.file, gateway.cycle.devices;"
        "assert not any(name.startswith('bacpypes3') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
