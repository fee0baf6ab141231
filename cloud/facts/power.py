"""Mean power of a node over a window, from the raw readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloud.facts.tree import Tree, tree
from cloud.store import live
from cloud.store.database import Connection, Database
from cloud.store.live import PointRow
from cloud.store.readings import read
from cloud.store.site import NodeRow
from contract.inventory import Role
from contract.quantity import Quantity

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Mean power of single points, and how many readings made them."""

    mean_kw: Mapping[int, float]
    readings: int


@dataclass(frozen=True, slots=True)
class _Power:
    kw: float
    used: int
    wanted: int


def mean_power(database: Database, reference: str, span_s: tuple[int, int]) -> Json:
    """Return the mean power of a node from every reading in ``[span_s)``.

    A main meter that was heard wins; where none was, the children sum.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
        node = nodes.find(reference)
        below = {n.id for n in nodes.descendants(node)}
        points = [point for point in live.points(connection) if _counts(point, below)]
        points = _one_kind(points)
        heard = _heard(connection, points, span_s)
    by_node: dict[int, list[PointRow]] = {}
    for point in points:
        by_node.setdefault(point.node_id, []).append(point)
    power = _power(nodes, node, by_node, heard.mean_kw)
    return {
        "node": node.path,
        "mean_kw": power.kw if power and power.used else None,
        "points": power.used if power else 0,
        "readings": heard.readings,
        "coverage": power.used / power.wanted if power else 0.0,
    }


def _counts(point: PointRow, below: set[int]) -> bool:
    return (
        point.node_id in below
        and point.quantity == Quantity.ACTIVE_POWER_KW
        and point.role == Role.MAIN
    )


def _one_kind(points: list[PointRow]) -> list[PointRow]:
    """Real and simulated values never meet in a total: real ones win."""
    real = [point for point in points if not point.simulated]
    return real or points


def _heard(
    connection: Connection, points: Sequence[PointRow], span_s: tuple[int, int]
) -> _Heard:
    wanted = np.array(sorted(point.id for point in points), dtype=np.int64)
    means: dict[int, float] = {}
    readings = 0
    for gateway_id in sorted({p.gateway_id for p in points if p.gateway_id}):
        columns = read(connection, gateway_id, span_s[0] * 1000, span_s[1] * 1000)
        mine = np.isin(columns.point_ids, wanted)
        readings += int(mine.sum())
        means |= _means(columns.point_ids[mine], columns.values[mine])
    return _Heard(means, readings)


def _means(
    point_ids: NDArray[np.int32], values: NDArray[np.float64]
) -> dict[int, float]:
    if not len(point_ids):
        return {}
    ids, place = np.unique(point_ids, return_inverse=True)
    means = np.bincount(place, values) / np.bincount(place)
    return {int(point): float(mean) for point, mean in zip(ids, means, strict=True)}


def _power(
    nodes: Tree,
    node: NodeRow,
    by_node: Mapping[int, Sequence[PointRow]],
    mean_kw: Mapping[int, float],
) -> _Power | None:
    """Return the power at `node`; None where there is nothing to measure it."""
    own = by_node.get(node.id, ())
    heard = [mean_kw[point.id] for point in own if point.id in mean_kw]
    if heard:
        return _Power(sum(heard), len(heard), len(heard))
    below = [
        _power(nodes, child, by_node, mean_kw) for child in nodes.children[node.id]
    ]
    parts = [part for part in below if part is not None]
    if not parts:
        return _Power(0.0, 0, len(own)) if own else None
    return _Power(
        sum(part.kw for part in parts),
        sum(part.used for part in parts),
        sum(part.wanted for part in parts),
    )
