"""The buffer's figures: totals over all epochs, and how long it will hold."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.buffer.database import FILE_NAME, UnusableError, is_damage

_READING_BYTES: Final = 24
_HOUR_MS: Final = 3_600_000
_LEAST_SPAN_MS: Final = 300_000
"""Of an epoch that tells how many readings come in an hour."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Readings of all epochs: produced = delivered + declared_lost + pending.

    Attributes:
        produced: Ever made by this buffer, those dropped included.
        rejected: Part of `delivered` that the cloud refused, row by row.
        batches: That wait on disk, parked ones included.
        parked: Batches that are not sent again by themselves.
        stored_bytes: Size of the batches that wait.
        oldest_at_ms: Instant of the oldest reading that waits.
        per_hour: Readings per hour over the newest epoch long enough to tell.
        last_contact_ms: When the cloud last acknowledged a batch.
    """

    produced: int
    delivered: int
    declared_lost: int
    rejected: int
    batches: int
    parked: int
    stored_bytes: int
    oldest_at_ms: int | None
    per_hour: float | None
    last_contact_ms: int | None

    @property
    def pending(self) -> int:
        """Readings committed and not yet acknowledged."""
        return self.produced - self.delivered - self.declared_lost


def read_totals(connection: sqlite3.Connection) -> Totals:
    """Return the totals in the database behind `connection`."""
    produced, delivered, declared, rejected = connection.execute(
        "SELECT coalesce(sum(produced), 0), coalesce(sum(delivered), 0),"
        " coalesce(sum(declared), 0), coalesce(sum(rejected), 0) FROM epoch"
    ).fetchone()
    batches, parked, stored_bytes, oldest_at_ms = connection.execute(
        "SELECT count(*), count(parked), coalesce(sum(rows), 0) * 24,"
        " min(first_at_ms) FROM batch"
    ).fetchone()
    telling = connection.execute(
        "SELECT produced, last_ms - first_ms FROM epoch"
        " WHERE last_ms - first_ms >= ? ORDER BY last_ms DESC LIMIT 1",
        (_LEAST_SPAN_MS,),
    ).fetchone()
    (last_contact_ms,) = connection.execute(
        "SELECT max(acknowledged_ms) FROM epoch"
    ).fetchone()
    per_hour = None if telling is None else telling[0] * _HOUR_MS / telling[1]
    return Totals(
        produced=produced,
        delivered=delivered,
        declared_lost=declared,
        rejected=rejected,
        batches=batches,
        parked=parked,
        stored_bytes=stored_bytes,
        oldest_at_ms=oldest_at_ms,
        per_hour=per_hour,
        last_contact_ms=last_contact_ms,
    )


def hours_left(totals: Totals, free_bytes: int) -> float | None:
    """Return for how long the buffer takes readings at today's rate. [h]."""
    if not totals.per_hour:
        return None
    return free_bytes / (_READING_BYTES * totals.per_hour)


def totals_at_rest(data_dir: Path) -> tuple[Totals, int]:
    """Return the totals of a gateway that is not running, and the free bytes.

    Raises:
        UnusableError: There is no readable buffer in `data_dir`.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        raise UnusableError(f"{path} does not exist; this gateway has not run yet")
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            totals = read_totals(connection)
    except sqlite3.Error as error:
        remedy = "; the next start sets it aside" if is_damage(error) else ""
        raise UnusableError(f"{path} cannot be read: {error}{remedy}") from error
    return totals, shutil.disk_usage(data_dir).free
