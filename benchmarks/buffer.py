"""The buffer, in SQLite WAL with FULL sync, beside raw executemany of the same rows."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.row import Row, folder, medians
from contract.batch import MAX_ROWS
from contract.interval import to_ms
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import Reading
from gateway.buffer import Buffer, Origin
from gateway.clock import SystemClock

POLL_ROWS_PER_S: Final = 210.0
"""What a whole campus of 1,260 rooms gives, ten points a minute each."""

_BATCHES: Final = 200
_ROUNDS: Final = 5
_PER_COMMIT: Final = 4 * MAX_ROWS
_DRAIN_AT_ONCE: Final = 50
_QUANTITIES: Final = tuple(Quantity)[:10]


def rows() -> Sequence[Row]:
    """Return the rows for filling and draining."""
    inventory, readings = sample(_BATCHES * MAX_ROWS)
    index = inventory.index
    columns = [(index[r.point], to_ms(r.at), r.value, 0) for r in readings]
    drained: list[float] = []

    def ours() -> float:
        with folder() as here:
            filled, emptied = asyncio.run(_buffered(here, inventory, readings))
        drained.append(emptied)
        return filled

    def peer() -> float:
        with folder() as here:
            return _raw(here, columns)

    filled, raw = medians(_ROUNDS, ours, peer)
    drain = sorted(drained)[len(drained) // 2]
    return [
        Row(
            f"buffer: readings to disk, {_PER_COMMIT:,} a commit",
            f"{filled:,.0f} rows/s",
            f"{raw:,.0f} raw executemany",
            filled / raw,
            0.9,
        ),
        Row(
            "buffer: read out and acknowledged",
            f"{drain:,.0f} rows/s",
            f"{POLL_ROWS_PER_S:.0f} polled on a whole campus",
            drain / POLL_ROWS_PER_S,
            100,
        ),
    ]


def sample(count: int) -> tuple[Inventory, list[Reading]]:
    """Return readings of 100 devices, ten points each, and their inventory."""
    inventory = Inventory(
        tuple(
            DeviceEntry(
                f"campus/bench/room-{number}",
                "meter",
                "bench",
                Role.MAIN,
                simulated=False,
                quantities=_QUANTITIES,
            )
            for number in range(100)
        )
    )
    points = inventory.points
    start, per_poll = datetime(2026, 3, 2, tzinfo=UTC), len(_QUANTITIES)
    polls = [
        start + timedelta(milliseconds=37 * n) for n in range(count // per_poll + 1)
    ]
    return inventory, [
        Reading(points[n % len(points)], polls[n // per_poll], n % 4_000 * 0.25)
        for n in range(count)
    ]


async def _buffered(
    here: Path, inventory: Inventory, readings: Sequence[Reading]
) -> tuple[float, float]:
    """Return rows a second in, and out again."""
    buffer = Buffer(here, Origin("bench", "00" * 16, inventory), SystemClock())
    committing = asyncio.create_task(buffer.run())
    begin_s = time.perf_counter()
    for start in range(0, len(readings), MAX_ROWS):
        await buffer.append(readings[start : start + MAX_ROWS])
    await buffer.flush()
    filled_s = time.perf_counter() - begin_s
    begin_s = time.perf_counter()
    while stored := await buffer.oldest(_DRAIN_AT_ONCE):
        await buffer.settle({batch.key: 0 for batch in stored}, {})
    drained_s = time.perf_counter() - begin_s
    buffer.stop()
    await committing
    await buffer.close()
    return len(readings) / filled_s, len(readings) / drained_s


def _raw(here: Path, rows: Sequence[tuple[int, int, float, int]]) -> float:
    """Return rows a second; they are given as SQLite takes them."""
    with closing(sqlite3.connect(here / "raw.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(
            "CREATE TABLE reading (point INTEGER, at_ms INTEGER, value REAL,"
            " quality INTEGER)"
        )
        begin_s = time.perf_counter()
        for start in range(0, len(rows), _PER_COMMIT):
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO reading VALUES (?, ?, ?, ?)",
                rows[start : start + _PER_COMMIT],
            )
            connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - begin_s)


if __name__ == "__main__":
    print(rows())
