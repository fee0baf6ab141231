"""Gateways under a real conductor: exact ticks, the handover, the hold."""

import asyncio
from datetime import UTC, datetime, timedelta

from firmware_sim.conductor import Conductor, Kind, Peer
from tests.gateway_process import rig, run, running

START = datetime(2025, 1, 1, tzinfo=UTC)
PHYSICS = Peer(Kind.GATEWAY, "physics")


def test_readings_of_a_tick_carry_its_instant_and_the_hold_empties_the_buffer(tmp_path):
    async def scenario():
        conductor = Conductor(tmp_path / "c")
        await conductor.start()
        async with (
            rig(tmp_path / "gateway") as (receiver, config),
            running(config, arguments=("--conductor", conductor.path)) as process,
        ):
            await conductor.gathered([PHYSICS], 20)
            for hour in range(48):
                await conductor.tick(START + timedelta(hours=hour))
            conducted = 48
            await conductor.go_live()
            await receiver.until(lambda: len({row[2] for row in receiver.rows}) > 60)
            totals = (await conductor.hold(20))["physics"]
            rows = list(receiver.rows)
            await conductor.close()
            await process.wait()
            return conducted, totals, rows, process.returncode

    conducted, totals, rows, code = run(scenario)
    instants = sorted({at_ms for _, _, at_ms, _ in rows})
    start_ms = int(START.timestamp() * 1000)
    assert instants[:conducted] == [start_ms + 3_600_000 * n for n in range(conducted)]
    assert instants[conducted] > datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000
    assert totals.produced == len(rows)
    assert totals.declared_lost == 0
    assert code == 0


def test_a_gateway_that_finds_no_conductor_says_so(tmp_path):
    async def scenario():
        async with (
            rig(tmp_path / "gateway") as (_, config),
            running(config, arguments=("--conductor", tmp_path / "gone")) as process,
        ):
            async with asyncio.timeout(20):
                _, errors = await process.communicate()
            return process.returncode, errors.decode()

    code, errors = run(scenario)
    assert code == 1
    assert "Traceback" not in errors
    assert "gone" in errors
