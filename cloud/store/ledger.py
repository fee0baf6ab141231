"""The ledger of batches: what was accepted, refused or put aside."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from cloud.store.bulk import execute_many
from cloud.store.database import Connection
from cloud.store.schema import batch, epoch, rejected_row

_AHEAD_MS: Final = 60_000
"""How far a gateway's clock may be ahead of this one's and still be called right."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One accepted batch on its way into the ledger.

    Attributes:
        rejected: Rows that were refused, each with the reason.
        payload: The sealed bytes, compressed.
    """

    gateway_id: int
    epoch_id: int
    seq: int
    inventory_id: int
    rows: int
    rejected: tuple[tuple[int, str], ...]
    first_at_ms: int
    last_at_ms: int
    received_ms: int
    checksum: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """Bytes that could not be accepted, kept with the reason."""

    gateway_id: int
    epoch: str
    seq: int
    received_ms: int
    reason: str
    checksum: bytes
    payload: bytes


def known(
    connection: Connection, epoch_id: int, seqs: Sequence[int]
) -> dict[int, bytes]:
    """Return the checksums of those of the epoch's batches that were accepted."""
    b = batch.c
    rows = connection.execute(
        select(b.seq, b.checksum).where(b.epoch_id == epoch_id, b.seq.in_(seqs))
    )
    return {row.seq: row.checksum for row in rows}


def held(
    connection: Connection, gateway_id: int, keys: Collection[tuple[str, int]]
) -> dict[bytes, tuple[tuple[int, str], ...]]:
    """Return which of a gateway's batches are held, by checksum, with refused rows.

    Args:
        keys: Epoch and seq of each batch to look for.
    """
    b, e, r = batch.c, epoch.c, rejected_row.c
    seqs_of: dict[str, set[int]] = {}
    for name, seq in keys:
        seqs_of.setdefault(name, set()).add(seq)
    found: dict[bytes, tuple[tuple[int, str], ...]] = {}
    for name, seqs in seqs_of.items():
        rows = connection.execute(
            select(b.id, b.checksum, b.rejected)
            .join(epoch, e.id == b.epoch_id)
            .where(e.gateway_id == gateway_id, e.epoch == name, b.seq.in_(seqs))
        )
        for row in rows.all():
            refused = select(r.row, r.reason).where(r.batch_id == row.id)
            again = connection.execute(refused.order_by(r.row)) if row.rejected else ()
            found[row.checksum] = tuple((place, reason) for place, reason in again)
    return found


def add(connection: Connection, rows: Sequence[BatchRow]) -> None:
    """Accept batches."""
    execute_many(
        connection,
        "INSERT INTO batch (gateway_id, epoch_id, seq, inventory_id, rows, rejected,"
        " first_at_ms, last_at_ms, received_ms, checksum, payload)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_values(row) for row in rows],
    )
    for row in rows:
        if row.rejected:
            _reject(connection, row)


def _values(row: BatchRow) -> tuple[object, ...]:
    return (
        row.gateway_id,
        row.epoch_id,
        row.seq,
        row.inventory_id,
        row.rows,
        len(row.rejected),
        row.first_at_ms,
        row.last_at_ms,
        row.received_ms,
        row.checksum,
        row.payload,
    )


def _reject(connection: Connection, row: BatchRow) -> None:
    b = batch.c
    key = b.epoch_id == row.epoch_id, b.seq == row.seq
    batch_id = connection.execute(select(b.id).where(*key)).scalar_one()
    execute_many(
        connection,
        'INSERT INTO rejected_row (batch_id, "row", reason) VALUES (?, ?, ?)',
        [(batch_id, place, reason[:200]) for place, reason in row.rejected],
    )


def put_aside(connection: Connection, row: QuarantineRow) -> None:
    """Keep bytes that can't be accepted, once."""
    execute_many(
        connection,
        "INSERT INTO quarantine"
        " (gateway_id, epoch, seq, received_ms, reason, checksum, payload)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway_id, checksum) DO NOTHING",
        [
            (
                row.gateway_id,
                row.epoch,
                row.seq,
                row.received_ms,
                row.reason[:300],
                row.checksum,
                row.payload,
            )
        ],
    )


def set_newest(
    connection: Connection, rows: Iterable[tuple[int, int, float, int]], now_ms: int
) -> None:
    """Keep (point, at_ms, value, quality) where it is newer than what is held.

    What a fast clock dated ahead gives way to what is dated right.
    """
    latest_ms = now_ms + _AHEAD_MS
    execute_many(
        connection,
        "INSERT INTO newest (point_id, at_ms, value, quality) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (point_id) DO UPDATE SET at_ms = excluded.at_ms,"
        " value = excluded.value, quality = excluded.quality"
        " WHERE excluded.at_ms > newest.at_ms"
        " OR (newest.at_ms > ? AND excluded.at_ms <= ?)",
        [(*row, latest_ms, latest_ms) for row in rows],
    )
