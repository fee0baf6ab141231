"""Golden registers give the right readings, decoded and over a real connection."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from contract.inventory import DeviceEntry
from contract.quantity import Quantity, implausible
from gateway.drivers.modbus.bus import ModbusBus
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.plan import blocks
from gateway.lines import DeviceSettings, TcpLine
from gateway.meters import Space
from gateway.meters.loader import load_all
from tests.gateway.meters.held import GOLDEN, memory
from tests.gateway.modbus_devices import Device, Devices, tcp_line

MODELS = load_all()
FIXED = [name for name in GOLDEN if not MODELS[name].discovery]
NOW = datetime(2025, 3, 3, 14, tzinfo=UTC)


def values_of(model, golden):
    held = memory(golden)
    values = {}
    for block in blocks(model):
        places = range(block.address, block.address + block.count)
        body = b"".join(held.get((block.space, place), b"\0\0") for place in places)
        values |= decoder(block)(body)
    return values


def test_every_model_has_golden_registers():
    assert set(GOLDEN) == set(MODELS)


@pytest.mark.parametrize("name", FIXED)
def test_golden_registers_give_the_readings_of_their_source(name):
    golden = GOLDEN[name]
    values = values_of(MODELS[name], golden)
    absent = {quantity for quantity, value in values.items() if value is None}
    assert absent == set(golden.get("absent", ()))
    measured = {each: value for each, value in values.items() if value is not None}
    assert measured == pytest.approx(golden["readings"], rel=1e-6)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_readings_are_plausible(name):
    for quantity, value in GOLDEN[name]["readings"].items():
        assert implausible(Quantity(quantity), value) is None


@pytest.mark.parametrize("name", FIXED)
def test_a_word_at_the_wrong_address_would_be_seen(name):
    golden = GOLDEN[name]
    moved = golden | {"first": golden["first"] - 1}
    assert values_of(MODELS[name], moved) != values_of(MODELS[name], golden)


def device(golden):
    tables = {space: bytearray(2 * 65_536) for space in Space}
    for (space, address), word in memory(golden).items():
        tables[space][2 * address : 2 * address + 2] = word
    return Device(inputs=tables[Space.INPUT], holding=tables[Space.HOLDING])


async def polled(devices):
    """Poll unit after unit on one line; return the readings of each."""
    async with tcp_line(devices) as port:
        bus = ModbusBus(TcpLine("t", "127.0.0.1", port, 2.0), MODELS)
        await bus.connect()
        try:
            return [
                await bus.device(settings(unit, model)).poll(lambda: NOW)
                for unit, model in enumerate(MODELS.values(), start=1)
            ]
        finally:
            bus.close()


def settings(unit, model):
    entry = DeviceEntry("site", "it", model.name, model.role, False, model.quantities)
    return DeviceSettings(entry, "t", unit, timedelta(60))


def test_every_model_is_read_over_a_real_connection():
    devices = {n: device(GOLDEN[name]) for n, name in enumerate(MODELS, start=1)}
    for name, poll in zip(MODELS, asyncio.run(polled(Devices(devices))), strict=True):
        readings = {each.point.rpartition("/")[2]: each.value for each in poll.readings}
        assert readings == pytest.approx(GOLDEN[name]["readings"], rel=1e-6)
        assert poll.refused == []
