"""Ingest into SQLite, signature to receipt, beside a bare executemany with a key.

A replay is held to three times what a first send is held to, not to three times what it
reaches: sealed batches are kept as they come, so there is little a replay could save.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.row import Row, folder, medians
from benchmarks.uploads import Uploads, ingested, made
from contract.batch import MAX_ROWS

_BATCHES: Final = 200
_ROUNDS: Final = 3


def rows() -> Sequence[Row]:
    """Return rows for one batch and for ten batches in an upload, and for a replay."""
    table = []
    for per_upload in (1, 10):
        uploads = made(_BATCHES, per_upload)
        replays: list[float] = []
        ours, peer = medians(
            _ROUNDS,
            lambda: _sent(uploads, replays),  # noqa: B023 it is called at once
            lambda: _bare(uploads, per_upload * MAX_ROWS),  # noqa: B023
        )
        table.append(
            Row(
                f"ingest, SQLite FULL, {per_upload * MAX_ROWS:,} rows an upload",
                f"{ours:,.0f} rows/s",
                f"{peer:,.0f} bare executemany with key",
                ours / peer,
                0.5,
            )
        )
    replayed = median(replays)
    table.append(
        Row(
            "ingest, known batches sent again",
            f"{replayed:,.0f} rows/s",
            f"{peer:,.0f} bare executemany with key",
            replayed / peer,
            1.5,
        )
    )
    return table


def _sent(uploads: Uploads, replays: list[float]) -> float:
    with folder() as here:
        first, again = ingested(f"sqlite:///{here}/cloud.db", uploads, sends=2)
    replays.append(again)
    return first


def _bare(uploads: Uploads, per_commit: int) -> float:
    with folder() as here, closing(_opened(here / "bare.db")) as connection:
        begin_s = perf_counter()
        for start in range(0, uploads.rows, per_commit):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO reading VALUES (?, ?, ?, ?)",
                uploads.columns[start : start + per_commit],
            )
            connection.execute("COMMIT")
        return uploads.rows / (perf_counter() - begin_s)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE reading (point INTEGER, at_ms INTEGER, value REAL,"
        " quality INTEGER, PRIMARY KEY (point, at_ms)) WITHOUT ROWID"
    )
    return connection


if __name__ == "__main__":
    print(rows())
