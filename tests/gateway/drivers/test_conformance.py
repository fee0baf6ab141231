"""One suite over all drivers: each is read at its bench as the daemon would read it."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from contract.quantity import DEFINITIONS, Quantity, implausible
from contract.reading import Quality
from gateway.clock import SystemClock
from gateway.cycle.devices import connection
from gateway.cycle.polled import Polled
from gateway.cycle.poller import Poller
from gateway.driver import Surroundings
from gateway.lines import RECONNECT, Line
from gateway.meters.loader import load_all
from gateway.snapshot import NO_STATE
from tests.gateway.drivers.neighbour import neighbour

BENCHES = sorted(
    path.stem
    for path in (Path(__file__).parent / "benches").glob("*.py")
    if path.stem != "protocol"
)
INTERVAL = timedelta(seconds=0.25)
RETURNS_WITHIN_S = 5.0
SILENT_WITHIN_S = 10.0
MOST_SLOWED = 1.10
PROGRAMMERS_WORDS = ("Traceback", "Error(", "Exception", "internal error", "object at")

pytestmark = pytest.mark.parametrize("name", BENCHES)


class Reader:
    """The driver under test in the poller of the daemon; keeps all it gave."""

    def __init__(self, bench, models):
        self.bench, self.readings, self.state = bench, [], {}
        self.clock = SystemClock()
        self.began = self.clock.now()
        line = bench.line()
        around = Surroundings(self.clock.now, self._pushed, self._kept)
        self.connection = connection(line, models, around)
        self.poller = Poller(Line(line), self.connection, self.clock)
        self.devices = [
            Polled(settings, self.connection.device(settings))
            for settings in (
                replace(each, interval=INTERVAL) for each in bench.devices()
            )
        ]
        self.poller.devices = self.devices

    async def _pushed(self, readings, state=NO_STATE):
        self.state |= state
        self.readings += [(reading, self.clock.now()) for reading in readings]

    def _kept(self, prefix):
        return {key: row for key, row in self.state.items() if key.startswith(prefix)}

    async def keep(self, gave):
        for _, poll in gave:
            await self._pushed(poll.readings)
            self.state |= poll.state

    def values(self, device, since=0):
        """Return the newest value of each quantity of one device."""
        start = self.devices[device].path + "/"
        return {
            reading.point.removeprefix(start): reading.value
            for reading, _ in self.readings[since:]
            if reading.point.startswith(start)
        }

    def error(self, device):
        return self.devices[device].health.error

    def has_all(self, device, since=0):
        return self.values(device, since).keys() >= self.bench.truth(device).keys()


@asynccontextmanager
async def read(name):
    """Yield the bench of a driver, and its reader once each device gave all it has."""
    module = import_module(f"tests.gateway.drivers.benches.{name}")
    bench = module.Bench()
    try:
        await bench.start()
        reader = Reader(bench, load_all(None))
        polling = asyncio.create_task(reader.poller.run(reader.keep))
        try:
            for device in range(len(reader.devices)):
                await until(lambda each=device: reader.has_all(each), reader)
            yield bench, reader
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            reader.connection.close()
            await asyncio.sleep(0)
    finally:
        await bench.stop()


async def until(condition, reader, within_s=15.0):
    """Wait for it, or fail with what is known of each device."""
    try:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 (any condition will do)
                await asyncio.sleep(0.01)
    except TimeoutError:
        known = [
            (each.path, each.health, reader.values(place))
            for place, each in enumerate(reader.devices)
        ]
        pytest.fail(f"not within {within_s} s; {known}")


def run(scenario, name):
    async def in_time():
        async with asyncio.timeout(100), read(name) as (bench, reader):
            await scenario(bench, reader)

    asyncio.run(in_time())


def close_to(bench, quantity, value):
    resolution = getattr(bench, "resolution", {}).get(quantity, 1e-3)
    return pytest.approx(value, rel=1e-3, abs=resolution)


def assert_true(bench, reader, since=0):
    """Every value that came is the truth."""
    for device in range(len(reader.devices)):
        truth = bench.truth(device)
        for quantity, value in reader.values(device, since).items():
            assert implausible(Quantity(quantity), value) is None, quantity
            if quantity in truth:
                assert value == close_to(bench, quantity, truth[quantity]), quantity


def assert_plain(words):
    """A technician can make something of it."""
    assert len(words.split()) >= 2, words
    assert not any(word in words for word in PROGRAMMERS_WORDS), words
    assert "\n" not in words
    assert words.isprintable()


def silent_within_s(bench):
    return getattr(bench, "silent_within_s", SILENT_WITHIN_S)


def returns_within_s(bench):
    return getattr(bench, "returns_within_s", RETURNS_WITHIN_S)


def test_values_units_instants_and_quality_are_those_of_the_far_end(name):
    async def scenario(bench, reader):
        assert_true(bench, reader)
        for place, device in enumerate(reader.devices):
            entry, truth = device.settings.entry, bench.truth(place)
            assert truth, "a bench without truth proves nothing"
            assert truth.keys() <= {each.value for each in entry.quantities}
            assert all(Quantity(each) in DEFINITIONS for each in truth)
            quality = Quality.SIMULATED if entry.simulated else Quality.MEASURED
            mine = [
                (reading, kept_at)
                for reading, kept_at in reader.readings
                if reading.point.startswith(device.path + "/")
            ]
            for reading, kept_at in mine:
                assert reader.began <= reading.at <= kept_at
                assert reading.quality is quality
        assert not any(each.health.error for each in reader.devices)

    run(scenario, name)


@pytest.mark.slow
def test_a_dead_device_does_not_stop_its_neighbour(name):
    async def scenario(bench, reader):
        if not hasattr(bench, "silence"):
            assert len(bench.devices()) == 1, "two devices, and none can fall silent"
            return
        bench.silence(True)
        await until(lambda: reader.error(1), reader, silent_within_s(bench))
        assert_plain(reader.error(1))
        since = len(reader.readings)
        await until(lambda: reader.has_all(0, since), reader, RETURNS_WITHIN_S)
        assert not reader.error(0)
        bench.silence(False)
        since = len(reader.readings)
        await until(lambda: reader.has_all(1, since), reader, 15 + RETURNS_WITHIN_S)
        await until(lambda: not reader.error(1), reader)

    run(scenario, name)


@pytest.mark.slow
@pytest.mark.slow
def test_garbage_is_never_believed_and_told_in_plain_words(name):
    async def scenario(bench, reader):
        bench.garble(True)
        await until(lambda: reader.error(0), reader, silent_within_s(bench))
        for _ in range(20):
            await asyncio.sleep(INTERVAL.total_seconds() / 5)
            if reader.error(0):
                assert_plain(reader.error(0))
        assert_true(bench, reader)
        bench.garble(False)
        since = len(reader.readings)
        await until(lambda: reader.has_all(0, since), reader, 15 + RETURNS_WITHIN_S)
        assert_true(bench, reader)

    run(scenario, name)


@pytest.mark.slow
@pytest.mark.slow
def test_readings_come_again_soon_after_the_far_end_returned(name):
    async def scenario(bench, reader):
        await bench.vanish()
        await until(lambda: reader.error(0), reader, silent_within_s(bench))
        assert_plain(reader.error(0))
        await asyncio.sleep(RECONNECT.total_seconds())  # some attempts fail
        since = len(reader.readings)
        assert not reader.values(0, since)
        await bench.come_back()
        await until(lambda: reader.has_all(0, since), reader, returns_within_s(bench))
        assert_true(bench, reader, since)
        await until(lambda: not reader.error(0), reader, RETURNS_WITHIN_S)

    run(scenario, name)


@pytest.mark.slow
@pytest.mark.slow
def test_no_other_line_is_slowed(name):
    """Neither by its readings, nor by garbage, nor by a far end that is away."""

    async def alone():
        async with neighbour() as per_poll_s:
            return await per_poll_s()

    async def scenario(bench, reader):
        async with neighbour() as per_poll_s:
            times = [await per_poll_s()]
            bench.garble(True)
            await until(lambda: reader.error(0), reader, silent_within_s(bench))
            times.append(await per_poll_s())
            bench.garble(False)
            await bench.vanish()
            times.append(await per_poll_s())
            slowest = max(times)
        assert slowest < MOST_SLOWED * alone_s, times

    alone_s = asyncio.run(alone())
    run(scenario, name)
