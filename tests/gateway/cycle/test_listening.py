"""Telegrams that come by themselves: heard in the background, told at each poll."""

import asyncio
import os
import tty
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import pairwise

import pytest

from contract.reading import Quality
from gateway.clock import SystemClock
from gateway.config import load
from gateway.cycle import Cycle
from tests.gateway.drivers.test_dsmr import LINES, framed
from tests.gateway.drivers.test_sml import GOOD as SML

GATEWAY = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[poll]
interval_s = 0.1
max_age_s = 10
"""
LINE = """
[lines.{name}]
type = "{type}"
port = "{port}"
timeout_s = 0.5
"""
DEVICE = """
[[devices]]
name = "{name}"
line = "{line}"
role = "{role}"
quantities = {quantities}
"""
MAIN = {"name": "main", "role": "main"}


class Kept(list):
    """A sink that keeps readings in a list."""

    async def append(self, readings, state={}):  # noqa: B006
        self.extend(readings)

    def state(self, prefix):
        return {}

    def newest(self):
        return {each.point.removeprefix("site/"): each.value for each in self}


class Sender:
    """A meter on a pty that sends `data` every 50 ms, under a name that stays."""

    def __init__(self, path):
        self.path, self.data, self._master = path, b"", None

    def plug(self):
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        self._slave = slave

    def unplug(self):
        os.close(self._master)
        os.close(self._slave)
        self._master = None
        self.path.unlink()

    async def run(self):
        try:
            while True:
                if self._master is not None:
                    with suppress(BlockingIOError):
                        os.write(self._master, self.data)
                await asyncio.sleep(0.05)
        finally:
            if self._master is not None:
                self.unplug()


@pytest.fixture
def start(tmp_path):
    """Start a cycle on senders, from a written configuration."""

    @asynccontextmanager
    async def started(text, *senders):
        path = tmp_path / "gateway.toml"
        path.write_text(GATEWAY + text)
        kept = Kept()
        cycle = Cycle(load(path), SystemClock(), kept, lambda: None)
        tasks = [asyncio.create_task(each.run()) for each in senders]
        tasks.append(asyncio.create_task(cycle.run()))
        try:
            yield cycle, kept
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await cycle.close()

    return started


@pytest.fixture
def sender(tmp_path):
    one = Sender(tmp_path / "port")
    one.plug()
    return one


def line(sender, kind="dsmr"):
    return LINE.format(name=kind, type=kind, port=sender.path)


def device(*quantities, kind="dsmr", more="", **settings):
    names = str(list(quantities)).replace("'", '"')
    return DEVICE.format(line=kind, quantities=names, **{**MAIN, **settings}) + more


def health(cycle, name="main"):
    return cycle.health()[f"site/{name}"][1]


def test_a_smart_meter_and_the_gas_meter_behind_it(start, sender, until):
    text = line(sender) + device("active_power_kw", "energy_import_kwh")
    text += device("gas_m3", name="gas", role="sensor", more='meter_id = "G1"')
    sender.data = framed(LINES)

    async def run():
        async with start(text, sender) as (cycle, kept):
            await until(lambda: len(kept) > 12)
            assert kept.newest() == {
                "main/active_power_kw": -1.5,
                "main/energy_import_kwh": 150.375,
                "gas/gas_m3": 123.456,
            }
            assert {each.quality for each in kept} == {Quality.MEASURED}
            assert not health(cycle).error
            rows = (await cycle.read("gas"))["values"]
            assert ("gas_m3", 123.456, "m³") in [
                (each["quantity"], each["value"], each["unit"]) for each in rows
            ]

    asyncio.run(run())


def test_sml_and_lines_of_text_are_heard_too(start, tmp_path, until):
    meter, board = Sender(tmp_path / "meter"), Sender(tmp_path / "board")
    meter.plug()
    board.plug()
    meter.data = SML
    board.data = b"Hello\r\nVoltage: 230.5V\r\nPower: 24.4W\r\n"
    text = line(meter, "sml") + device("active_power_kw", kind="sml")
    text += line(board, "text_line") + device(
        "voltage_v", "active_power_kw", kind="text_line", name="board"
    )

    async def run():
        async with start(text, meter, board) as (_, kept):
            await until(lambda: len(kept.newest()) == 3)
            assert kept.newest() == {
                "main/active_power_kw": -1.837,
                "board/voltage_v": 230.5,
                "board/active_power_kw": 0.0244,
            }

    asyncio.run(run())


def test_a_value_is_never_told_again_with_a_new_time(start, sender, until):
    sender.data = framed(LINES)

    async def run():
        async with start(line(sender) + device("voltage_l1_v"), sender) as (
            cycle,
            kept,
        ):
            await until(lambda: len(kept) >= 3)
            sender.data = b""
            await until(lambda: health(cycle).error == "no telegram came")
            told = len(kept)
            instants = [each.at for each in kept]
            assert len(set(instants)) == told
            await until(lambda: health(cycle).failures > 2)
            assert len(kept) == told

    asyncio.run(run())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (framed(LINES).replace(b"230.1", b"230.2"), "wrong checksum"),
        (os.urandom(5000) + b"!\n", "no whole telegram"),
        (framed("1-0:99.7.0(1.0*kW)\n"), "no telegram came"),
        (b"", "no telegram came"),
    ],
)
def test_what_cannot_be_believed_is_told_in_words(start, sender, until, data, told):
    sender.data = data

    async def run():
        async with start(line(sender) + device("voltage_l1_v"), sender) as (
            cycle,
            kept,
        ):
            await until(lambda: told in health(cycle).error)
            assert kept == []

    asyncio.run(run())


def test_a_meter_without_the_quantities_is_told_with_those_heard(start, sender, until):
    sender.data = framed(LINES)
    text = line(sender) + device("gas_m3", more='meter_id = "G9"')

    async def run():
        async with start(text, sender) as (cycle, _):
            await until(lambda: "meters heard: G1, M1" in health(cycle).error)

    asyncio.run(run())


def test_two_meters_of_one_kind_are_not_mixed_up(start, sender, until):
    other = "0-2:24.1.0(003)\n0-2:96.1.0(4732)\n0-2:24.2.1(240731115501S)(00001.0*m3)\n"
    sender.data = framed(LINES + other)

    async def run():
        text = line(sender) + device("gas_m3", "voltage_l1_v")
        async with start(text, sender) as (cycle, kept):
            await until(lambda: "gas_m3: of G1 and G2; set" in health(cycle).error)
            assert kept.newest() == {"main/voltage_l1_v": 230.1}

    asyncio.run(run())


def test_it_is_heard_again_within_5_seconds_of_its_return(start, sender, until):
    sender.data = framed(LINES)

    async def run():
        async with start(line(sender) + device("voltage_l1_v"), sender) as (
            cycle,
            kept,
        ):
            await until(lambda: len(kept) > 0)
            sender.unplug()
            await until(lambda: "does not exist" in health(cycle).error)
            sender.plug()
            told = len(kept)
            await until(lambda: len(kept) > told, within_s=5)
            assert not health(cycle).error

    asyncio.run(run())


def test_a_silent_port_slows_no_other_line(start, tmp_path, until):
    dead, alive = Sender(tmp_path / "dead"), Sender(tmp_path / "alive")
    dead.plug()
    alive.plug()
    alive.data = SML
    text = line(alive, "sml") + device("voltage_l1_v", kind="sml")
    text += line(dead) + device("voltage_l1_v", name="dead")

    async def run():
        async with start(text, dead, alive) as (cycle, kept):
            await until(lambda: len(kept) >= 10)
            gaps = [b.at - a.at for a, b in pairwise(kept)]
            assert max(gaps) < timedelta(seconds=1)
            assert health(cycle, "dead").error == "no telegram came"

    asyncio.run(run())
