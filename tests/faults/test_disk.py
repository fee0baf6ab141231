"""A disk that is full, and one that comes back with random bytes."""

import asyncio
import logging
import subprocess
from contextlib import asynccontextmanager

import pytest

from contract.batch import unseal
from tests.numbered import ENERGY, INVENTORY, POWER, numbered, open_buffer

pytestmark = pytest.mark.fault

IN_MEMORY = 200_000


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk))
    done = subprocess.run(mount, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted: {done.stderr.decode().strip()}")
    yield disk
    subprocess.run(("umount", str(disk)), check=True)


@asynccontextmanager
async def running(data_dir):
    buffer = open_buffer(data_dir)
    committing = asyncio.create_task(buffer.run())
    try:
        yield buffer
    finally:
        buffer.stop()
        await committing
        await buffer.close()


def fill(disk, name="filler"):
    """Leave no byte free; return the file that takes it all."""
    filler = disk / name
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def by_point(stored):
    """Return the numbers on disk of each point."""
    found = {ENERGY: [], POWER: []}
    for each in stored:
        batch = unseal(each.sealed)
        for point, value in zip(batch.points, batch.values, strict=True):
            found[INVENTORY.points[point]].append(value)
    return found


def test_on_a_full_disk_readings_wait_in_memory_and_nothing_is_lost(
    small_disk, caplog, until
):
    async def scenario():
        async with running(small_disk) as buffer:
            await buffer.append(numbered(0, 1000))
            await buffer.flush()
            filler = fill(small_disk)
            await buffer.append(numbered(1000, 60_000))
            await until(lambda: buffer.is_full)
            [first] = await buffer.oldest(1)
            await buffer.settle({first.key: 0}, {})  # sync goes on
            filler.unlink()
            await buffer.flush()
            totals, _ = await buffer.totals()
            return buffer.is_full, totals, by_point(await buffer.oldest(100))

    with caplog.at_level(logging.INFO):
        is_full, totals, found = asyncio.run(scenario())
    assert not is_full
    assert found[ENERGY] == list(range(1000, 60_000))
    assert (totals.produced, totals.delivered, totals.declared_lost) == (
        60_000,
        1000,
        0,
    )
    full, room = [record.getMessage() for record in caplog.records]
    assert full.startswith("the disk takes no more")
    assert room == "the disk has room again"


def test_what_does_not_fit_into_memory_is_declared_and_counters_are_kept(
    small_disk, until
):
    async def scenario():
        async with running(small_disk) as buffer:
            filler = fill(small_disk)
            await buffer.append(numbered(0, 150_000, point=ENERGY))
            await until(lambda: buffer.is_full)
            await buffer.append(numbered(0, 100_000, point=POWER))
            await until(lambda: buffer.waiting < IN_MEMORY)
            filler.unlink()
            await buffer.flush()
            await buffer.append(numbered(150_000, 150_001))
            await buffer.flush()
            totals, _ = await buffer.totals()
            stored = await buffer.oldest(1000)
            return totals, by_point(stored), unseal(stored[-1].sealed)

    totals, found, last = asyncio.run(scenario())
    assert found[ENERGY] == list(range(150_001))
    lost = totals.declared_lost
    assert found[POWER] == list(range(lost, 100_000))
    assert 0 < lost < 100_000
    assert totals.produced == 250_001
    assert totals.pending == 250_001 - lost
    assert last.declared_before == lost
    assert last.rows_before + len(last) == totals.produced


def test_what_was_in_memory_when_the_gateway_ended_is_declared_by_the_next(
    small_disk, until, caplog
):
    async def scenario():
        async with running(small_disk) as buffer:
            await buffer.append(numbered(0, 1000))
            await buffer.flush()
            filler = fill(small_disk)
            await buffer.append(numbered(1000, 60_000))
            await until(lambda: buffer.is_full)
            rest = fill(small_disk, "rest")
        filler.unlink()
        rest.unlink()
        for start in (60_000, 60_010):
            async with running(small_disk) as buffer:
                await buffer.append(numbered(start, start + 10))
                await buffer.flush()
                totals, _ = await buffer.totals()
                first = unseal((await buffer.oldest(3))[1].sealed)
        return totals, first

    totals, first = asyncio.run(scenario())
    assert (totals.produced, totals.declared_lost) == (60_020, 59_000)
    assert (first.rows_before, first.declared_before) == (59_000, 59_000)
    assert "59000 readings could not be saved" in caplog.text


def test_a_small_disk_that_fills_up_by_itself_empties_again(small_disk):
    async def scenario():
        async with running(small_disk) as buffer:
            number = 0
            while not buffer.is_full:
                await buffer.append(numbered(number, number + 20_000))
                number += 20_000
                await asyncio.sleep(0)
            arrived = []
            while len(arrived) < number:
                stored = await buffer.oldest(50)
                arrived += by_point(stored)[ENERGY]
                await buffer.settle({each.key: 0 for each in stored}, {})
                await asyncio.sleep(0.01)
            return number, arrived, (await buffer.totals())[0]

    async def within_time():
        async with asyncio.timeout(60):
            return await scenario()

    number, arrived, totals = asyncio.run(within_time())
    assert arrived == list(range(number))
    assert (totals.delivered, totals.declared_lost) == (number, 0)


def test_the_daemon_goes_on_after_its_database_became_random_bytes(tmp_path):
    async def scenario():
        async with running(tmp_path) as buffer:
            await buffer.append(numbered(0, 3000))
        damaged = bytes(range(256)) * 500
        (tmp_path / "buffer.db").write_bytes(damaged)
        async with running(tmp_path) as buffer:
            await buffer.append(numbered(3000, 3010))
            await buffer.flush()
            return damaged, by_point(await buffer.oldest(10))[ENERGY]

    damaged, found = asyncio.run(scenario())
    assert found == list(range(3000, 3010))
    [aside] = tmp_path.glob("buffer.db.damaged-*")
    assert aside.read_bytes() == damaged
