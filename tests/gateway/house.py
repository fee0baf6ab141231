"""One room, its controller on a real port, and a gateway that can be started again."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, time

from contract.timetable import SiteConfig, Slot
from gateway.clock import ConductedClock, SystemClock
from gateway.config import load
from gateway.cycle import Cycle
from tests.gateway.modbus_devices import Devices, tcp_line
from tests.gateway.modbus_room import RoomController

EVENING = datetime(2025, 3, 3, 14, tzinfo=UTC)
NINE = Slot(1, time(9), time(10))
SITE = SiteConfig("1", "UTC", {"room-1": (NINE,)})
SAVED = "site/room-1/meter/energy_saved_kwh"
CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
meters_dir = "meters"
[cloud]
url = "https://energy.example.org"
[lines.floor]
type = "modbus_tcp"
host = "127.0.0.1"
port = {port}
timeout_s = 0.1
[[devices]]
name = "meter"
node = "room-1"
line = "floor"
unit = 1
model = "{model}"
[rules.unoccupied_setback]
enabled = true
max_lease_min = 480
"""


class Kept:
    """A sink that keeps all in memory; what it holds survives a cycle."""

    def __init__(self):
        self.readings, self.rows = [], {}

    async def append(self, readings, state={}):  # noqa: B006
        self.readings += readings
        for key, row in state.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row

    async def flush(self):
        """All is kept already."""

    def state(self, prefix):
        return {key: row for key, row in self.rows.items() if key.startswith(prefix)}


class House:
    """One room, its controller, and a gateway that can be started again."""

    def __init__(self, settings, room, devices):
        self.room, self.devices, self.sink = room, devices, Kept()
        self._settings, self.clock = settings, ConductedClock(SystemClock())
        self.cycle = None
        self.start()

    def start(self):
        self.cycle = Cycle(self._settings, self.clock, self.sink, lambda: SITE)

    async def tick(self, at, **shown):
        self.room.show(**shown)
        self.clock.advance(at)
        await self.cycle.tick(at)

    async def restart(self):
        await self.cycle.close()
        self.start()

    async def write(self, at, order, **shown):
        """Ask as the command does, at this instant."""
        self.room.show(**shown)
        self.clock.advance(at)
        return await self.cycle.write("room-1/meter", order)

    @property
    def saved_kwh(self):
        reading = self.cycle.newest.get(SAVED)
        return None if reading is None else reading.value


@asynccontextmanager
async def house(tmp_path, other=None, model="voltonic_room"):
    """The room; with the port of another device, a gateway of that one instead."""
    room = RoomController()
    devices = Devices({1: room})
    (tmp_path / "meters").mkdir(exist_ok=True)
    async with tcp_line(devices) as port:
        path = tmp_path / "gateway.toml"
        path.write_text(CONFIG.format(port=other or port, model=model))
        one = House(load(path), room, devices)
        try:
            yield one
        finally:
            await one.cycle.close()
