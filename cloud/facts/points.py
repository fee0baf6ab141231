"""Where each point's value goes in the live board; kept in memory for a minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from cloud.facts.levels import Integers, Levels
from cloud.facts.tree import Tree, tree
from cloud.store import live
from cloud.store.database import Connection, Database
from cloud.store.live import PointRow
from cloud.store.site import NodeRow
from contract.inventory import Role
from contract.quantity import Quantity

COLUMNS: Final = (
    Quantity.ACTIVE_POWER_KW,
    Quantity.BASE_POWER_KW,
    Quantity.AC_POWER_KW,
    Quantity.LIGHT_POWER_KW,
    Quantity.EQUIPMENT_POWER_KW,
    Quantity.GENERATED_POWER_KW,
    Quantity.TEMPERATURE_C,
    Quantity.OCCUPANCY,
    Quantity.AC_RELAY,
    Quantity.LIGHT_RELAY,
)
"""What the live view shows, in the order of the board's columns."""

COLUMN: Final[Mapping[str, int]] = {
    quantity.value: place for place, quantity in enumerate(COLUMNS)
}
LOAD: Final = COLUMN[Quantity.ACTIVE_POWER_KW]
SOLAR: Final = COLUMN[Quantity.GENERATED_POWER_KW]

FRESH_S: Final = 180
"""A value counts for this long, or three times its device's interval. [s]"""

_MAX_AGE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Where values go, by the integer id of their point.

    Attributes:
        row: Of each node id, its place in the arrays.
        cell: Of each point, its place in a (2, nodes, columns) array; -1 for none.
        device: Of each point, the place of its device; -1 for none.
        max_age_ms: Of each point, how long its value counts. [ms]
        meters: Of each device, the place of the main meter's node among 2 × nodes,
            real ones first; -1 for other devices.
    """

    tree: Tree
    row: Mapping[int, int]
    levels: Levels
    cell: Integers
    device: Integers
    max_age_ms: Integers
    meters: Integers
    has_simulated: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    plan: Plan
    counted: tuple[int, int]
    until: float


_kept: Final[WeakKeyDictionary[Database, _Kept]] = WeakKeyDictionary()
_lock: Final = Lock()


def plan(database: Database, connection: Connection) -> Plan:
    """Return where values go; new points and nodes are known at once."""
    nodes, counted = tree(database, connection), live.point_count(connection)
    with _lock:
        kept = _kept.get(database)
    fresh = kept and kept.counted == counted and monotonic() < kept.until
    if kept and fresh and kept.plan.tree is nodes:
        return kept.plan
    made = _plan(nodes, live.points(connection))
    with _lock:
        _kept[database] = _Kept(made, counted, monotonic() + _MAX_AGE_S)
    return made


def _plan(nodes: Tree, points: list[PointRow]) -> Plan:
    ordered = list(nodes.nodes.values())
    row = {node.id: place for place, node in enumerate(ordered)}
    size = max((point.id for point in points), default=0) + 1
    cell, device = (np.full(size, -1, dtype=np.int64) for _ in range(2))
    max_age_ms = np.zeros(size, dtype=np.int64)
    devices: dict[int, int] = {}
    meters: list[int] = []
    for point in points:
        place = row[point.node_id] + point.simulated * len(ordered)
        if point.device_id not in devices:
            devices[point.device_id] = len(devices)
            meters.append(place if point.role == Role.MAIN else -1)
        device[point.id] = devices[point.device_id]
        max_age_ms[point.id] = 1000 * max(FRESH_S, 3 * point.interval_s)
        column = _column(point)
        if column is not None:
            cell[point.id] = place * len(COLUMNS) + column
    return Plan(
        nodes,
        row,
        _levels(ordered, row),
        cell,
        device,
        max_age_ms,
        np.array(meters, dtype=np.int64),
        any(point.simulated for point in points),
    )


def _levels(ordered: list[NodeRow], row: Mapping[int, int]) -> Levels:
    parent = [-1 if n.parent_id is None else row[n.parent_id] for n in ordered]
    depth = np.array([node.path.count("/") for node in ordered], dtype=np.int64)
    deepest = int(depth.max(initial=0))
    return Levels(
        np.array(parent, dtype=np.int64),
        [np.flatnonzero(depth == level) for level in range(deepest, -1, -1)],
    )


def _column(point: PointRow) -> int | None:
    """A sub-meter's power is part of the main meter's and must not count again."""
    column = COLUMN.get(point.quantity)
    return None if column == LOAD and point.role != Role.MAIN else column
