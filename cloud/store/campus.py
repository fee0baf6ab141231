"""Writing the site model: nodes and timetables are added and renamed, never deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from secrets import token_hex
from time import time
from typing import Final

from sqlalchemy import delete, insert, select, update

from cloud.store import settings
from cloud.store.database import Connection
from cloud.store.schema import node, timetable_slot

CHANGED: Final = "site_model_changed"
"""Setting whose value changes with every change to the site model."""

Weekly = tuple[int, str, str]
"""Day (0 is Monday), start and end as "HH:MM", local."""


@dataclass(frozen=True, slots=True)
class NodeValues:
    """What is said of a node; None leaves what is held."""

    kind: str
    name: str
    timezone: str | None = None
    area_m2: float | None = None
    capacity: int | None = None
    room_type: str | None = None
    base_load_kw: float | None = None
    connection_limit_kw: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    country: str | None = None
    subdivision: str | None = None


def described(connection: Connection) -> dict[str, NodeValues]:
    """Return what is said of every node, by path, parents before their children."""
    columns = [node.c[field.name] for field in fields(NodeValues)]
    rows = connection.execute(select(node.c.path, *columns).order_by(node.c.path))
    return {row.path: NodeValues(*row[1:]) for row in rows}


def node_ids(connection: Connection) -> dict[str, int]:
    """Return the id of every node by path."""
    rows = connection.execute(select(node.c.path, node.c.id))
    return {row.path: row.id for row in rows}


def add_node(
    connection: Connection, path: str, parent_id: int | None, values: NodeValues
) -> int:
    """Add a node and return its id."""
    result = connection.execute(
        insert(node).values(
            path=path,
            parent_id=parent_id,
            slug=path.rpartition("/")[2],
            created_s=int(time()),
            **asdict(values),
        )
    )
    (node_id,) = result.inserted_primary_key or (0,)
    return int(node_id)


def update_node(connection: Connection, node_id: int, values: NodeValues) -> None:
    """Replace what is said of a node by what `values` says."""
    said = {name: value for name, value in asdict(values).items() if value is not None}
    connection.execute(update(node).where(node.c.id == node_id).values(**said))


def set_timetable(
    connection: Connection, node_id: int, slots: Sequence[Weekly]
) -> None:
    """Replace the node's timetable."""
    t = timetable_slot
    connection.execute(delete(t).where(t.c.node_id == node_id))
    if slots:
        rows = [
            {"node_id": node_id, "day": day, "start": start, "end": end}
            for day, start, end in slots
        ]
        connection.execute(insert(t), rows)


def note_change(connection: Connection) -> None:
    """Say that the site model is another one now."""
    settings.put(connection, CHANGED, token_hex(8))


def connection_limit_kw(connection: Connection, node_id: int) -> float | None:
    """Return what a node's connection to the grid carries, if it is known. [kW]."""
    query = select(node.c.connection_limit_kw).where(node.c.id == node_id)
    limit_kw: float | None = connection.execute(query).scalar()
    return limit_kw


def timetables(connection: Connection, path: str) -> dict[str, list[Weekly]]:
    """Return the timetables of the nodes below `path`, by path below it."""
    t = timetable_slot.c
    rows = connection.execute(
        select(node.c.path, t.day, t.start, t.end)
        .join_from(node, timetable_slot, t.node_id == node.c.id)
        .where(node.c.path.startswith(path + "/", autoescape=True))
        .order_by(node.c.path, t.day, t.start)
    )
    found: dict[str, list[Weekly]] = {}
    for node_path, day, start, end in rows:
        below = node_path[len(path) + 1 :]
        found.setdefault(below, []).append((int(day), str(start), str(end)))
    return found
