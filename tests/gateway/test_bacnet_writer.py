"""Setpoints into BACnet devices: at a priority, seen to rule, and given up again."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.quantity import Quantity
from firmware_sim.bacnet_device import Fault
from gateway.driver import Surroundings
from gateway.drivers.bacnet.line import BacnetObject
from gateway.drivers.bacnet.site import Site
from gateway.lines import DeviceError, NoAnswerError
from gateway.meters import Control, Encoding, Setpoint
from gateway.writers.bacnet import BacnetWriter
from tests.gateway.drivers.benches.bacnet import TRUTH, Bench

LEASE = timedelta(minutes=10)
WARM = Quantity.SETPOINT_TEMPERATURE_C
FAN = Quantity.SWITCH
OBJECTS = {
    WARM: BacnetObject("analog-value", 1, low=16, high=30),
    FAN: BacnetObject("binary-output", 1, low=0, high=1),
    Quantity.TEMPERATURE_C: BacnetObject("analog-input", 1, low=0, high=50),
}


def setpoint(quantity):
    return Setpoint(
        quantity=quantity, address=0, low=0, high=50, normal=0, encoding=Encoding.UINT16
    )


def written(scenario, *quantities, objects=OBJECTS, priority=8):
    """Run with a writer of these quantities of the ventilation."""

    async def run():
        bench = Bench()
        await bench.start()
        around = Surroundings(lambda: datetime.now(UTC), None, None)
        site = Site(bench.line(), around)
        try:
            await site.connect()
            settings = bench.device("ahu")
            place = replace(settings.place, objects=objects, priority=priority)
            control = Control(tuple(map(setpoint, quantities)))
            writer = BacnetWriter(site, replace(settings, place=place), control)
            async with asyncio.timeout(20):
                return await scenario(bench, writer)
        finally:
            site.close()
            await bench.stop()

    return asyncio.run(run())


def slots(bench, kind=2):
    return bench.network.devices["ahu"].database.point((kind, 1)).slots


@pytest.mark.parametrize("priority", [8, 13, 16])
def test_a_setpoint_is_written_at_the_priority_that_is_set(priority):
    async def scenario(bench, writer):
        await writer.hold({WARM: 23.5}, LEASE)
        assert slots(bench)[priority - 1] == 23.5
        assert bench.network.truth["ahu"][WARM] == 23.5
        assert await writer.read_back() == {WARM: 23.5}
        assert await writer.release({}) == {}
        assert slots(bench) == [None] * 16
        assert await writer.read_back() == {WARM: TRUTH[0][WARM]}

    written(scenario, WARM, priority=priority)


def test_several_setpoints_go_together():
    async def scenario(bench, writer):
        await writer.hold({WARM: 19.0, FAN: 0.0}, LEASE)
        assert await writer.read_back() == {WARM: 19.0, FAN: 0.0}
        assert slots(bench, 4)[7] == 0

    written(scenario, WARM, FAN)


def test_a_value_is_written_in_the_units_of_the_object():
    objects = {WARM: BacnetObject("analog-value", 1, scale=2.0, low=0, high=70)}

    async def scenario(bench, writer):
        await writer.hold({WARM: 44.0}, LEASE)
        assert slots(bench)[7] == 22.0
        assert await writer.read_back() == {WARM: 44.0}

    written(scenario, WARM, objects=objects)


def test_a_higher_priority_is_named_and_nothing_of_ours_stays():
    async def scenario(bench, writer):
        bench.network.set_faults("ahu", [Fault.HELD])
        told = (
            r"setpoint_temperature_c: priority 1 \(manual life safety\) holds it at"
            r" 21\.5, above our 8"
        )
        with pytest.raises(DeviceError, match=told):
            await writer.hold({WARM: 25.0}, LEASE)
        assert slots(bench)[7] is None

    written(scenario, WARM)


def test_a_write_that_is_refused_is_told_in_words():
    async def scenario(bench, writer):
        bench.network.set_faults("ahu", [Fault.READ_ONLY])
        with pytest.raises(DeviceError, match="it does not allow writing there"):
            await writer.hold({WARM: 25.0}, LEASE)
        bench.network.set_faults("ahu", [])
        with pytest.raises(DeviceError, match="out of the range it allows"):
            await writer.hold({WARM: 45.0}, LEASE)
        with pytest.raises(DeviceError, match="0 to 1"):
            await writer.hold({FAN: 0.5, WARM: 20.0}, LEASE)

    written(scenario, WARM, FAN)


def test_an_object_without_leave_is_never_written():
    objects = {WARM: BacnetObject("analog-value", 1)}

    async def scenario(bench, writer):
        with pytest.raises(DeviceError, match="analog-value 1 is not to be written"):
            await writer.hold({WARM: 20.0}, LEASE)
        assert slots(bench) == [None] * 16

    written(scenario, WARM, objects=objects)


def test_an_input_cannot_be_written():
    async def scenario(_bench, writer):
        with pytest.raises(DeviceError, match="it does not allow writing there"):
            await writer.hold({Quantity.TEMPERATURE_C: 20.0}, LEASE)

    written(scenario, Quantity.TEMPERATURE_C)


def test_a_device_that_returns_is_written_again():
    async def scenario(bench, writer):
        await bench.vanish()
        with pytest.raises(NoAnswerError):
            await writer.hold({WARM: 20.0}, LEASE)
        await bench.come_back()
        with suppress(NoAnswerError):
            await writer.hold({WARM: 20.0}, LEASE)
        assert await writer.read_back() == {WARM: 20.0}

    written(scenario, WARM)


def test_another_device_that_took_the_address_is_not_written():
    async def scenario(bench, writer):
        await writer.hold({WARM: 20.0}, LEASE)
        await writer.release({})
        bench.network.devices["ahu"].database.instance = 2222
        with pytest.raises(DeviceError, match="is not number 1001"):
            await writer.hold({WARM: 25.0}, LEASE)
        assert slots(bench) == [None] * 16

    written(scenario, WARM)
