"""What a roll-up must know of the site model: nodes, and the points that count."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cloud.store import campus, settings
from cloud.store.database import Connection
from cloud.store.schema import device, gateway, node, point


@dataclass(frozen=True, slots=True)
class Place:
    """One node and where it hangs."""

    id: int
    parent_id: int | None
    path: str
    timezone: str | None


@dataclass(frozen=True, slots=True)
class CountedPoint:
    """One point with what its device means for the node it stands at."""

    id: int
    node_id: int
    gateway_id: int
    device_id: int
    role: str
    simulated: bool
    quantity: str
    modulus_kwh: float | None


def version(connection: Connection) -> tuple[str | int | None, ...]:
    """Return what changes when the site model is added to or described anew."""
    tables = (node, gateway, device, point)
    queries = [select(func.count()).select_from(table) for table in tables]
    counts = [int(connection.execute(query).scalar_one()) for query in queries]
    return (settings.get(connection, campus.CHANGED), *counts)


def places(connection: Connection) -> list[Place]:
    """Return every node, parents before their children."""
    rows = connection.execute(
        select(node.c.id, node.c.parent_id, node.c.path, node.c.timezone).order_by(
            node.c.path
        )
    )
    return [Place(*row) for row in rows]


def counted_points(connection: Connection) -> list[CountedPoint]:
    """Return the points of every gateway."""
    p, d = point.c, device.c
    rows = connection.execute(
        select(
            p.id,
            p.node_id,
            p.gateway_id,
            d.id,
            d.role,
            d.simulated,
            p.quantity,
            p.modulus_kwh,
        )
        .join_from(point, device, p.device_id == d.id)
        .where(p.gateway_id.is_not(None))
        .order_by(p.id)
    )
    return [CountedPoint(*row) for row in rows]


def metered_nodes(connection: Connection) -> set[tuple[int, bool]]:
    """Return (node, simulated) of every node with a main meter of its own."""
    d = device.c
    rows = connection.execute(
        select(d.node_id, d.simulated).where(d.role == "main").distinct()
    )
    return {(row.node_id, bool(row.simulated)) for row in rows}
