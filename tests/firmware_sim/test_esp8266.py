import asyncio
import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from firmware_sim.esp8266 import Node, post
from firmware_sim.faults import Fault, Kind

NOON = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)


def posted(node, statuses, every=timedelta(minutes=15)):
    """Let `node` post once for each answer of the cloud; return bodies and statuses."""

    async def run():
        bodies, answers = [], iter(statuses)

        async def receive(request):
            assert request.headers["X-API-Key"] == "secret"
            bodies.append(await request.read())
            return web.Response(status=next(answers))

        app = web.Application()
        app.router.add_post("/api/hardware/data", receive)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        seen = []
        async with aiohttp.ClientSession() as session:
            node.advance(NOON)
            for n in range(1, len(statuses) + 1):
                node.advance(NOON + n * every)
                seen.append(
                    await post(session, f"http://{host}:{port}", "secret", node)
                )
        await runner.cleanup()
        return bodies, seen

    return asyncio.run(run())


def consumed(bodies):
    return [json.loads(body)["energy_consumed"] for body in bodies]


def test_a_post_has_what_was_measured_since_the_last_one():
    node, reference = Node(1), Node(1)
    bodies, seen = posted(node, [201, 201])
    assert seen == [201, 201]
    reference.advance(NOON)
    reference.advance(NOON + timedelta(minutes=30))
    assert sum(consumed(bodies)) == pytest.approx(reference.consumed_kwh, abs=2e-4)
    assert json.loads(bodies[0])["energy_produced"] > 0


def test_posts_within_one_minute_differ_in_time_and_share_its_energy():
    bodies, _ = posted(Node(1), [200, 200], every=timedelta(seconds=30))
    first, second = map(json.loads, bodies)
    assert first["timestamp"] != second["timestamp"]
    assert first["energy_consumed"] == pytest.approx(
        second["energy_consumed"], abs=2e-4
    )
    assert first["energy_consumed"] > 0


def test_electrical_values_fit_each_other():
    message = json.loads(posted(Node(1, facility_id=4), [200])[0][0])
    kw = message["current_load"] / 100 * 40
    amps = [message[f"current{n}"] for n in (1, 2, 3)]
    assert message["current"] == pytest.approx(sum(amps), abs=0.01)
    watts = message["voltage"] * message["current"] * message["power_factor"]
    assert watts / 1000 == pytest.approx(kw, rel=0.02)
    assert 49.9 < message["frequency"] < 50.1
    assert message["facility_id"] == 4
    assert message["timestamp"] == "2026-03-10T06:45:00+00:00"


def test_what_was_not_accepted_is_posted_again_as_it_was():
    node, reference = Node(1), Node(1)
    bodies, seen = posted(node, [503, 200, 200])
    assert seen == [503, 200, 200]
    assert bodies[0] == bodies[1] != bodies[2]
    reference.advance(NOON)
    reference.advance(NOON + timedelta(minutes=45))
    kept = consumed(bodies)[1:]
    assert sum(kept) == pytest.approx(reference.consumed_kwh, abs=2e-4)


def test_a_message_the_cloud_knows_otherwise_is_not_posted_for_ever():
    bodies, _ = posted(Node(1), [409, 200])
    assert bodies[0] != bodies[1]


def test_a_cloud_that_is_away_loses_nothing():
    async def run():
        node = Node(1)
        node.advance(NOON)
        node.advance(NOON + timedelta(hours=1))
        async with aiohttp.ClientSession() as session:
            away = await post(session, "http://127.0.0.1:1", "secret", node)
            return away, json.loads(node.body())

    away, waiting = asyncio.run(run())
    assert away is None
    assert waiting["energy_consumed"] > 1


def test_a_drifting_clock_is_ahead_by_its_share():
    node = Node(1, faults=(Fault(Kind.CLOCK_DRIFT, size=0.01),))
    bodies, _ = posted(node, [200], every=timedelta(minutes=100))
    assert json.loads(bodies[0])["timestamp"] == "2026-03-10T08:11:00+00:00"


def test_garbage_and_half_a_body_are_no_json():
    for kind in (Kind.GARBAGE, Kind.HALF_FRAME):
        bodies, _ = posted(Node(1, faults=(Fault(kind),)), [400])
        with pytest.raises(ValueError, match=r".+"):
            json.loads(bodies[0])


def test_a_dropout_posts_nothing_and_keeps_the_energy():
    node = Node(1, faults=(Fault(Kind.DROPOUT),))
    bodies, seen = posted(node, [200])
    assert (bodies, seen) == ([], [None])
    node.faults = ()
    assert json.loads(node.body())["energy_consumed"] > 0


def test_a_stuck_node_repeats_its_values_under_new_times():
    bodies, _ = posted(Node(1, faults=(Fault(Kind.STUCK),)), [200, 200])
    one, other = map(json.loads, bodies)
    assert one.pop("timestamp") != other.pop("timestamp")
    assert one == other


def test_noise_moves_the_load_but_not_the_energy():
    quiet = json.loads(posted(Node(1), [200])[0][0])
    noisy_node = Node(1, faults=(Fault(Kind.NOISE, size=0.1),))
    noisy = json.loads(posted(noisy_node, [200])[0][0])
    assert noisy["current_load"] != quiet["current_load"]
    assert noisy["current_load"] == pytest.approx(quiet["current_load"], rel=0.1)
    assert noisy["energy_consumed"] == quiet["energy_consumed"]
