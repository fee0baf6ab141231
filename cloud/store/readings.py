"""Raw readings: kept as the sealed batches they came in, read as columns."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from cloud.store.database import Connection
from cloud.store.schema import batch, inventory, rejected_row
from contract.batch import unseal

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """Readings as columns of one length, in the order they were received."""

    point_ids: NDArray[np.int32]
    at_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.point_ids)

    def where(self, mask: Bools) -> "ReadingColumns":
        """Return the readings that `mask` marks."""
        return ReadingColumns(
            self.point_ids[mask],
            self.at_ms[mask],
            self.values[mask],
            self.quality[mask],
        )


def read(
    connection: Connection, gateway_id: int, from_ms: int, to_ms: int
) -> ReadingColumns:
    """Return the accepted readings of a gateway with ``from_ms <= at < to_ms``."""
    b = batch.c
    rows = connection.execute(
        select(b.id, b.inventory_id, b.rejected, b.payload)
        .where(
            b.gateway_id == gateway_id, b.last_at_ms >= from_ms, b.first_at_ms < to_ms
        )
        .order_by(b.id)
    ).all()
    point_ids = _point_ids(connection, {row.inventory_id for row in rows})
    refused = _refused(connection, [row.id for row in rows if row.rejected])
    parts = [
        _decode(row.payload, point_ids[row.inventory_id], refused.get(row.id))
        for row in rows
    ]
    if not parts:
        return _empty()
    found = _joined(parts)
    return found.where((found.at_ms >= from_ms) & (found.at_ms < to_ms))


def _decode(
    payload: bytes, point_ids: NDArray[np.int32], refused: list[int] | None
) -> ReadingColumns:
    sealed = unseal(zlib.decompress(payload))
    places = np.asarray(sealed.points, dtype=np.int64)
    keep = places < len(point_ids)
    if refused:
        keep[refused] = False
    return ReadingColumns(
        point_ids[np.where(keep, places, 0)],
        np.asarray(sealed.at_ms, dtype=np.int64),
        np.asarray(sealed.values, dtype=np.float64),
        np.frombuffer(sealed.quality, dtype=np.uint8),
    ).where(keep)


def _point_ids(
    connection: Connection, inventory_ids: set[int]
) -> dict[int, NDArray[np.int32]]:
    i = inventory.c
    rows = connection.execute(
        select(i.id, i.point_ids).where(i.id.in_(sorted(inventory_ids)))
    )
    return {row.id: np.frombuffer(row.point_ids, dtype="<i4") for row in rows}


def _refused(connection: Connection, batch_ids: list[int]) -> dict[int, list[int]]:
    refused: dict[int, list[int]] = {}
    for start in range(0, len(batch_ids), 500):
        some = batch_ids[start : start + 500]
        r = rejected_row.c
        for batch_id, row in connection.execute(
            select(r.batch_id, r.row).where(r.batch_id.in_(some))
        ):
            refused.setdefault(batch_id, []).append(row)
    return refused


def _joined(parts: list[ReadingColumns]) -> ReadingColumns:
    return ReadingColumns(
        np.concatenate([part.point_ids for part in parts]),
        np.concatenate([part.at_ms for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.quality for part in parts]),
    )


def _empty() -> ReadingColumns:
    return ReadingColumns(
        np.empty(0, np.int32),
        np.empty(0, np.int64),
        np.empty(0, np.float64),
        np.empty(0, np.uint8),
    )
