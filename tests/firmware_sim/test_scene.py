import asyncio
import struct
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from firmware_sim.campus import buildings
from firmware_sim.line import Ports
from firmware_sim.play import Player, SimulatedClock
from firmware_sim.scene import CampusScene, EngineeringScene

NOON_MS = (
    int(datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Kolkata")).timestamp()) * 1000
)
MINUTE_MS = 60_000


def played(test):
    """Run `test(player)` while one building and the complex are on real ports."""

    async def run():
        clock = SimulatedClock()
        campus = CampusScene(7, buildings(1), clock.now_ms)
        player = Player([campus, EngineeringScene(7)], clock)
        player.advance(NOON_MS)
        for line in player.lines():
            await line.start(Ports())
        try:
            return await test(player)
        finally:
            for line in player.lines():
                await line.stop()

    return asyncio.run(run())


def port(player, gateway, line):
    for scene in player.scenes:
        if gateway in scene.wirings:
            return scene.wirings[gateway].lines[line].address()["port"]
    raise LookupError(gateway)


def test_every_room_read_by_a_stranger_shows_the_truth(tcp_master):
    async def read(player):
        player.advance(NOON_MS + 7 * MINUTE_MS)
        raw = []
        for floor in (1, 2, 3):
            line = port(player, "mechanical", f"floor-{floor}")
            async with tcp_master(line) as master:
                raw += [await master.words(unit, 0, 18) for unit in range(1, 36)]
        return raw, player.scenes[0].twin.state

    raw, state = played(read)
    rooms = [struct.unpack(">5fIf4H", struct.pack(">18H", *words)) for words in raw]
    total, base, ac, light, equipment, energy_wh, warmth, occupied, *relays = zip(
        *rooms, strict=True
    )
    assert total == pytest.approx(state.total_kw)
    assert base == pytest.approx(state.base_kw)
    assert ac == pytest.approx(state.ac_kw)
    assert light == pytest.approx(state.light_kw)
    assert equipment == pytest.approx(state.equipment_kw)
    assert energy_wh == pytest.approx(state.energy_kwh * 1000, abs=1)
    assert warmth == pytest.approx(state.temperature_c)
    assert occupied == tuple(state.occupied)
    assert relays == [(1,) * 105, (1,) * 105, (0,) * 105]


def test_the_main_meter_counts_what_the_rooms_use(tcp_master):
    async def read(player):
        async with tcp_master(port(player, "mechanical", "main")) as master:
            before = await master.number(1, 0x48)
            player.advance(NOON_MS + 60 * MINUTE_MS)
            after, power_w = await master.number(1, 0x48), await master.number(1, 0x34)
        return after - before, power_w / 1000, player

    energy_kwh, power_kw, player = played(read)
    assert energy_kwh == pytest.approx(player.scenes[0].twin.used_kwh, abs=0.001)
    assert power_kw == pytest.approx(player.truth()["campus_kw"], rel=1e-6)


def test_a_setback_is_read_back_at_once_and_acts_from_the_next_step(tcp_master):
    async def write(player):
        vacant = int((~player.scenes[0].twin.state.occupied).argmax())
        unit = vacant + 1
        async with tcp_master(port(player, "mechanical", "floor-1")) as master:
            await master.client.write_registers(0, [0, 0, 90], device_id=unit)
            relays = [await master.words(unit, 15, 3)]
            holding = await master.words(unit, 0, 3, holding=True)
            ac = [await master.number(unit, 4)]
            player.advance(NOON_MS + 5 * MINUTE_MS)
            relays.append(await master.words(unit, 15, 3))
            ac.append(await master.number(unit, 4))
            player.advance(NOON_MS + 90 * MINUTE_MS)
            relays.append(await master.words(unit, 15, 3))
            reverted = await master.words(unit, 0, 3, holding=True)
        return relays, holding, ac, reverted

    relays, holding, ac, reverted = played(write)
    assert holding == [0, 0, 90]
    assert relays == [[0, 0, 5400], [0, 0, 5100], [1, 1, 0]]
    assert ac == [pytest.approx(0.2), 0]
    assert reverted == [1, 1, 0]


def test_writing_a_relay_alone_leaves_the_timer_running(tcp_master):
    async def write(player):
        async with tcp_master(port(player, "mechanical", "floor-2")) as master:
            await master.client.write_registers(0, [0, 0, 10], device_id=4)
            await master.client.write_register(1, 1, device_id=4)
            one = await master.words(4, 15, 3)
            await master.client.write_register(2, 0, device_id=4)
            return one, await master.words(4, 15, 3)

    running, stopped = played(write)
    assert running == [0, 1, 600]
    assert stopped == [0, 1, 0]


@pytest.mark.parametrize("values", [[2, 0, 5], [0, 7, 5], [0, 0, 1441]])
def test_a_relay_that_is_neither_on_nor_off_is_refused(tcp_master, values):
    async def write(player):
        async with tcp_master(port(player, "mechanical", "floor-1")) as master:
            reply = await master.client.write_registers(0, values, device_id=1)
            return reply.exception_code, await master.words(1, 15, 3)

    assert played(write) == (3, [1, 1, 0])


def test_the_complex_on_serial_lines_its_mirrors_and_its_inverter(
    tcp_master, rtu_master
):
    async def read(player):
        wiring = player.scenes[1].wirings["engineering-complex"]
        serial, mirrored = [], []
        for name in ("classroom", "laboratory", "faculty-office"):
            address = wiring.lines[name].address()
            async with rtu_master(address["port"]) as master:
                serial += [await master.number(unit, 0x0C) for unit in range(1, 6)]
            async with tcp_master(address["mirror"]["port"]) as master:
                mirrored += [await master.number(unit, 0x0C) for unit in range(1, 6)]
        async with tcp_master(port(player, "engineering-complex", "pv")) as master:
            sunspec = await master.words(1, 40000, 124, holding=True)
        return serial, mirrored, sunspec, player.scenes[1].complex

    serial, mirrored, sunspec, complex_ = played(read)
    assert serial == mirrored == pytest.approx(complex_.load_kw * 1000)
    assert sunspec[:4] == [0x5375, 0x6E53, 1, 66]
    assert sunspec[70:72] == [103, 50]
    assert sunspec[122:] == [0xFFFF, 0]
    power_w = sunspec[70 + 14] * 10 ** sunspec[70 + 15]
    assert power_w == pytest.approx(complex_.solar_kw * 1000, abs=5)
    energy_wh = sunspec[94] << 16 | sunspec[95]
    assert energy_wh == pytest.approx(complex_.generated_kwh * 1000, abs=1)
    assert sunspec[70 + 38] == 4


def test_the_ports_say_what_a_gateway_needs():
    async def read(player):
        return {
            slug: wiring.to_json()
            for scene in player.scenes
            for slug, wiring in scene.wirings.items()
        }

    ports = played(read)
    assert list(ports) == ["mechanical", "engineering-complex"]
    building = ports["mechanical"]
    assert building["node"] == "campus/engineering/mechanical"
    assert list(building["lines"]) == ["floor-1", "floor-2", "floor-3", "main"]
    assert len(building["devices"]) == 106
    assert building["devices"][34] == {
        "name": "meter",
        "node": "floor-1/room-135",
        "line": "floor-1",
        "unit": 35,
        "model": "voltonic_room",
        "role": "main",
    }
    assert len(ports["engineering-complex"]["devices"]) == 16
