"""`kill -9` of whole gateways in a loop: what was committed arrives, once."""

import asyncio
import os
import random
import signal
from collections import Counter

import pytest

from gateway.config import load
from tests.faults.rig import (
    CountingMeter,
    committed,
    configured,
    ended,
    receiving,
    zygote,
)
from tests.receiver import Receiver

GATEWAYS = 4
KILLS = 26
ENERGY = "campus/science/physics/main/energy_import_kwh"


def energies(batches, place):
    """Return the values of the point at `place` in the inventory."""
    return [
        value
        for batch in batches
        for point, value in zip(batch.points, batch.values, strict=True)
        if point == place
    ]


async def time_to_start(forks, config, receiver):
    """Return how long a gateway takes to its first upload, on a machine this busy."""
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    pid = await forks.fork("daemon", config)
    await receiver.until(lambda: receiver.envelopes)
    took_s = loop.time() - started_s
    os.kill(pid, signal.SIGKILL)
    await ended(pid)
    return took_s


async def killed_again_and_again(folder, forks, rng):
    """Kill one gateway often; return what its meter told, what was acknowledged and
    what arrived."""
    receiver, meter = Receiver({}), CountingMeter()
    acknowledged = set()
    async with receiving(receiver) as url:
        config, receiver.keys["physics"] = configured(folder, url, await meter.start())
        place = load(config).inventory().index[ENERGY]
        receiver.loses_reply = lambda: rng.random() < 0.2
        start_s = await time_to_start(forks, config, receiver)
        for _ in range(KILLS):
            pid = await forks.fork("daemon", config)
            await asyncio.sleep(rng.uniform(0.05, start_s + 1.2))
            os.kill(pid, signal.SIGKILL)
            await ended(pid)
            kept = committed(folder / "data", folder / "copy")
            acknowledged.update(energies(kept, place))
        receiver.loses_reply = lambda: False
        uploads = len(receiver.envelopes)
        pid = await forks.fork("daemon", config)
        async with asyncio.timeout(30):
            await receiver.until(
                lambda: (
                    len(receiver.envelopes) > uploads
                    and acknowledged <= set(energies(receiver.batches.values(), place))
                )
            )
        os.kill(pid, signal.SIGTERM)
        await ended(pid)
        await meter.stop()
    kept = committed(folder / "data", folder / "copy")
    return meter.served, acknowledged, list(receiver.batches.values()), place, kept


@pytest.mark.fault
@pytest.mark.timeout(180)
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path):
    async def scenario():
        async with zygote() as forks:
            return await asyncio.gather(
                *(
                    killed_again_and_again(tmp_path / str(n), forks, random.Random(n))
                    for n in range(GATEWAYS)
                )
            )

    for served, acknowledged, batches, place, kept in asyncio.run(scenario()):
        arrived = energies(batches, place)
        assert len(acknowledged) > KILLS
        assert acknowledged <= set(arrived)
        assert set(Counter(arrived).values()) == {1}
        assert set(arrived) <= set(range(1, served + 1))
        assert kept == []
        epochs = {}
        for batch in batches:
            epochs.setdefault(batch.epoch, []).append(batch)
        for of_epoch in epochs.values():
            last = max(of_epoch, key=lambda batch: batch.seq)
            assert last.rows_before + len(last) == sum(map(len, of_epoch))
