"""Ingest into SQLite, signature to receipt, beside a bare executemany with a key."""

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
_CATCHING_UP: Final = 50
"""Batches an upload, after an outage."""


def rows() -> Sequence[Row]:
    """Return rows for one batch and for ten batches in an upload, and for a replay."""
    return [_against_bare(1), _against_bare(10), _replay()]


def _against_bare(per_upload: int) -> Row:
    uploads = made(_BATCHES, per_upload)
    ours, peer = medians(
        _ROUNDS,
        lambda: _sent(uploads)[0],
        lambda: _bare(uploads, per_upload * MAX_ROWS),
    )
    return Row(
        f"ingest, SQLite FULL, {per_upload * MAX_ROWS:,} rows an upload",
        f"{ours:,.0f} rows/s",
        f"{peer:,.0f} bare executemany with key",
        ours / peer,
        0.5,
    )


def _replay() -> Row:
    uploads = made(_BATCHES, _CATCHING_UP)
    sends = [_sent(uploads) for _ in range(_ROUNDS)]
    first = median(first for first, _ in sends)
    again = median(again for _, again in sends)
    return Row(
        f"ingest, known batches again, {_CATCHING_UP * MAX_ROWS:,} rows an upload",
        f"{again:,.0f} rows/s",
        f"{first:,.0f} sent for the first time",
        again / first,
        3.0,
    )


def _sent(uploads: Uploads) -> tuple[float, float]:
    with folder() as here:
        first, again = ingested(f"sqlite:///{here}/cloud.db", uploads, sends=2)
    return first, again


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
