"""The simulated controllers, as bacpypes3's own client sees them."""

import asyncio
import random
import struct
from contextlib import asynccontextmanager

import pytest
from bacpypes3.apdu import ErrorRejectAbortNack
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.device import DeviceObject
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.primitivedata import Null, ObjectIdentifier

from firmware_sim.bacnet import frame, tags
from firmware_sim.bacnet.frame import Kind, Service, Told
from firmware_sim.bacnet_building import (
    BacnetNetwork,
    lighting,
    lighting_values,
    ventilation,
    ventilation_values,
)
from firmware_sim.bacnet_device import Fault
from firmware_sim.line import Ports

PEER = ("127.0.0.1", 50_000)
MANGLED = 100_000


@asynccontextmanager
async def client(network):
    """Serve the network and yield bacpypes3's application with an address."""
    await network.start(Ports())
    device = DeviceObject(
        objectIdentifier=("device", 99),
        objectName="peer",
        maxApduLengthAccepted=1024,
        segmentationSupported="noSegmentation",
        vendorIdentifier=999,
        apduTimeout=1000,
        numberOfApduRetries=1,
    )
    app = NormalApplication(device, IPv4Address("127.0.0.1:0"))
    try:
        yield (
            app,
            {
                name: Address(network.device_address(name)["address"])
                for name in network.devices
            },
        )
    finally:
        app.close()
        await network.stop()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (any condition will do)
            await asyncio.sleep(0.01)


def as_peer(scenario, **devices):
    async def run():
        network = BacnetNetwork(devices or None)
        async with asyncio.timeout(20), client(network) as (app, where):
            return await scenario(network, app, where)

    return asyncio.run(run())


def test_a_device_introduces_itself():
    async def scenario(_network, app, where):
        (i_am,) = await app.who_is(1001, 1001, address=where["ahu"], timeout=1)
        assert i_am.iAmDeviceIdentifier == ObjectIdentifier("device,1001")
        assert i_am.pduSource == where["ahu"]
        assert await app.who_is(5, 6, address=where["ahu"], timeout=0.3) == []

    as_peer(scenario)


def test_every_object_shows_the_truth():
    async def scenario(network, app, where):
        for name in network.devices:
            told = network.device_address(name)["objects"]
            for quantity, place in told.items():
                value = float(
                    await app.read_property(where[name], place, "present-value")
                )
                factor = 1000 if quantity.endswith("power_kw") else 1
                truth = network.truth[name][quantity]
                assert value / factor == pytest.approx(truth, rel=1e-3)

    as_peer(scenario)


def test_many_properties_come_in_one_answer():
    async def scenario(network, app, where):
        rows = await app.read_property_multiple(
            where["ahu"],
            [
                "analog-input,1",
                ["all"],
                "analog-input,77",
                ["present-value"],
                "device,4194303",
                ["object-list"],
            ],
        )
        values = {str(prop): value for _, prop, _, value in rows[:8]}
        assert values["present-value"] == pytest.approx(21, abs=2)
        assert str(values["object-name"]) == "temperature_c-1"
        assert "unknownObject" in {
            getattr(getattr(value, "errorCode", None), "attr", "") for *_, value in rows
        }
        assert len(rows[-1][3]) == 1 + len(network.devices["ahu"].database.points)
        assert network.devices["ahu"].asked == {Service.READ_MULTIPLE: 1}

    as_peer(scenario)


async def priorities(app, where, place):
    array = await app.read_property(where, place, "priority-array")
    return [
        None
        if each.null is not None
        else each.real
        if each.real is not None
        else each.enumerated
        for each in array
    ]


def test_the_highest_priority_rules_and_null_gives_it_up():
    async def scenario(network, app, where):
        ahu, place = where["ahu"], "analog-value,1"

        async def shown():
            return await app.read_property(ahu, place, "present-value")

        async def write(value, priority):
            await app.write_property(
                ahu, place, "present-value", value, priority=priority
            )

        await write(25.0, 16)
        await write(23.0, 8)
        assert await shown() == 23
        held = await priorities(app, ahu, place)
        assert (held[7], held[15], held.count(None)) == (23, 25, 14)
        assert network.truth["ahu"]["setpoint_temperature_c"] == 23
        await write(Null(()), 8)
        assert await shown() == 25
        await write(Null(()), 16)
        default = await app.read_property(ahu, place, "relinquish-default")
        assert await shown() == default
        assert await app.read_property(ahu, place, "priority-array[0]") == 16

    as_peer(scenario)


REFUSED = {
    "an input": ("analog-input,1", 20.0, 8, "write-access-denied"),
    "beyond its range": ("analog-value,1", 99.0, 8, "value-out-of-range"),
    "no such object": ("analog-value,9", 20.0, 8, "unknown-object"),
    "no such priority": ("analog-value,1", 20.0, 17, "parameter-out-of-range"),
}


@pytest.mark.parametrize(("place", "value", "priority", "told"), REFUSED.values())
def test_a_write_that_cannot_be_is_refused(place, value, priority, told):
    async def scenario(_network, app, where):
        with pytest.raises(ErrorRejectAbortNack) as refused:
            await app.write_property(
                where["ahu"], place, "present-value", value, priority=priority
            )
        nack = refused.value
        code = getattr(nack, "errorCode", None)
        return str(code if code is not None else nack.apduAbortRejectReason)

    assert as_peer(scenario) == told


def test_a_held_output_does_not_follow_a_lower_priority():
    async def scenario(network, app, where):
        network.set_faults("light", [Fault.HELD])
        light, place = where["light"], "analog-output,1"
        before = await app.read_property(light, place, "present-value")
        await app.write_property(light, place, "present-value", 7.0, priority=8)
        assert await app.read_property(light, place, "present-value") == before
        network.set_faults("light", [])
        assert await app.read_property(light, place, "present-value") == 7

    as_peer(scenario)


@pytest.mark.parametrize("confirmed", [True, False])
def test_changes_are_told_while_a_subscription_lasts(confirmed):
    async def scenario(_network, app, where):
        place = ObjectIdentifier("binary-output,3")
        light = where["light"]
        subscription = app.change_of_value(light, place, 7, confirmed, 30)
        async with subscription as told:
            first = await told.get_value()
            assert str(first[0]) == "present-value"
            await told.get_value()  # its status flags
            other = 1 - int(first[1])
            await app.write_property(
                light, "binary-output,3", "present-value", other, priority=8
            )
            assert int((await told.get_value())[1]) == other

    as_peer(scenario)


def test_a_subscription_ends_in_time():
    async def scenario():
        device = lighting()
        await device.start()
        loop, told = asyncio.get_running_loop(), []

        class Ear(asyncio.DatagramProtocol):
            def datagram_received(self, data, addr):
                told.append(frame.received(data))

        ear, _ = await loop.create_datagram_endpoint(Ear, ("127.0.0.1", 0))
        body = (
            tags.context(0, b"\x07")
            + tags.context(1, tags.object_id(4, 3))
            + tags.context(2, b"\x00")
            + tags.context(3, b"\x01")
        )
        request = frame.asked(Service.SUBSCRIBE_COV, 1, body)
        ear.sendto(frame.sent(request), device.address)
        await until(lambda: len(told) >= 2)
        assert [each.kind for each in told] == [Kind.SIMPLE_ACK, Kind.UNCONFIRMED]
        await until(lambda: not device.subscribers)
        device.database.point((4, 3)).slots[7] = 1.0 - device.truth["switch"]
        await asyncio.sleep(0.2)
        ear.close()
        await device.stop()
        return len(told)

    assert asyncio.run(scenario()) == 2


def test_an_answer_too_long_for_the_asker_is_aborted():
    device = ventilation()
    every = tags.context(0, tags.object_id(0, 1)) + tags.bracketed(
        1, tags.context(0, bytes([8]))
    )
    request = bytes([0, 0x00, 9, Service.READ_MULTIPLE]) + every
    answer = frame.received(device.answer(frame.sent(request), PEER))
    assert (answer.kind, answer.invoke, answer.service) == (Kind.ABORT, 9, 4)


def test_an_answer_goes_back_through_the_router_it_came_by():
    device = ventilation()
    source = struct.pack(">HB", 2001, 1) + b"\x05"
    who_is = b"\x01\x28" + struct.pack(">HB", 0xFFFF, 0) + source + b"\xff"
    apdu = frame.told(Told.WHO_IS, b"")
    length = 4 + len(who_is) + len(apdu)
    asked = struct.pack(">BBH", 0x81, 0x0B, length) + who_is + apdu
    answer = device.answer(asked, PEER)
    assert answer[4:10] == b"\x01\x20" + source
    assert answer[11:13] == bytes([0x10, Told.I_AM])


def test_a_stuck_device_shows_what_it_showed():
    hours = iter(range(28_800_000, 60_000_000, 3_600_000))
    device = ventilation(1, lambda _: ventilation_values(next(hours)))
    device.set_faults([Fault.STUCK])
    first = device.truth
    assert device.truth == first
    device.set_faults([])
    assert device.truth != first


def test_days_of_both_are_plausible():
    for at_ms in range(0, 86_400_000, 600_000):
        room, lamps = ventilation_values(at_ms), lighting_values(at_ms)
        assert 18 <= room["temperature_c"] <= 24
        assert 400 <= room["co2_ppm"] <= 1100
        assert 0 <= lamps["dim_level_percent"] <= 100
        assert lamps["switch"] == (lamps["dim_level_percent"] > 0)


def request_frames():
    read = tags.context(0, tags.object_id(0, 1)) + tags.context(1, bytes([85]))
    many = tags.context(0, tags.object_id(0, 1)) + tags.bracketed(
        1, tags.context(0, bytes([85])) + tags.context(0, bytes([111]))
    )
    write = (
        tags.context(0, tags.object_id(2, 1))
        + tags.context(1, bytes([85]))
        + tags.bracketed(3, tags.real(21.5))
        + tags.context(4, bytes([8]))
    )
    return [
        frame.sent(frame.asked(Service.READ, 1, read)),
        frame.sent(frame.asked(Service.READ_MULTIPLE, 2, many)),
        frame.sent(frame.asked(Service.WRITE, 3, write)),
        frame.sent(frame.told(Told.WHO_IS, tags.context(0, b"\1") + b"\x1a\x07\xd0")),
    ]


def test_mangled_requests_do_no_harm():
    device, dice = ventilation(), random.Random(1)
    frames = request_frames()
    assert all(device.answer(each, PEER) for each in frames)
    for _ in range(MANGLED):
        data = bytearray(dice.choice(frames))
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
        answer = device.answer(bytes(data), PEER)
        assert answer is None or len(answer) < 2000
    point = device.database.point((2, 1))
    assert all(slot is None or 10 <= slot <= 35 for slot in point.slots)
