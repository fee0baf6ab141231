"""What is stored: every method is one transaction, called on the writer's thread."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from contract.batch import Batch, seal
from contract.inventory import Inventory
from gateway.buffer.columns import Portion, Rows, State
from gateway.buffer.figures import Totals, read_totals

Key = tuple[str, int]
"""Epoch and seq of a batch."""

_CHECKPOINT_BYTES: Final = 2 * 1024 * 1024
_ROW_BYTES: Final = 24
_PAGE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Origin:
    """What every batch of this daemon carries."""

    gateway: str
    boot_id: str
    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed batch on disk."""

    epoch: str
    seq: int
    inventory: str
    rows: int
    sealed: bytes

    @property
    def key(self) -> Key:
        """Epoch and seq."""
        return self.epoch, self.seq


@dataclass(frozen=True, slots=True)
class Instant:
    """When something is committed, by both clocks."""

    at_ms: int
    monotonic_ms: int


@dataclass(frozen=True, slots=True)
class Loss:
    """Readings that had to be dropped, and why."""

    at_ms: int
    rows: int
    reason: str


class Ledger:
    """The transactions of one epoch.

    Attributes:
        epoch: 32 hex digits, chosen at random.
        unsent: Number of batches that wait to be sent.
    """

    def __init__(self, connection: sqlite3.Connection, origin: Origin) -> None:
        self.epoch = secrets.token_hex(16)
        self._connection = connection
        self._origin = origin
        self._seq = 0
        self._produced = 0
        self._declared = 0
        self._logged_bytes = 0
        self.unsent = self._count_unsent()

    def commit(
        self, portion: Portion, losses: Sequence[Loss], instant: Instant
    ) -> None:
        """Seal and store `portion` and declare `losses`, all or nothing."""
        lost = sum(loss.rows for loss in losses)
        produced, declared = self._produced + lost, self._declared + lost
        sealed: list[tuple[object, ...]] = []
        for seq, rows in enumerate(portion.batches, self._seq + 1):
            counts = seq, produced, declared
            sealed.append(self._row(rows, counts, instant))
            produced += len(rows)
        with self._transaction():
            self._write_epoch(produced, declared, instant)
            self._write_batches(sealed)
            self._write_state(portion.state)
            self._write_losses(losses)
        self._seq += len(sealed)
        self.unsent += len(sealed)
        self._produced, self._declared = produced, declared
        self._logged_bytes += portion.rows * _ROW_BYTES

    def oldest(self, batches: int) -> list[Stored]:
        """Return up to `batches` that wait to be sent, oldest first."""
        rows = self._connection.execute(
            "SELECT epoch, seq, inventory, rows, sealed FROM batch"
            " WHERE parked IS NULL ORDER BY id LIMIT ?",
            (batches,),
        )
        return [Stored(*row) for row in rows]

    def settle(
        self, acknowledged: Mapping[Key, int], parked: Mapping[Key, str], at_ms: int
    ) -> None:
        """Forget what the cloud has, and set aside what it will not take.

        Args:
            acknowledged: Number of rejected rows of each batch the cloud has.
            parked: The reason for each batch that is not to be sent again.
        """
        with self._transaction():
            self._connection.executemany(
                "UPDATE epoch SET delivered = delivered + held.rows,"
                " rejected = rejected + :rejected, acknowledged_ms = :at_ms FROM"
                " (SELECT rows FROM batch WHERE epoch = :epoch AND seq = :seq) AS held"
                " WHERE epoch.epoch = :epoch",
                [
                    {"epoch": epoch, "seq": seq, "rejected": count, "at_ms": at_ms}
                    for (epoch, seq), count in acknowledged.items()
                ],
            )
            self._connection.executemany(
                "DELETE FROM batch WHERE epoch = ? AND seq = ?", acknowledged
            )
            self._connection.executemany(
                "UPDATE batch SET parked = ? WHERE epoch = ? AND seq = ?",
                [(reason, *key) for key, reason in parked.items()],
            )
        self.unsent = self._count_unsent()
        self._logged_bytes += _PAGE_BYTES * len(acknowledged)

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database once it has grown long."""
        if self._logged_bytes >= _CHECKPOINT_BYTES:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self._logged_bytes = 0

    def shrink(self) -> None:
        """Move all of the write-ahead log into the database and give its room back."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def unpark(self, reason: str) -> None:
        """Send again what was parked for `reason`."""
        with self._transaction():
            self._connection.execute(
                "UPDATE batch SET parked = NULL WHERE parked = ?", (reason,)
            )
        self.unsent = self._count_unsent()

    def inventories(self, hashes: Iterable[str]) -> tuple[Inventory, ...]:
        """Return the inventories named, as far as they are held."""
        if self._origin.inventory.hash in (wanted := set(hashes)):
            held = [self._origin.inventory.to_bytes()]
            wanted.remove(self._origin.inventory.hash)
        else:
            held = []
        for name in wanted:
            held += [
                body
                for (body,) in self._connection.execute(
                    "SELECT body FROM inventory WHERE hash = ?", (name,)
                )
            ]
        return tuple(map(Inventory.from_bytes, held))

    def state(self) -> dict[str, bytes]:
        """Return all state."""
        return dict(self._connection.execute("SELECT name, value FROM state"))

    def totals(self) -> Totals:
        """Return the figures over all epochs."""
        return read_totals(self._connection)

    def has_declared(self, reason: str) -> bool:
        """Return whether a loss was declared for exactly this reason."""
        found = self._connection.execute(
            "SELECT 1 FROM loss WHERE reason = ?", (reason,)
        )
        return found.fetchone() is not None

    def free_bytes(self) -> int:
        """Return how much fits into the file before it grows."""
        (pages,) = self._connection.execute("PRAGMA freelist_count").fetchone()
        (size,) = self._connection.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(size)

    def close(self) -> None:
        """Close the connection, which checkpoints."""
        self._connection.close()

    def _row(
        self, rows: Rows, counts: tuple[int, int, int], instant: Instant
    ) -> tuple[object, ...]:
        seq, produced, declared = counts
        sealed = seal(
            Batch(
                gateway=self._origin.gateway,
                epoch=self.epoch,
                seq=seq,
                sealed_at_ms=instant.at_ms,
                monotonic_ms=instant.monotonic_ms,
                boot_id=self._origin.boot_id,
                inventory=self._origin.inventory.hash,
                rows_before=produced,
                declared_before=declared,
                points=rows.points,
                at_ms=rows.at_ms,
                values=rows.values,
                quality=rows.quality,
            )
        )
        name = self._origin.inventory.hash
        return self.epoch, seq, name, len(rows), min(rows.at_ms), sealed

    def _count_unsent(self) -> int:
        (batches,) = self._connection.execute(
            "SELECT count(*) FROM batch WHERE parked IS NULL"
        ).fetchone()
        return int(batches)

    def _write_epoch(self, produced: int, declared: int, instant: Instant) -> None:
        if not self._seq:
            inventory = self._origin.inventory
            self._connection.execute(
                "INSERT OR IGNORE INTO inventory VALUES (?, ?)",
                (inventory.hash, inventory.to_bytes()),
            )
        self._connection.execute(
            "INSERT INTO epoch(epoch, first_ms, last_ms, produced, declared)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " last_ms = excluded.last_ms, produced = excluded.produced,"
            " declared = excluded.declared",
            (self.epoch, instant.at_ms, instant.at_ms, produced, declared),
        )

    def _write_batches(self, sealed: Sequence[tuple[object, ...]]) -> None:
        self._connection.executemany(
            "INSERT INTO batch(epoch, seq, inventory, rows, first_at_ms, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            sealed,
        )

    def _write_state(self, state: State) -> None:
        self._connection.executemany(
            "INSERT INTO state VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value",
            [(name, value) for name, value in state.items() if value is not None],
        )
        self._connection.executemany(
            "DELETE FROM state WHERE name = ?",
            [(name,) for name, value in state.items() if value is None],
        )

    def _write_losses(self, losses: Sequence[Loss]) -> None:
        self._connection.executemany(
            "INSERT INTO loss(epoch, at_ms, rows, reason) VALUES (?, ?, ?, ?)",
            [(self.epoch, loss.at_ms, loss.rows, loss.reason) for loss in losses],
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
