"""The newest values and the points they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from cloud.store.database import Connection
from cloud.store.schema import device, newest, point


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point with what its device says about it."""

    id: int
    node_id: int
    device_id: int
    gateway_id: int | None
    quantity: str
    role: str
    simulated: bool
    interval_s: int


def points(connection: Connection) -> list[PointRow]:
    """Return every point."""
    rows = connection.execute(
        select(
            point.c.id,
            point.c.node_id,
            point.c.device_id,
            point.c.gateway_id,
            point.c.quantity,
            device.c.role,
            device.c.simulated,
            device.c.reporting_interval_s,
        ).join_from(point, device, point.c.device_id == device.c.id)
    )
    return [PointRow(*row) for row in rows]


def main_meter_nodes(connection: Connection) -> frozenset[int]:
    """Return the nodes that have a main meter of their own, by id."""
    rows = connection.execute(
        select(device.c.node_id).where(
            device.c.role == "main", device.c.simulated.is_(False)
        )
    )
    return frozenset(row.node_id for row in rows)


def point_count(connection: Connection) -> tuple[int, int]:
    """Return how many points there are and the highest id."""
    query = select(func.count(), func.coalesce(func.max(point.c.id), 0)).select_from(
        point
    )
    count, highest = connection.execute(query).one()
    return int(count), int(highest)


def newest_values(
    connection: Connection, since_ms: int
) -> Sequence[tuple[int, int, float]]:
    """Return (point, at_ms, value) of each point heard from since `since_ms`.

    It is asked for every couple of seconds with a row for each point: no ORM here.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_newest(connection), (since_ms,))
        rows: Sequence[tuple[int, int, float]] = cursor.fetchall()
    finally:
        cursor.close()
    return rows


def _newest(connection: Connection) -> str:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return f"SELECT point_id, at_ms, value FROM {newest.name} WHERE at_ms >= {mark}"  # noqa: S608 the mark is one of ours
