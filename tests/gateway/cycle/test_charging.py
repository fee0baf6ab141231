"""A charge point's current, held by an operator, from gateway.toml to its meter."""

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from contract.timetable import SiteConfig
from firmware_sim.charge_point import DROPOUT, ChargePoint
from firmware_sim.charging import Limits
from firmware_sim.faults import Fault
from gateway.clock import SystemClock
from gateway.config import load
from gateway.cycle import Cycle
from gateway.cycle.operator import Order
from tests.gateway.house import Kept

LIMIT = "current_limit_a"
FULL = {"active_power_kw": 22.08, "current_l1_a": 32.0, "energy_import_kwh": 100.0}
CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.garage]
type = "ocpp"
host = "127.0.0.1"
port = {port}
timeout_s = 2
[[devices]]
name = "charger"
line = "garage"
role = "sub"
charge_point = "CP1"
max_current_a = 32
{more}
quantities = ["active_power_kw", "current_l1_a", "energy_import_kwh", "switch"]
"""


class Answering(Limits):
    """Answers, and does nothing."""

    def __init__(self, status):
        super().__init__()
        self._status = status

    def set(self, _profile, _at_ms):
        return self._status


class Garage:
    """A gateway with one charge point, and what an operator says."""

    def __init__(self, settings, point, url):
        self.settings, self.point, self.url = settings, point, url
        self.sink, self.clock = Kept(), SystemClock()
        self.cycle = None

    def start(self):
        site = SiteConfig("1", "UTC", {})
        self.cycle = Cycle(self.settings, self.clock, self.sink, lambda: site)

    async def tick(self):
        await self.cycle.tick(self.clock.now())

    async def write(self, value, seconds=600.0):
        return await self.cycle.write(
            "charger", Order(LIMIT, value, timedelta(seconds=seconds))
        )

    async def ready(self):
        await self.tick()
        await until(lambda: self.is_there)

    @property
    def is_there(self):
        """Whether the charge point is connected."""
        return self.cycle._pollers["garage"].bus.points["CP1"].caller is not None


@asynccontextmanager
async def garage(folder, more=""):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    path = folder / "gateway.toml"
    path.write_text(CONFIG.format(port=port, more=more))
    point = ChargePoint("CP1", lambda _: FULL, interval_s=0.1)
    one = Garage(load(path), point, f"ws://127.0.0.1:{port}")
    one.start()
    await point.start(one.url)
    try:
        await one.ready()
        yield one
    finally:
        await point.stop()
        await one.cycle.close()
        await asyncio.sleep(0)


def play(scene, folder, more=""):
    async def run():
        async with asyncio.timeout(30), garage(folder, more) as one:
            await scene(one)

    asyncio.run(run())


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (any condition will do)
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "more", ['rate_unit = "A"', 'rate_unit = "W"', 'profile = "TxDefaultProfile"']
)
def test_a_limit_is_set_read_back_and_obeyed(tmp_path, more):
    async def scene(garage):
        answer = await garage.write(10.0)
        assert (answer["is_written"], answer["held"]) == (True, pytest.approx(10))
        assert garage.point.truth()["active_power_kw"] == pytest.approx(6.9)
        assert garage.point.truth()["current_l1_a"] == 10

    play(scene, tmp_path, more)


def test_the_whole_of_a_charge_point_can_be_limited(tmp_path):
    async def scene(garage):
        await garage.write(16.0)
        [profile] = garage.point.limits.profiles.values()
        assert profile["chargingProfilePurpose"] == "ChargePointMaxProfile"

    more = 'connector = 0\nprofile = "ChargePointMaxProfile"'
    play(scene, tmp_path, more)


def test_the_charge_point_itself_ends_a_limit_with_its_lease(tmp_path):
    async def scene(garage):
        await garage.write(10.0, seconds=2)
        assert garage.point.truth()["current_l1_a"] == 10
        await until(lambda: garage.point.truth()["current_l1_a"] == 32)

    play(scene, tmp_path)


def test_a_charge_point_that_was_away_is_let_go_after_a_restart(tmp_path):
    async def scene(garage):
        await garage.write(10.0, seconds=1)
        garage.point.set_faults([Fault(DROPOUT)])
        await garage.cycle.close()
        await asyncio.sleep(1)
        garage.start()
        await garage.tick()
        assert garage.sink.state("lease/")
        garage.point.set_faults([])
        await garage.ready()
        await garage.tick()
        await garage.tick()
        assert garage.point.limits.profiles == {}
        assert garage.sink.state("lease/") == {}

    play(scene, tmp_path)


def test_a_charge_point_that_is_away_is_not_written(tmp_path):
    async def scene(garage):
        await garage.point.stop()
        await until(lambda: not garage.is_there)
        answer = await garage.write(10.0)
        assert "CP1 is not connected" in answer["error"]
        assert garage.sink.state("hold/") == {}

    play(scene, tmp_path)


def test_a_limit_that_the_charge_point_refuses_is_told(tmp_path):
    async def scene(garage):
        garage.point.limits = Answering("Rejected")
        answer = await garage.write(10.0)
        assert answer["error"] == "site/charger: the charge point refuses the limit"

    play(scene, tmp_path)


def test_a_limit_that_does_not_hold_is_told(tmp_path):
    async def scene(garage):
        garage.point.limits = Answering("Accepted")
        answer = await garage.write(10.0)
        assert "read back current_limit_a=32 after writing" in answer["error"]

    play(scene, tmp_path)


@pytest.mark.parametrize("value", [33.0, -1.0, 6.5])
def test_a_limit_out_of_range_is_refused(tmp_path, value):
    async def scene(garage):
        answer = await garage.write(value)
        assert "whole numbers from 0 to 32" in answer["error"]

    play(scene, tmp_path)
