"""Hourly means of the phases: made from raw readings, kept for a month, judged."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from cloud.analytics.anomaly import Episode
from cloud.analytics.anomaly.phases import Phases, imbalances
from cloud.store import live, phases
from cloud.store.database import Connection, Database
from cloud.store.live import PointRow
from cloud.store.readings import read
from contract.inventory import Role
from contract.quantity import Quantity

HOUR_S: Final = 3_600
KEPT_S: Final = 32 * 86_400
CATCH_UP_H: Final = 3
"""Hours that are made up for at most: raw readings are many."""

_COLUMN: Final[Mapping[str, str]] = {
    Quantity.VOLTAGE_L1_V: "l1_v",
    Quantity.VOLTAGE_L2_V: "l2_v",
    Quantity.VOLTAGE_L3_V: "l3_v",
    Quantity.CURRENT_L1_A: "l1_a",
    Quantity.CURRENT_L2_A: "l2_a",
    Quantity.CURRENT_L3_A: "l3_a",
}


def keep(database: Database, node_ids: Sequence[int], end_s: int) -> frozenset[int]:
    """Keep the hours until `end_s` of the nodes whose main meter tells its phases.

    Returns:
        Those nodes.
    """
    with database.read() as connection:
        points = _points(connection, node_ids)
        made = [
            (node_id, start_s, means)
            for node_id, its in points.items()
            for start_s in _due(connection, node_id, end_s)
            if (means := _means(connection, its, start_s))
        ]
    with database.write() as connection:
        for node_id, start_s, means in made:
            phases.put(connection, node_id, start_s, means)
        for node_id in points:
            phases.forget(connection, node_id, end_s - KEPT_S)
    return frozenset(points)


def judged(connection: Connection, node_id: int, factor: float) -> list[Episode]:
    """Return where voltages, else currents, of the node were out of balance."""
    kept = phases.hours(connection, node_id)
    if not len(kept.start_s):
        return []
    first_s, last_s = int(kept.start_s[0]), int(kept.start_s[-1])
    start_s = np.arange(first_s, last_s + 1, HOUR_S, dtype=np.int64)
    values = np.full((len(start_s), len(phases.COLUMNS)), np.nan)
    values[(kept.start_s - first_s) // HOUR_S] = kept.values
    volts = imbalances(Phases(start_s, values[:, :3], are_currents=False), factor)
    amperes = imbalances(Phases(start_s, values[:, 3:], are_currents=True), factor)
    return volts or amperes


def _points(
    connection: Connection, node_ids: Sequence[int]
) -> dict[int, list[PointRow]]:
    """Return the phases' points of each node that has all three of a kind."""
    found: dict[int, list[PointRow]] = {}
    for point in sorted(live.points(connection), key=lambda point: point.id):
        is_ours = point.node_id in node_ids and point.role == Role.MAIN
        if is_ours and point.quantity in _COLUMN and not point.simulated:
            its = found.setdefault(point.node_id, [])
            if all(other.quantity != point.quantity for other in its):
                its.append(point)
    return {node_id: its for node_id, its in found.items() if len(its) >= 3}


def _due(connection: Connection, node_id: int, end_s: int) -> range:
    newest = phases.newest_s(connection, node_id) or 0
    earliest = max(newest + HOUR_S, end_s - CATCH_UP_H * HOUR_S)
    first = earliest + (end_s - earliest) % HOUR_S
    return range(first, end_s, HOUR_S)


def _means(
    connection: Connection, points: Sequence[PointRow], start_s: int
) -> dict[str, float]:
    span_ms = start_s * 1000, (start_s + HOUR_S) * 1000
    means: dict[str, float] = {}
    for gateway_id in sorted({p.gateway_id for p in points if p.gateway_id}):
        columns = read(connection, gateway_id, *span_ms)
        for point in points:
            values = columns.values[columns.point_ids == point.id]
            if len(values):
                means[_COLUMN[point.quantity]] = float(values.mean())
    return means
