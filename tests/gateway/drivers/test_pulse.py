"""Pulses counted on the receiving wire of a serial adapter, and on a pin."""

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import gpiod
import pytest

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from contract.reading import Quality
from firmware_sim.line import Ports
from firmware_sim.pulse_source import PulseSource
from gateway.driver import Surroundings
from gateway.drivers.pulse.count import Pulses, from_row, to_row
from gateway.drivers.pulse.input import PulseInput
from gateway.drivers.pulse.line import GpioPin, PulseLine, PulsePlace
from gateway.lines import DeviceSettings, LineDownError
from gateway.wire import SerialPort

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
GAS = PulsePlace(pulses_per_unit=100, start=1234.5)
MIN_PULSE_S = 0.03


async def never_kept(readings):
    raise AssertionError("counts are kept as state")


def opened(place, rows=None):
    around = Surroundings(lambda: NOON, never_kept, lambda prefix: rows or {})
    return PulseInput(PulseLine("line", place, MIN_PULSE_S), around)


def device(source, *quantities, place=GAS):
    names = tuple(Quantity(each) for each in quantities or ("gas_m3",))
    entry = DeviceEntry("site", "gas", "pulse", Role.SUB, False, names)
    settings = DeviceSettings(entry, "line", 0, timedelta(seconds=60), place=place)
    return source.device(settings)


@asynccontextmanager
async def adapter():
    """A gas meter that counts only when it is told to, and the input that counts."""
    meter = PulseSource(lambda _: {"gas_m3": 0.0}, pulses_per_unit=100)
    await meter.start(Ports())
    source = opened(SerialPort(meter.address()["port"], 300))
    await source.connect()
    try:
        yield meter, source
    finally:
        source.close()
        await meter.stop()


async def value(meter):
    poll = await meter.poll(lambda: NOON)
    (reading,) = poll.readings
    return reading.value


async def pulses(meter, count, until, source):
    for _ in range(count):
        goal = source.pulses.counted + 1
        meter.pulse()

        def is_counted(goal=goal):
            source.pulses.settle(asyncio.get_running_loop().time())
            return source.pulses.counted >= goal

        await until(is_counted)


@pytest.mark.parametrize("bounces", [1, 2, 8])
def test_each_pulse_counts_once_however_it_bounces(until, bounces):
    async def run():
        async with adapter() as (meter, source):
            meter.bounces = bounces
            gas = device(source)
            assert await value(gas) == 1234.5
            await pulses(meter, 7, until, source)
            assert await value(gas) == 1234.57
            assert await value(gas) == 1234.57

    asyncio.run(run())


def test_after_a_restart_it_goes_on_from_where_it_was(until):
    async def run():
        async with adapter() as (meter, source):
            gas = device(source)
            await pulses(meter, 3, until, source)
            poll = await gas.poll(lambda: NOON)
            assert set(poll.state) == {"pulse/site/gas"}
            source.close()
            again = opened(SerialPort(meter.address()["port"], 300), poll.state)
            await again.connect()
            gas = device(again)
            assert await value(gas) == 1234.53
            await pulses(meter, 2, until, again)
            assert await value(gas) == 1234.55
            again.close()

    asyncio.run(run())


def test_another_start_or_meter_constant_begins_to_count_anew():
    row = to_row(300, GAS)
    assert from_row(row, GAS) == 300
    assert from_row(row, PulsePlace(100, 1300.0)) == 0
    assert from_row(row, PulsePlace(10, 1234.5)) == 0
    assert from_row(None, GAS) == from_row(b"\0no row", GAS) == 0


def test_noise_is_not_counted_but_told(until):
    async def run():
        async with adapter() as (meter, source):
            gas = device(source)
            meter.bounces = 200
            meter.pulse()
            await until(lambda: source.pulses.noise >= 200)
            poll = await gas.poll(lambda: NOON)
            assert poll.readings[0].value == 1234.5
            assert "edges came too close together" in poll.refused[0]
            meter.bounces = 1
            await asyncio.sleep(2 * MIN_PULSE_S)  # noise ends with silence
            await pulses(meter, 1, until, source)
            poll = await gas.poll(lambda: NOON)
            assert poll.readings[0].value == 1234.51
            assert not poll.refused

    asyncio.run(run())


def test_an_adapter_that_is_unplugged_is_told_and_counted_again_on_its_return(until):
    async def run():
        async with adapter() as (meter, source):
            gas = device(source)
            await pulses(meter, 2, until, source)
            await meter.stop()
            await until(lambda: not source.is_connected)
            with pytest.raises(LineDownError, match="does not exist"):
                await source.connect()
            await meter.start(Ports())
            await source.connect()
            await pulses(meter, 2, until, source)
            assert await value(gas) == 1234.54

    asyncio.run(run())


def test_power_is_told_from_the_time_between_pulses_and_falls_when_they_stay_away():
    counted = Pulses(MIN_PULSE_S)
    assert counted.per_hour(0.0) is None
    for at_s in (10.0, 13.6):
        counted.edges(1, at_s)
    counted.settle(14.0)
    assert counted.per_hour(14.0) == pytest.approx(1000)
    assert counted.per_hour(13.6 + 36) == pytest.approx(100)


def test_power_is_marked_as_estimated(until):
    async def run():
        async with adapter() as (meter, source):
            place = PulsePlace(pulses_per_unit=1000)
            energy = device(source, "energy_import_kwh", "active_power_kw", place=place)
            assert len((await energy.poll(lambda: NOON)).readings) == 1
            await pulses(meter, 2, until, source)
            count, power = (await energy.poll(lambda: NOON)).readings
            assert (count.value, count.quality) == (0.002, Quality.MEASURED)
            assert power.value > 0
            assert power.quality is Quality.ESTIMATED

    asyncio.run(run())


class Kernel:
    """Stands for the kernel's side of a pin, which no test machine has."""

    def __init__(self):
        self.fd, self._end = os.pipe()
        self._number, self._events, self.released = 0, [], False

    def request(self, chip, config, consumer):
        (settings,) = config.values()
        self.asked = chip, list(config), settings
        return self

    def falls(self, times=1, lost=0):
        for _ in range(lost + times):
            self._number += 1
        self._events.append(
            SimpleNamespace(line_seqno=self._number, timestamp_ns=self._number * 10**9)
        )
        os.write(self._end, b"x")

    def read_edge_events(self):
        os.read(self.fd, 1)
        events, self._events = self._events, []
        return events

    def release(self):
        self.released = True


@pytest.fixture
def kernel(monkeypatch):
    one = Kernel()
    monkeypatch.setattr(gpiod, "request_lines", one.request)
    return one


def test_edges_on_a_pin_are_counted_also_those_the_kernel_had_no_room_for(
    kernel, tmp_path, until
):
    chip = tmp_path / "gpiochip0"
    chip.touch()

    async def run():
        source = opened(GpioPin(str(chip), 17))
        await source.connect()
        gas = device(source)
        kernel.falls()
        await until(lambda: source.pulses.counted == 1)
        kernel.falls(lost=4)
        await until(lambda: source.pulses.counted == 6)
        assert await value(gas) == 1234.56
        source.close()
        assert kernel.released

    asyncio.run(run())
    where, lines, settings = kernel.asked
    assert (where, lines) == (str(chip), [17])
    assert settings.edge_detection is gpiod.line.Edge.FALLING
    assert settings.debounce_period == timedelta(seconds=MIN_PULSE_S)


@pytest.mark.parametrize(
    ("chip", "why"),
    [("/dev/gpiochip99", "does not exist"), ("/dev/null", "cannot watch /dev/null")],
)
def test_a_pin_that_cannot_be_watched_is_told(chip, why):
    async def run():
        source = opened(GpioPin(chip, 17))
        with pytest.raises(LineDownError, match=why):
            await source.connect()
        assert not source.is_connected

    asyncio.run(run())
