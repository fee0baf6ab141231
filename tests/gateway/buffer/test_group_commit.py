import asyncio
import logging

import pytest

from contract.batch import unseal
from contract.inventory import Inventory
from gateway.buffer import UnusableError, totals_at_rest
from tests.numbered import INVENTORY, METER, numbered, numbers, open_buffer


def test_what_is_appended_is_committed_within_a_second(tmp_path, buffer_in):
    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(0, 3))
            async with asyncio.timeout(1):
                await buffer.committed()
            return numbers(await buffer.oldest(10))

    assert asyncio.run(scenario()) == [0, 1, 2]


def test_batches_are_numbered_and_count_what_went_before(tmp_path, buffer_in):
    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(0, 1500))
            await buffer.flush()
            await buffer.append(numbered(1500, 1501))
            await buffer.flush()
            return buffer.epoch, await buffer.oldest(10)

    epoch, stored = asyncio.run(scenario())
    batches = [unseal(each.sealed) for each in stored]
    assert [batch.key for batch in batches] == [
        ("physics", epoch, 1),
        ("physics", epoch, 2),
        ("physics", epoch, 3),
    ]
    assert [batch.rows_before for batch in batches] == [0, 1000, 1500]
    assert {batch.inventory for batch in batches} == {INVENTORY.hash}


def test_unsent_batches_keep_their_epoch_over_a_restart(tmp_path, buffer_in):
    async def run(start):
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(start, start + 2), {"next": b"x"})
            await buffer.flush()
            return buffer.epoch, await buffer.oldest(10), buffer.state("ne")

    first, stored, _ = asyncio.run(run(0))
    second, both, state = asyncio.run(run(2))
    assert first != second
    assert [each.key for each in both] == [(first, 1), (second, 1)]
    assert both[0].sealed == stored[0].sealed
    assert state == {"next": b"x"}


def test_acknowledged_batches_go_and_parked_ones_stay(tmp_path, buffer_in):
    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            for start in (0, 5, 7):
                await buffer.append(numbered(start, start + 2))
                await buffer.flush()
            one, two, three = [each.key for each in await buffer.oldest(10)]
            await buffer.settle({one: 1}, {two: "poison"})
            await buffer.settle({one: 1}, {})  # a receipt that comes twice
            left = [each.key for each in await buffer.oldest(10)]
            totals, _ = await buffer.totals()
            unsent = buffer.unsent
            await buffer.unpark("poison")
            return three, left, totals, unsent, buffer.unsent

    three, left, totals, unsent, after = asyncio.run(scenario())
    assert left == [three]
    assert (totals.produced, totals.delivered, totals.pending) == (6, 2, 4)
    assert (totals.rejected, totals.batches, totals.parked) == (1, 2, 1)
    assert (unsent, after) == (1, 2)


def test_totals_can_be_read_when_no_daemon_runs(tmp_path, buffer_in):
    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(0, 1234))

    asyncio.run(scenario())
    totals, free_bytes = totals_at_rest(tmp_path)
    assert (totals.produced, totals.pending, totals.batches) == (1234, 1234, 2)
    assert free_bytes > 0


def test_there_are_no_totals_before_the_first_start(tmp_path):
    with pytest.raises(UnusableError, match="has not run yet"):
        totals_at_rest(tmp_path)


def test_inventories_of_earlier_configurations_are_kept(tmp_path, buffer_in):
    wider = Inventory((METER, type(METER).from_json({**METER.to_json(), "name": "b"})))

    async def run(inventory):
        async with buffer_in(tmp_path, inventory) as buffer:
            await buffer.append(numbered(0, 1))
            await buffer.flush()
            return await buffer.inventories({INVENTORY.hash, wider.hash, "0" * 64})

    asyncio.run(run(INVENTORY))
    assert set(asyncio.run(run(wider))) == {INVENTORY, wider}


def test_a_second_process_is_refused_by_name(tmp_path, buffer_in):
    async def scenario():
        async with buffer_in(tmp_path):
            with pytest.raises(UnusableError, match="in use by another gateway"):
                open_buffer(tmp_path)

    asyncio.run(scenario())


@pytest.mark.parametrize("content", [b"\x8f\x02" * 9000, b"SQLite format 3\0" * 999])
def test_a_damaged_file_is_set_aside_and_work_goes_on(
    tmp_path, buffer_in, caplog, content
):
    (tmp_path / "buffer.db").write_bytes(content)

    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(0, 3))
            await buffer.flush()
            return numbers(await buffer.oldest(1))

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(scenario()) == [0, 1, 2]
    [aside] = tmp_path.glob("buffer.db.damaged-*")
    assert aside.read_bytes() == content
    assert "set aside" in caplog.text


def test_a_file_of_a_newer_version_is_refused_and_kept(tmp_path):
    async def scenario():
        buffer = open_buffer(tmp_path)
        await buffer.close()
        import sqlite3

        with sqlite3.connect(tmp_path / "buffer.db") as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(UnusableError, match="newer version"):
            open_buffer(tmp_path)

    asyncio.run(scenario())


def test_a_file_damaged_while_running_is_replaced_and_nothing_waiting_is_lost(
    tmp_path, buffer_in, caplog
):
    async def scenario():
        async with buffer_in(tmp_path) as buffer:
            await buffer.append(numbered(0, 5), {"kept": b"1"})
            await buffer.flush()
            epoch = buffer.epoch
            for name in ("buffer.db", "buffer.db-wal"):
                path = tmp_path / name
                with path.open("r+b") as file:
                    file.write(b"\xff" * path.stat().st_size)
            (tmp_path / "buffer.db-shm").write_bytes(b"\0" * 32768)
            await buffer.append(numbered(5, 9))
            await buffer.flush()
            return epoch, buffer.epoch, numbers(await buffer.oldest(9))

    before, after, found = asyncio.run(scenario())
    assert before != after
    assert found == [5, 6, 7, 8]
    assert "set aside" in caplog.text

    async def restart():
        async with buffer_in(tmp_path) as buffer:
            return buffer.state("")

    assert asyncio.run(restart()) == {"kept": b"1"}
