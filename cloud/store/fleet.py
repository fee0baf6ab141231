"""What is known of each gateway: contact, totals, holes, and what was put aside."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from cloud.store.bulk import fetch
from cloud.store.database import Connection
from cloud.store.schema import batch, epoch, gateway, node, quarantine

_MOST_HOLES: Final = 20


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One gateway with the sums over its epochs."""

    id: int
    slug: str
    node_path: str
    node_name: str
    last_contact_ms: int | None
    status: str | None
    clone_notice: str | None
    epochs: int
    produced: int
    delivered: int
    declared_lost: int
    rejected: int
    resent: int
    unreceived_batches: int


@dataclass(frozen=True, slots=True)
class Hole:
    """Batches of an epoch that never arrived, first and last."""

    epoch: str
    first: int
    last: int


def rows(connection: Connection) -> list[FleetRow]:
    """Return every gateway by slug."""
    e = epoch.c

    def total(expression: ColumnElement[int]) -> ColumnElement[int]:
        return func.coalesce(func.sum(expression), 0)

    query = (
        select(
            gateway.c.id,
            gateway.c.slug,
            node.c.path,
            node.c.name,
            gateway.c.last_contact_ms,
            gateway.c.status,
            gateway.c.clone_notice,
            func.count(e.id),
            total(e.produced),
            total(e.delivered),
            total(e.declared_lost),
            total(e.rejected),
            total(e.resent),
            total(e.highest_seq - e.batches),
        )
        .join_from(gateway, node, gateway.c.node_id == node.c.id)
        .outerjoin(epoch, e.gateway_id == gateway.c.id)
        .group_by(gateway.c.id, node.c.path, node.c.name)
        .order_by(gateway.c.slug)
    )
    found = connection.execute(query)
    return [FleetRow(*row[:7], *map(int, row[7:])) for row in found]


def newest_at_ms(connection: Connection, gateway_id: int) -> int | None:
    """Return the instant of the gateway's newest stored reading."""
    query = select(func.max(batch.c.last_at_ms)).where(batch.c.gateway_id == gateway_id)
    found: int | None = connection.execute(query).scalar()
    return found


def holes(connection: Connection, gateway_id: int) -> list[Hole]:
    """Return the batches that are missing in the gateway's epochs, oldest first."""
    found = fetch(
        connection,
        "SELECT epoch, previous + 1, seq - 1 FROM ("
        " SELECT e.epoch AS epoch, e.id AS id, b.seq AS seq, coalesce("
        "  lag(b.seq) OVER (PARTITION BY b.epoch_id ORDER BY b.seq), 0) AS previous"
        " FROM batch b JOIN epoch e ON e.id = b.epoch_id"
        " WHERE e.gateway_id = ? AND e.highest_seq > e.batches"
        ") AS steps WHERE seq > previous + 1 ORDER BY id, seq LIMIT ?",
        (gateway_id, _MOST_HOLES),
    )
    return [Hole(str(name), int(first), int(last)) for name, first, last in found]


def put_aside(connection: Connection, gateway_id: int) -> list[tuple[int, str]]:
    """Return (seq, reason) of the newest batches that were put aside."""
    q = quarantine.c
    found = connection.execute(
        select(q.seq, q.reason)
        .where(q.gateway_id == gateway_id)
        .order_by(q.id.desc())
        .limit(_MOST_HOLES)
    )
    return [(int(row.seq), str(row.reason)) for row in found]
