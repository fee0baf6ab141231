"""Where each point's readings begin and end, and the long steps of its counter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cloud.store.bulk import execute, execute_many, fetch
from cloud.store.database import Connection

SPAN: Final = np.dtype(
    [
        ("point", "<i4"),
        ("first_ms", "<i8"),
        ("first", "<f8"),
        ("last_ms", "<i8"),
        ("last", "<f8"),
    ]
)
"""First and last reading of a point that a roll-up has seen."""
LONGEST_MS: Final = 400 * 86_400_000
"""A step that took longer is not followed: one wrong date must not fill decades."""

Spans = NDArray[Any]
"""Records of `SPAN`, by point."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A step of a counter that took longer than its course can be followed."""

    point_id: int
    from_ms: int
    to_ms: int
    from_value: float
    to_value: float


def spans(connection: Connection, gateway_id: int) -> Spans:
    """Return the spans of the gateway's points."""
    rows = fetch(connection, "SELECT body FROM span WHERE gateway_id = ?", [gateway_id])
    return np.frombuffer(rows[0][0] if rows else b"", dtype=SPAN)


def keep_spans(connection: Connection, gateway_id: int, kept: Spans) -> None:
    """Replace the spans of the gateway's points."""
    execute_many(
        connection,
        "INSERT INTO span (gateway_id, body) VALUES (?, ?)"
        " ON CONFLICT (gateway_id) DO UPDATE SET body = excluded.body",
        [(gateway_id, kept.tobytes())],
    )


def gaps(
    connection: Connection, gateway_id: int, from_ms: int, to_ms: int
) -> list[Gap]:
    """Return the gaps that overlap ``[from_ms, to_ms)``."""
    rows = fetch(
        connection,
        "SELECT point_id, from_ms, to_ms, from_value, to_value FROM gap"
        " WHERE gateway_id = ? AND to_ms > ? AND from_ms < ?",
        (gateway_id, from_ms, to_ms),
    )
    return [Gap(*row) for row in rows]


def replace_gaps(
    connection: Connection, gateway_id: int, closed: Iterable[Gap], new: Iterable[Gap]
) -> None:
    """Forget gaps that readings have filled, and keep new ones."""
    for gap in closed:
        execute(
            connection,
            "DELETE FROM gap WHERE point_id = ? AND from_ms = ?",
            (gap.point_id, gap.from_ms),
        )
    execute_many(
        connection,
        "INSERT INTO gap (point_id, from_ms, gateway_id, to_ms, from_value, to_value)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (point_id, from_ms) DO UPDATE SET"
        " to_ms = excluded.to_ms, from_value = excluded.from_value,"
        " to_value = excluded.to_value",
        [
            (g.point_id, g.from_ms, gateway_id, g.to_ms, g.from_value, g.to_value)
            for g in new
        ],
    )
