"""An operator's hold on a BACnet controller, from gateway.toml to its priorities."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from contract.timetable import SiteConfig
from firmware_sim.bacnet_device import Fault
from gateway.clock import ConductedClock, SystemClock
from gateway.config import load
from gateway.cycle import Cycle
from gateway.cycle.operator import Order
from tests.gateway.drivers.benches.bacnet import TRUTH, Bench

EVENING = datetime(2025, 3, 3, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WARM = "setpoint_temperature_c"
CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.hvac]
type = "bacnet"
address = "127.0.0.1/8"
port = 0
device_instance = 4000
timeout_s = 0.4
[[devices]]
name = "ahu"
line = "hvac"
role = "sensor"
address = "127.0.0.1:{port}"
instance = 1001
priority = 10
[devices.objects]
temperature_c = "analog-input,1"
[devices.objects.setpoint_temperature_c]
object = "analog-value,1"
low = 16
high = 26
step = 0.5
"""


class Memory:
    async def append(self, readings, state={}):  # noqa: B006
        pass

    async def flush(self):
        pass

    def state(self, prefix):
        return {}


class Building:
    def __init__(self, settings, bench):
        self.ahu = bench.network.devices["ahu"]
        self.clock = ConductedClock(SystemClock())
        site = SiteConfig("1", "UTC", {})
        self.cycle = Cycle(settings, self.clock, Memory(), lambda: site)

    async def tick(self, at):
        self.clock.advance(at)
        await self.cycle.tick(at)

    async def write(self, at, value, minutes=10):
        self.clock.advance(at)
        return await self.cycle.write("ahu", Order(WARM, value, minutes * MINUTE))

    @property
    def slots(self):
        return self.ahu.database.point((2, 1)).slots


@asynccontextmanager
async def building(folder):
    bench = Bench()
    await bench.start()
    path = folder / "gateway.toml"
    port = bench.network.devices["ahu"].address[1]
    path.write_text(CONFIG.format(port=port))
    one = Building(load(path), bench)
    try:
        yield one
    finally:
        await one.cycle.close()
        await bench.stop()


def play(folder, scene):
    async def run():
        async with asyncio.timeout(20), building(folder) as one:
            await scene(one)

    asyncio.run(run())


def test_a_hold_is_written_seen_and_given_up_at_its_end(tmp_path):
    async def scene(one):
        await one.tick(EVENING)
        assert one.slots == [None] * 16
        answer = await one.write(EVENING + MINUTE, 23.5)
        assert (answer["is_written"], answer["held"]) == (True, 23.5)
        assert one.slots[9] == 23.5
        await one.tick(EVENING + 5 * MINUTE)
        assert one.cycle.newest[f"site/ahu/{WARM}"].value == 23.5
        await one.tick(EVENING + 12 * MINUTE)
        assert one.slots == [None] * 16
        await one.tick(EVENING + 13 * MINUTE)
        assert one.cycle.newest[f"site/ahu/{WARM}"].value == TRUTH[0][WARM]

    play(tmp_path, scene)


def test_a_release_gives_the_priority_up(tmp_path):
    async def scene(one):
        await one.tick(EVENING)
        await one.write(EVENING + MINUTE, 23.5)
        await one.tick(EVENING + 2 * MINUTE)
        await one.write(EVENING + 3 * MINUTE, None)
        assert one.slots == [None] * 16

    play(tmp_path, scene)


def test_a_higher_priority_is_told_to_the_operator(tmp_path):
    async def scene(one):
        await one.tick(EVENING)
        one.ahu.set_faults([Fault.HELD])
        answer = await one.write(EVENING + MINUTE, 23.5)
        assert "priority 1 (manual life safety) holds it at 21.5" in answer["error"]
        assert one.slots[9] is None

    play(tmp_path, scene)


def test_a_hold_that_a_higher_priority_hides_is_given_up_at_its_end(tmp_path):
    """Else the setpoint would come into force when that priority lets go."""

    async def scene(one):
        await one.tick(EVENING)
        await one.write(EVENING + MINUTE, 23.5)
        one.ahu.set_faults([Fault.HELD])
        await one.tick(EVENING + 12 * MINUTE)
        assert one.slots[9] is None

    play(tmp_path, scene)


def test_a_value_out_of_range_is_refused_unwritten(tmp_path):
    async def scene(one):
        await one.tick(EVENING)
        answer = await one.write(EVENING + MINUTE, 35.0)
        assert "steps of 0.5 from 16 to 26" in str(answer)
        assert one.slots == [None] * 16

    play(tmp_path, scene)
