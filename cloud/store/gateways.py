"""Gateways as enrolled, and the epochs their daemons opened."""

from dataclasses import dataclass

from sqlalchemy import insert, or_, select, update

from cloud.store.database import Connection
from cloud.store.schema import epoch, gateway, node


@dataclass(frozen=True, slots=True)
class GatewayRow:
    """One enrolled gateway and the node it serves."""

    id: int
    slug: str
    node_id: int
    node_path: str
    public_key: str
    epoch: str | None
    clone_notice: str | None


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One start of a gateway's daemon."""

    id: int
    epoch: str
    superseded_ms: int | None
    uploads_after_superseded: int


_COLUMNS = (
    gateway.c.id,
    gateway.c.slug,
    gateway.c.node_id,
    node.c.path,
    gateway.c.public_key,
    gateway.c.epoch,
    gateway.c.clone_notice,
)
_ALL = select(*_COLUMNS).join_from(gateway, node, gateway.c.node_id == node.c.id)


def find(connection: Connection, slug: str) -> GatewayRow | None:
    """Return the gateway called `slug`."""
    row = connection.execute(_ALL.where(gateway.c.slug == slug)).first()
    return GatewayRow(*row) if row else None


def locked(connection: Connection, gateway_id: int) -> GatewayRow:
    """Return the gateway, held until this transaction ends."""
    row = connection.execute(
        _ALL.where(gateway.c.id == gateway_id).with_for_update(of=gateway)
    ).one()
    return GatewayRow(*row)


def every(connection: Connection) -> list[GatewayRow]:
    """Return all gateways by slug."""
    rows = connection.execute(_ALL.order_by(gateway.c.slug))
    return [GatewayRow(*row) for row in rows]


def overlapping(connection: Connection, path: str) -> GatewayRow | None:
    """Return a gateway whose node is, is above or is below the node at `path`."""
    above = [path[:end] for end, letter in enumerate(path) if letter == "/"]
    row = connection.execute(
        _ALL.where(
            or_(
                node.c.path.in_([path, *above]),
                node.c.path.startswith(path + "/", autoescape=True),
            )
        )
    ).first()
    return GatewayRow(*row) if row else None


def add(
    connection: Connection, slug: str, node_id: int, public_key: str, now_s: int
) -> None:
    """Enrol a gateway."""
    values = {"slug": slug, "node_id": node_id, "public_key": public_key}
    connection.execute(insert(gateway).values(**values, created_s=now_s))


def set_key(connection: Connection, gateway_id: int, public_key: str) -> None:
    """Give the gateway another key."""
    connection.execute(
        update(gateway)
        .where(gateway.c.id == gateway_id)
        .values(public_key=public_key, clone_notice=None)
    )


def heard(connection: Connection, gateway_id: int, now_ms: int, status: str) -> None:
    """Note a contact and what the gateway said of itself."""
    connection.execute(
        update(gateway)
        .where(gateway.c.id == gateway_id)
        .values(last_contact_ms=now_ms, status=status)
    )


def set_epoch(connection: Connection, gateway_id: int, name: str) -> None:
    """Make `name` the current epoch."""
    connection.execute(
        update(gateway).where(gateway.c.id == gateway_id).values(epoch=name)
    )


def notice(connection: Connection, gateway_id: int, text: str) -> None:
    """Say why two holders of the gateway's identity are suspected."""
    connection.execute(
        update(gateway).where(gateway.c.id == gateway_id).values(clone_notice=text)
    )


def epochs(connection: Connection, gateway_id: int) -> dict[str, EpochRow]:
    """Return the gateway's epochs by name."""
    e = epoch.c
    rows = connection.execute(
        select(e.id, e.epoch, e.superseded_ms, e.uploads_after_superseded).where(
            e.gateway_id == gateway_id
        )
    )
    return {row.epoch: EpochRow(*row) for row in rows}


def add_epoch(
    connection: Connection,
    gateway_id: int,
    name: str,
    now_ms: int,
    *,
    superseded: bool = False,
) -> EpochRow:
    """Add an epoch; a superseded one is known from its batches only."""
    superseded_ms = now_ms if superseded else None
    result = connection.execute(
        insert(epoch).values(
            gateway_id=gateway_id,
            epoch=name,
            first_seen_ms=now_ms,
            superseded_ms=superseded_ms,
        )
    )
    (row_id,) = result.inserted_primary_key or (0,)
    return EpochRow(int(row_id), name, superseded_ms, 0)


def supersede(connection: Connection, gateway_id: int, now_ms: int) -> None:
    """End every epoch of the gateway that has not ended."""
    connection.execute(
        update(epoch)
        .where(epoch.c.gateway_id == gateway_id, epoch.c.superseded_ms.is_(None))
        .values(superseded_ms=now_ms)
    )


def count_late_upload(connection: Connection, epoch_id: int) -> int:
    """Count an upload of a superseded epoch; return how many there were."""
    late = epoch.c.uploads_after_superseded
    connection.execute(
        update(epoch)
        .where(epoch.c.id == epoch_id)
        .values(uploads_after_superseded=late + 1)
    )
    query = select(late).where(epoch.c.id == epoch_id)
    return int(connection.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one upload brought of one epoch.

    Attributes:
        produced: Readings of the epoch up to its highest batch here.
        declared_lost: Readings of the epoch declared lost up to there.
        rows, rejected: Readings in the batches, and how many of them were refused.
        resent: Batches that were known already.
    """

    produced: int = 0
    declared_lost: int = 0
    rows: int = 0
    rejected: int = 0
    batches: int = 0
    highest_seq: int = 0
    resent: int = 0


def count(connection: Connection, epoch_id: int, arrived: Arrived) -> None:
    """Add what arrived to the epoch's figures; what was produced never sinks."""
    e = epoch.c
    before = connection.execute(
        select(e.produced, e.declared_lost, e.highest_seq).where(e.id == epoch_id)
    ).one()
    connection.execute(
        update(epoch)
        .where(e.id == epoch_id)
        .values(
            produced=max(before.produced, arrived.produced),
            declared_lost=max(before.declared_lost, arrived.declared_lost),
            highest_seq=max(before.highest_seq, arrived.highest_seq),
            delivered=e.delivered + arrived.rows,
            rejected=e.rejected + arrived.rejected,
            batches=e.batches + arrived.batches,
            resent=e.resent + arrived.resent,
        )
    )
