"""Marks on 15-minute intervals whose totals must be made again."""

from collections.abc import Iterable
from time import time_ns
from typing import Final

from sqlalchemy import func, select

from cloud.store.bulk import execute_many, fetch
from cloud.store.database import Connection
from cloud.store.schema import dirty, dirty_node

_ALL: Final = 2**31 - 1
Mark = tuple[int, int]
"""First instant of the interval [s] and when it was marked [ns]."""


def mark_gateway(
    connection: Connection, gateway_id: int, starts_s: Iterable[int]
) -> None:
    """Mark intervals in which readings of the gateway have changed."""
    now_ns = time_ns()
    execute_many(
        connection,
        "INSERT INTO dirty (gateway_id, start_s, marked_ns) VALUES (?, ?, ?)"
        " ON CONFLICT (gateway_id, start_s) DO UPDATE SET marked_ns ="
        " excluded.marked_ns",
        [(gateway_id, int(start), now_ns) for start in starts_s],
    )


def mark_node(connection: Connection, node_id: int, starts_s: Iterable[int]) -> None:
    """Mark intervals in which a node's children, or its posted readings, changed."""
    now_ns = time_ns()
    execute_many(
        connection,
        "INSERT INTO dirty_node (node_id, start_s, marked_ns) VALUES (?, ?, ?)"
        " ON CONFLICT (node_id, start_s) DO UPDATE SET marked_ns ="
        " excluded.marked_ns",
        [(node_id, int(start), now_ns) for start in starts_s],
    )


def marked_gateways(connection: Connection) -> list[int]:
    """Return the gateways that have marks."""
    return list(connection.execute(select(dirty.c.gateway_id).distinct()).scalars())


def marked_nodes(connection: Connection) -> list[int]:
    """Return the nodes that have marks."""
    return list(connection.execute(select(dirty_node.c.node_id).distinct()).scalars())


def gateway_marks(connection: Connection, gateway_id: int, limit: int) -> list[Mark]:
    """Return the gateway's oldest marks, oldest interval first."""
    rows = fetch(
        connection,
        "SELECT start_s, marked_ns FROM dirty WHERE gateway_id = ?"
        " ORDER BY start_s LIMIT ?",
        (gateway_id, limit),
    )
    return [(int(start), int(marked)) for start, marked in rows]


def node_marks(connection: Connection, node_id: int, limit: int) -> list[Mark]:
    """Return the node's oldest marks, oldest interval first."""
    rows = fetch(
        connection,
        "SELECT start_s, marked_ns FROM dirty_node WHERE node_id = ?"
        " ORDER BY start_s LIMIT ?",
        (node_id, limit),
    )
    return [(int(start), int(marked)) for start, marked in rows]


def clear_gateway(
    connection: Connection, gateway_id: int, marks: Iterable[Mark]
) -> None:
    """Take off these marks, but not ones that were set anew meanwhile."""
    execute_many(
        connection,
        "DELETE FROM dirty WHERE gateway_id = ? AND start_s = ? AND marked_ns = ?",
        [(gateway_id, *mark) for mark in marks],
    )


def clear_node(connection: Connection, node_id: int, marks: Iterable[Mark]) -> None:
    """Take off these marks, but not ones that were set anew meanwhile."""
    execute_many(
        connection,
        "DELETE FROM dirty_node WHERE node_id = ? AND start_s = ? AND marked_ns = ?",
        [(node_id, *mark) for mark in marks],
    )


def hand_over(connection: Connection, node_id: int, gateway_id: int) -> None:
    """Make a node's marks the gateway's, which sums the node."""
    taken = node_marks(connection, node_id, _ALL)
    mark_gateway(connection, gateway_id, [start for start, _ in taken])
    clear_node(connection, node_id, taken)


def count(connection: Connection) -> int:
    """Return how many marks there are."""
    total = 0
    for table in (dirty, dirty_node):
        query = select(func.count()).select_from(table)
        total += int(connection.execute(query).scalar_one())
    return total
