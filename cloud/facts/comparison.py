"""The buildings of a site beside each other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloud.analytics.comparison import Compared, ranked
from cloud.analytics.savings import saved_percent
from cloud.facts.tree import Tree, tree
from cloud.store import rollups
from cloud.store.database import Database
from cloud.store.rollups import EnergyRow
from cloud.store.site import NodeRow

Json = dict[str, object]

_DAY_MIN: Final = 1440


@dataclass(frozen=True, slots=True)
class Comparison:
    """The buildings below a node, greatest use first."""

    node: str
    buildings: list[Json]


def building_comparison(
    database: Database, reference: str, span_s: tuple[int, int]
) -> Comparison:
    """Return the buildings below a node, ranked, over the days that start in the span.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
        top = nodes.find(reference)
        buildings = [n for n in nodes.descendants(top) if n.kind == "building"]
        simulated = not rollups.has_measured(connection, top.id, span_s)
        rows = rollups.energy_rows(
            connection, [b.id for b in buildings], _DAY_MIN, span_s, simulated=simulated
        )
    return Comparison(top.path, _lines(nodes, _compared(buildings, rows)))


def _compared(
    buildings: Sequence[NodeRow], rows: Sequence[EnergyRow]
) -> list[Compared]:
    by_node: dict[int, list[EnergyRow]] = defaultdict(list)
    for row in rows:
        by_node[row.node_id].append(row)
    return [
        Compared(
            building.id,
            total([row.energy_kwh for row in by_node[building.id]]),
            total([row.saved_kwh for row in by_node[building.id]]),
            building.area_m2,
        )
        for building in buildings
    ]


def total(values: Sequence[float | None]) -> float | None:
    """Return the sum of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _lines(nodes: Tree, compared: Sequence[Compared]) -> list[Json]:
    return [
        {
            "rank": building.rank,
            "id": building.node_id,
            "path": nodes.nodes[building.node_id].path,
            "name": nodes.nodes[building.node_id].name,
            "energy_kwh": building.energy_kwh,
            "area_m2": building.area_m2,
            "kwh_per_m2": building.kwh_per_m2,
            "saved_kwh": building.saved_kwh,
            "saved_percent": saved_percent(
                building.energy_kwh or 0.0, building.saved_kwh or 0.0
            ),
        }
        for building in ranked(compared)
    ]
