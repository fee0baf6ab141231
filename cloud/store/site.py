"""The site model: nodes and their timetables."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cloud.store import settings
from cloud.store.campus import CHANGED
from cloud.store.database import Connection
from cloud.store.schema import node, timetable_slot


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node, as it stands in its table."""

    id: int
    parent_id: int | None
    kind: str
    slug: str
    path: str
    name: str
    timezone: str | None
    area_m2: float | None
    capacity: int | None
    room_type: str | None


_COLUMNS = (
    node.c.id,
    node.c.parent_id,
    node.c.kind,
    node.c.slug,
    node.c.path,
    node.c.name,
    node.c.timezone,
    node.c.area_m2,
    node.c.capacity,
    node.c.room_type,
)


def nodes(connection: Connection) -> list[NodeRow]:
    """Return every node, parents before their children."""
    rows = connection.execute(select(*_COLUMNS).order_by(node.c.path))
    return [NodeRow(*tuple(row)) for row in rows]


def node_count(connection: Connection) -> int:
    """Return how many nodes there are."""
    return int(connection.execute(select(func.count()).select_from(node)).scalar_one())


def version(connection: Connection) -> tuple[int, int, str | None]:
    """Return what changes whenever the site model does."""
    query = select(func.count(), func.coalesce(func.max(node.c.id), 0)).select_from(
        node
    )
    count, highest = connection.execute(query).one()
    return int(count), int(highest), settings.get(connection, CHANGED)


def slots(connection: Connection, node_id: int) -> list[tuple[int, str, str]]:
    """Return the node's timetable as (day, start, end)."""
    table = timetable_slot.c
    rows = connection.execute(
        select(table.day, table.start, table.end)
        .where(table.node_id == node_id)
        .order_by(table.day, table.start)
    )
    return [(int(day), str(start), str(end)) for day, start, end in rows]
