"""The measured load of one node, read from the roll-ups."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from cloud.domain.load_history import LoadHistory
from cloud.store.schema import node, rollup

_GRID_MIN: Final = 15
_HOUR_MIN: Final = 60
_DAY_MIN: Final = 1440
_COLUMNS: Final = (
    rollup.c.energy_kwh,
    rollup.c.coverage,
    rollup.c.temperature_c,
    rollup.c.occupancy_rate,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A node's id and the time zone of its site."""

    node_id: int
    zone: str


def located(connection: Connection, path: str) -> Place | None:
    """Return where `path` is, if there is such a node."""
    site = node.alias("site")
    wanted = (
        select(node.c.id, site.c.timezone)
        .join_from(node, site, site.c.path == path.split("/", maxsplit=1)[0])
        .where(node.c.path == path)
    )
    row = connection.execute(wanted).first()
    return None if row is None else Place(row[0], row[1] or "UTC")


def load_history(
    connection: Connection, path: str, from_s: int, to_s: int
) -> LoadHistory:
    """Return what was measured at `path` in ``[from_s, to_s)``, nothing simulated."""
    wanted = (
        select(rollup.c.start_s, *_COLUMNS)
        .join(node, node.c.id == rollup.c.node_id)
        .where(
            node.c.path == path,
            rollup.c.resolution_min == _GRID_MIN,
            rollup.c.simulated.is_(False),
            rollup.c.start_s >= from_s,
            rollup.c.start_s < to_s,
        )
        .order_by(rollup.c.start_s)
    )
    rows = connection.execute(wanted).all()
    return _history([tuple(row) for row in rows])


def hour_loads(
    connection: Connection, node_ids: Sequence[int], from_s: int, to_s: int
) -> dict[int, LoadHistory]:
    """Return the hours of many nodes that start in ``[from_s, to_s)``, as measured."""
    r = rollup.c
    rows = connection.execute(
        select(r.node_id, r.start_s, *_COLUMNS)
        .where(
            r.node_id.in_(node_ids),
            r.resolution_min == _HOUR_MIN,
            r.simulated.is_(False),
            r.start_s >= from_s,
            r.start_s < to_s,
        )
        .order_by(r.node_id, r.start_s)
    )
    by_node: dict[int, list[tuple[float | None, ...]]] = {}
    for node_id, *values in rows:
        by_node.setdefault(int(node_id), []).append(tuple(values))
    return {node_id: _history(values) for node_id, values in by_node.items()}


def _history(rows: list[tuple[float | None, ...]]) -> LoadHistory:
    starts = np.array([row[0] for row in rows], dtype=np.int64)
    values = _floats([row[1:] for row in rows])
    return LoadHistory(starts, values[0], values[1], values[2], values[3])


def _floats(rows: list[tuple[float | None, ...]]) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(-1, len(_COLUMNS)).T


def measured_days_s(
    connection: Connection, node_ids: Collection[int], before_s: int
) -> tuple[int, int] | None:
    """Return the first and last day's start with a load before `before_s`, if any."""
    r = rollup.c
    wanted = select(func.min(r.start_s), func.max(r.start_s)).where(
        r.node_id.in_(node_ids), r.resolution_min == _DAY_MIN, r.start_s < before_s
    )
    first_s, last_s = connection.execute(wanted).one()
    return None if first_s is None else (int(first_s), int(last_s))
