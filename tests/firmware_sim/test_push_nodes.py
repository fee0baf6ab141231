"""Boards that post: what they send, and what becomes of it while nobody answers."""

import asyncio
import json

import pytest
from aiohttp import web

from firmware_sim.faults import Fault, Kind
from firmware_sim.line import Ports
from firmware_sim.push_nodes import Esp8266, PlainBoard, PushNodes
from firmware_sim.scenario.http_push import PushPart
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

SHOWN = {
    "energy_import_kwh": 12.345,
    "active_power_kw": 2.5,
    "voltage_v": 229.4,
    "current_a": 11.2,
    "frequency_hz": 50.02,
    "power_factor": 0.97,
}


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (any condition will do)
            await asyncio.sleep(0.01)


class Server:
    """Keeps what is posted; `status` answers, None hangs up."""

    def __init__(self):
        self.status, self.bodies = 201, []

    async def start(self, port=0):
        async def receive(request):
            assert request.headers["X-API-Key"] == "secret"
            if self.status is None:
                request.transport.abort()
            self.bodies.append(await request.read())
            return web.Response(status=self.status)

        app = web.Application()
        app.router.add_post("/api/hardware/data", receive)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.port = self.runner.addresses[0][1]

    async def until(self, bodies):
        await until(lambda: len(self.bodies) >= bodies)
        return [json.loads(body) for body in self.bodies]


def run(scenario, board):
    async def served():
        server = Server()
        await server.start()
        nodes = PushNodes({"node": board}, every_s=0.02, port=server.port)
        await nodes.start(Ports())
        try:
            return await scenario(server, nodes)
        finally:
            await nodes.stop()
            await server.runner.cleanup()

    return asyncio.run(served())


def esp():
    return Esp8266("secret", lambda _: SHOWN, capacity_w=5000, interval_s=1)


def test_a_board_posts_what_its_meter_shows():
    async def scenario(server, nodes):
        return await server.until(1), nodes.truth("node")

    (body, *_), truth = run(scenario, esp())
    assert body.pop("timestamp") > 1_700_000_000
    assert body == {
        "energy_produced": 0,
        "energy_consumed": 12.345,
        "current_load": 50,
        "voltage": 229.4,
        "current": 11.2,
        "frequency": 50.02,
        "power_factor": 0.97,
    }
    assert truth["load_percent"] == 50
    assert truth["energy_import_kwh"] == 12.345


def test_what_nobody_took_is_posted_in_order_once_somebody_does():
    async def scenario(server, nodes):
        server.status = 503
        refused = await server.until(2)
        await until(lambda: len(nodes.nodes["node"]._firmware.ring) >= 3)
        server.status = 201
        server.bodies.clear()
        return refused, await server.until(4)

    refused, taken = run(scenario, esp())
    assert refused[0] == refused[1] == taken[0]
    instants = [body["timestamp"] for body in taken]
    assert instants == sorted(set(instants))


@pytest.mark.parametrize("kind", [Kind.GARBAGE, Kind.HALF_FRAME])
def test_spoilt_bodies_are_no_json(kind):
    async def scenario(server, nodes):
        nodes.set_faults("node", [Fault(kind)])
        with pytest.raises(ValueError, match=r".+"):
            await server.until(1)

    run(scenario, PlainBoard("secret", lambda _: SHOWN))


def test_a_board_that_dropped_out_is_silent_and_a_stuck_one_repeats_itself():
    board = PlainBoard("secret", lambda at_ms: SHOWN | {"voltage_v": float(at_ms)})
    first = board.body(1)
    board.faults = (Fault(Kind.STUCK),)
    assert board.body(2) == first
    board.faults = (Fault(Kind.DROPOUT),)
    assert board.body(3) is None
    board.faults = ()
    assert board.body(4) != first


def test_a_fault_that_no_board_has_is_refused():
    nodes = PushNodes({"node": esp()})
    with pytest.raises(ValueError, match="no board that posts has"):
        nodes.set_faults("node", [Fault(Kind.CLOCK_DRIFT)])


def test_in_a_scenario_a_device_is_named_with_the_hash_of_its_key():
    line = LineSpec(
        "boards", "http_push", None, {}, (DeviceSpec("m", "f1", "esp8266_meter"),)
    )
    part = PushPart(line, lambda: 1_772_440_200_000)
    words = part.words("f1/m")
    assert len(words["api_key_sha256"]) == 64
    assert words["is_counter"] is True
    assert set(words["quantities"]) == part.truth("f1/m").keys()
    with pytest.raises(ScenarioError, match="nobody plays kind 'toaster'"):
        PushPart(
            LineSpec("b", "http_push", None, {}, (DeviceSpec("m", "", "toaster"),)),
            lambda: 0,
        )
