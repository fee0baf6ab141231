"""Polling: what fails ends one read, and the rest goes on."""

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from contract.reading import Quality
from gateway.clock import SystemClock
from gateway.config import load
from gateway.cycle import Cycle
from gateway.health import State
from tests.gateway.modbus_devices import Device, Devices, floats, rtu_line, tcp_line

NOW = datetime(2025, 3, 3, 14, tzinfo=UTC)
MODEL = """
title = "Two values"
source = "this test"
verified = true
checked = "here"
role = "main"
[[registers]]
quantity = "voltage_v"
address = 0
[[registers]]
quantity = "current_a"
address = 2
"""
GATEWAY = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
meters_dir = "meters"
[cloud]
url = "https://energy.example.org"
[poll]
interval_s = 0.05
max_age_s = 1
"""


class Kept(list):
    """A sink that keeps readings in a list."""

    async def append(self, readings, state={}):  # noqa: B006
        self.extend(readings)

    def state(self, prefix):
        return {}

    def of(self, device):
        return [each for each in self if each.point.startswith(f"site/{device}/")]


def meter():
    return Device(inputs=bytearray(floats(230.0, 5.0)))


def silent():
    return Device(twist=lambda _unit, _pdu: None)


class Plant:
    """Lines with meters, written into a configuration."""

    def __init__(self, folder):
        self.text, self.folder = GATEWAY, folder

    def tcp(self, line, port, *units):
        self.text += f'[lines.{line}]\ntype = "modbus_tcp"\nhost = "127.0.0.1"\n'
        self.text += f"port = {port}\ntimeout_s = 0.2\n"
        self._devices(line, units)

    def rtu(self, line, port, *units):
        self.text += f'[lines.{line}]\ntype = "modbus_rtu"\nport = "{port}"\n'
        self.text += "baudrate = 115200\ntimeout_s = 0.1\n"
        self._devices(line, units)

    def _devices(self, line, units):
        for unit in units:
            self.text += f'[[devices]]\nname = "{line}-{unit}"\nline = "{line}"\n'
            self.text += f'unit = {unit}\nmodel = "two"\n'

    def cycle(self, sink):
        (self.folder / "meters").mkdir(exist_ok=True)
        (self.folder / "meters" / "two.toml").write_text(MODEL)
        path = self.folder / "gateway.toml"
        path.write_text(self.text)
        return Cycle(load(path), SystemClock(), sink, lambda: None)


@asynccontextmanager
async def running(cycle):
    task = asyncio.create_task(cycle.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await cycle.close()


@pytest.fixture
def plant(tmp_path):
    return Plant(tmp_path)


def health(cycle, name):
    return cycle.health()[f"site/{name}"][1]


def test_a_tick_gives_every_reading_its_own_instant(plant):
    async def run():
        async with tcp_line(Devices({1: meter(), 2: meter()})) as port:
            plant.tcp("a", port, 1, 2)
            sink = Kept()
            cycle = plant.cycle(sink)
            await cycle.tick(NOW)
            await cycle.close()
            return sink, cycle

    sink, cycle = asyncio.run(run())
    assert [each.point for each in sink] == [
        "site/a-1/voltage_v",
        "site/a-1/current_a",
        "site/a-2/voltage_v",
        "site/a-2/current_a",
    ]
    assert {each.at for each in sink} == {NOW}
    assert {each.quality for each in sink} == {Quality.MEASURED}
    assert cycle.newest["site/a-2/current_a"].value == 5.0


@pytest.mark.parametrize(
    ("twist", "told"),
    [
        (lambda _unit, _pdu: None, "no answer"),
        (lambda _unit, _pdu: b"\x00\xff" * 9, "no answer|no Modbus frame|part"),
        (lambda unit, pdu: (unit, pdu[:6]), "1 registers|registers came"),
    ],
    ids=["silent", "garbage", "too short"],
)
def test_a_broken_device_goes_offline_and_the_others_stay(plant, twist, told, until):
    async def run():
        broken = meter()
        broken.twist = twist
        async with tcp_line(Devices({1: broken, 2: meter()})) as port:
            plant.tcp("a", port, 1, 2)
            sink = Kept()
            cycle = plant.cycle(sink)
            async with running(cycle):
                await until(lambda: health(cycle, "a-1").failures > 0)
                await until(lambda: len(sink.of("a-2")) > 8)
            return sink, health(cycle, "a-1"), health(cycle, "a-2")

    sink, bad, good = asyncio.run(run())
    assert sink.of("a-1") == []
    now, age = datetime.now(UTC), timedelta(seconds=30)
    assert bad.state(now, age) is State.OFFLINE
    assert re.search(told, bad.error)
    assert good.state(now, age) is State.ONLINE


def test_silent_devices_take_little_of_their_lines_time(plant, until):
    async def run():
        with rtu_line(Devices({1: silent(), 2: silent(), 3: meter()})) as port:
            plant.rtu("bus", port, 1, 2, 3)
            sink = Kept()
            cycle = plant.cycle(sink)
            async with running(cycle):
                await until(lambda: health(cycle, "bus-1").failures > 0)
                await until(lambda: health(cycle, "bus-2").failures > 0)
                loop = asyncio.get_running_loop()
                start, before = loop.time(), len(sink)
                await until(lambda: len(sink) - before >= 40)
                return loop.time() - start

    assert asyncio.run(run()) < 2.0


def test_a_line_that_stalls_does_not_stall_another(plant, until):
    async def run():
        async with AsyncExitStack() as stack:
            dead = await stack.enter_async_context(tcp_line(Devices({1: silent()})))
            alive = await stack.enter_async_context(tcp_line(Devices({1: meter()})))
            plant.tcp("dead", dead, 1)
            plant.tcp("alive", alive, 1)
            plant.rtu("gone", "/dev/absent", 1)
            sink = Kept()
            cycle = plant.cycle(sink)
            async with running(cycle):
                await until(lambda: health(cycle, "dead-1").failures > 0)
                await until(lambda: len(sink.of("alive-1")) > 20)
                return health(cycle, "gone-1").error

    assert asyncio.run(run()) == "serial port /dev/absent does not exist"


def test_a_line_comes_back_within_three_seconds_of_its_return(plant, until, free_port):
    async def run():
        port = free_port.getsockname()[1]
        plant.tcp("a", port, 1)
        sink = Kept()
        cycle = plant.cycle(sink)
        async with running(cycle):
            await until(lambda: health(cycle, "a-1").failures > 0)
            error = health(cycle, "a-1").error
            free_port.close()
            async with tcp_line(Devices({1: meter()}), port):
                await until(lambda: sink.of("a-1"), within_s=3.0)
        return error, health(cycle, "a-1").error

    error, after = asyncio.run(run())
    assert "nothing listens there" in error
    assert after == ""


def test_an_unexpected_exception_ends_one_read_only(plant, until, caplog):
    async def run():
        async with tcp_line(Devices({1: meter(), 2: meter()})) as port:
            plant.tcp("a", port, 1, 2)
            sink = Kept()
            cycle = plant.cycle(sink)
            broken = cycle._devices["site/a-1"].meter

            async def poll(_now):
                raise ZeroDivisionError("a bug")

            broken.poll = poll
            async with running(cycle):
                await until(lambda: len(sink.of("a-2")) > 8)
            return health(cycle, "a-1").error

    assert "a bug" in asyncio.run(run())
    assert "reading it failed unexpectedly" in caplog.text


def test_readings_carry_the_arrival_of_their_answer(plant, until):
    async def run():
        async with tcp_line(Devices({1: meter()})) as port:
            plant.tcp("a", port, 1)
            sink, start = Kept(), datetime.now(UTC)
            async with running(plant.cycle(sink)):
                await until(lambda: len(sink) >= 6)
            return start, sink, datetime.now(UTC)

    start, sink, end = asyncio.run(run())
    assert all(start <= each.at <= end for each in sink)
    assert [each.at for each in sink] == sorted(each.at for each in sink)
    assert sink[0].at == sink[1].at


def test_a_technician_reads_registers_beside_the_polls(plant):
    async def run():
        async with tcp_line(Devices({1: meter()})) as port:
            plant.tcp("a", port, 1)
            cycle = plant.cycle(Kept())
            answers = [await cycle.read(path) for path in ("a-1", "site/a-1", "a-2")]
            await cycle.close()
            return answers

    short, whole, absent = asyncio.run(run())
    [volts, amps] = short["values"]
    assert (volts["value"], volts["unit"]) == (230.0, "V")
    assert (volts["register"], volts["raw"]) == ("input 0x0000", "4366 0000")
    assert amps["quantity"] == "current_a"
    assert [each["value"] for each in whole["values"]] == [230.0, 5.0]
    assert absent == {"error": 'no device "a-2" (did you mean "a-1"?)'}
