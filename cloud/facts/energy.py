"""Energy and load of nodes over time, from the roll-ups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from cloud.analytics.periods import Period, hourly, mean_kw
from cloud.facts.tree import tree
from cloud.store import rollups
from cloud.store.database import Database
from cloud.store.rollups import EnergyRow
from cloud.store.site import NodeRow

Json = dict[str, object]

DAY_MIN: Final = 1440
HOUR_MIN: Final = 60
GRID_MIN: Final = 15


@dataclass(frozen=True, slots=True)
class Found:
    """A node, its zone, and its rows."""

    node: NodeRow
    zone: ZoneInfo
    rows: Sequence[EnergyRow]


def load(
    database: Database, reference: str, span_s: tuple[int, int], resolution_min: int
) -> Json:
    """Return the load of a node over time, oldest first.

    Raises:
        UnknownNodeError: There is no such node.
    """
    found = rows_of(database, reference, span_s, resolution_min)
    hours = resolution_min / 60
    return {
        "node": found.node.path,
        "resolution_min": resolution_min,
        "rows": [_load_row(row, hours) for row in found.rows],
    }


def hourly_means(
    database: Database,
    reference: str,
    span_s: tuple[int, int],
    zone: ZoneInfo | None = None,
) -> Json:
    """Return mean load, temperature and occupancy of each local hour.

    Raises:
        UnknownNodeError: There is no such node.
    """
    found = rows_of(database, reference, span_s, GRID_MIN)
    local = zone or found.zone
    periods = [_period(row) for row in found.rows]
    return {
        "node": found.node.path,
        "timezone": local.key,
        "rows": [
            {
                "hour": datetime.fromtimestamp(hour.start_s, local).isoformat(),
                "mean_kw": hour.mean_kw,
                "energy_kwh": hour.energy_kwh,
                "coverage": hour.coverage,
                "temperature_c": hour.temperature_c,
                "occupancy_rate": hour.occupancy_rate,
            }
            for hour in hourly(periods, local)
        ],
    }


def daily_totals(database: Database, reference: str, span_s: tuple[int, int]) -> Json:
    """Return energy, peak and savings of each local day that starts in the span.

    Raises:
        UnknownNodeError: There is no such node.
    """
    found = rows_of(database, reference, span_s, DAY_MIN)
    return {
        "node": found.node.path,
        "timezone": found.zone.key,
        "rows": [day_row(row, found.zone) for row in found.rows],
    }


def day_row(row: EnergyRow, zone: ZoneInfo) -> Json:
    """Return one day as it is told."""
    return {
        "date": datetime.fromtimestamp(row.start_s, zone).date().isoformat(),
        "energy_kwh": row.energy_kwh,
        "estimated_kwh": row.estimated_kwh,
        "peak_kw": row.peak_kw,
        "generated_kwh": row.generated_kwh,
        "saved_kwh": row.saved_kwh,
        "coverage": row.coverage,
    }


def zone_of(database: Database, reference: str) -> ZoneInfo:
    """Return the time zone of a node.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
    return nodes.zone_of(nodes.find(reference))


def rows_of(
    database: Database, reference: str, span_s: tuple[int, int], resolution_min: int
) -> Found:
    """Return the rows of a node; simulated ones only where nothing was measured.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
        node = nodes.find(reference)
        simulated = not rollups.has_measured(connection, node.id, span_s)
        rows = rollups.energy_rows(
            connection, [node.id], resolution_min, span_s, simulated=simulated
        )
    return Found(node, nodes.zone_of(node), rows)


def _load_row(row: EnergyRow, hours: float) -> Json:
    return {
        "at": datetime.fromtimestamp(row.start_s, UTC).isoformat(),
        "mean_kw": _mean_kw(row, hours),
        "energy_kwh": row.energy_kwh,
        "peak_kw": row.peak_kw,
        "generated_kwh": row.generated_kwh,
        "saved_kwh": row.saved_kwh,
        "base_kwh": row.base_kwh,
        "ac_kwh": row.ac_kwh,
        "light_kwh": row.light_kwh,
        "equipment_kwh": row.equipment_kwh,
        "temperature_c": row.temperature_c,
        "occupancy_rate": row.occupancy_rate,
        "coverage": row.coverage,
    }


def _mean_kw(row: EnergyRow, hours: float) -> float | None:
    if row.energy_kwh is None:
        return None
    estimated_kwh, coverage = row.estimated_kwh or 0.0, row.coverage or 0.0
    return mean_kw(row.energy_kwh, estimated_kwh, coverage, hours)


def _period(row: EnergyRow) -> Period:
    return Period(
        row.start_s,
        row.energy_kwh,
        row.estimated_kwh or 0.0,
        row.coverage or 0.0,
        row.temperature_c,
        row.occupancy_rate,
    )
