"""Hourly means of the three phases at main meters."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select

from cloud.store.database import Connection
from cloud.store.schema import phase_hour

COLUMNS: Final = ("l1_v", "l2_v", "l3_v", "l1_a", "l2_a", "l3_a")


@dataclass(frozen=True, slots=True)
class PhaseHours:
    """Hours of one node, oldest first.

    Attributes:
        values: One row an hour, in the order of `COLUMNS`; NaN where not known.
    """

    start_s: NDArray[np.int64]
    values: NDArray[np.float64]


def newest_s(connection: Connection, node_id: int) -> int | None:
    """Return the start of the newest hour that is kept of a node."""
    newest = select(func.max(phase_hour.c.start_s)).where(
        phase_hour.c.node_id == node_id
    )
    start_s: int | None = connection.execute(newest).scalar()
    return start_s


def put(
    connection: Connection, node_id: int, start_s: int, means: dict[str, float]
) -> None:
    """Keep an hour; what was kept of it before is replaced."""
    its = phase_hour.c.node_id == node_id, phase_hour.c.start_s == start_s
    connection.execute(delete(phase_hour).where(*its))
    connection.execute(
        insert(phase_hour).values(node_id=node_id, start_s=start_s, **means)
    )


def hours(connection: Connection, node_id: int) -> PhaseHours:
    """Return all hours that are kept of a node."""
    p = phase_hour.c
    rows = connection.execute(
        select(p.start_s, *(p[name] for name in COLUMNS))
        .where(p.node_id == node_id)
        .order_by(p.start_s)
    ).all()
    values = [
        [np.nan if value is None else value for value in tuple(row)[1:]] for row in rows
    ]
    return PhaseHours(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array(values, dtype=np.float64).reshape(-1, len(COLUMNS)),
    )


def forget(connection: Connection, node_id: int, before_s: int) -> None:
    """Delete the hours of a node that start before `before_s`."""
    connection.execute(
        delete(phase_hour).where(
            phase_hour.c.node_id == node_id, phase_hour.c.start_s < before_s
        )
    )
