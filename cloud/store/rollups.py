"""Reading the roll-ups: energy of nodes over intervals, hours and days."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, case, func, select, true

from cloud.store.database import Connection
from cloud.store.schema import node, rollup


@dataclass(frozen=True, slots=True)
class EnergyRow:
    """One node's interval, hour or day, as rolled up; None where nothing is known."""

    node_id: int
    start_s: int
    energy_kwh: float | None
    estimated_kwh: float | None
    coverage: float | None
    peak_kw: float | None
    generated_kwh: float | None
    saved_kwh: float | None
    base_kwh: float | None
    ac_kwh: float | None
    light_kwh: float | None
    equipment_kwh: float | None
    temperature_c: float | None
    occupancy_rate: float | None


@dataclass(frozen=True, slots=True)
class SavedRow:
    """What a node has used and saved in all, and since an instant, in kWh."""

    simulated: bool
    used_kwh: float
    saved_kwh: float
    since_used_kwh: float
    since_saved_kwh: float


_DAY_MIN: Final = 1440
_HOUR_MIN: Final = 60
_GRID_MIN: Final = 15
_HOUR_S: Final = 3600

_COLUMNS: Final = (
    rollup.c.node_id,
    rollup.c.start_s,
    rollup.c.energy_kwh,
    rollup.c.estimated_kwh,
    rollup.c.coverage,
    rollup.c.peak_kw,
    rollup.c.generated_kwh,
    rollup.c.saved_kwh,
    rollup.c.base_kwh,
    rollup.c.ac_kwh,
    rollup.c.light_kwh,
    rollup.c.equipment_kwh,
    rollup.c.temperature_c,
    rollup.c.occupancy_rate,
)


def energy_rows(
    connection: Connection,
    node_ids: Sequence[int],
    resolution_min: int,
    span_s: tuple[int, int],
    *,
    simulated: bool,
) -> list[EnergyRow]:
    """Return the rows that start in ``[span_s)``, by node and instant."""
    start = rollup.c.start_s
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            rollup.c.node_id.in_(node_ids),
            rollup.c.resolution_min == resolution_min,
            rollup.c.simulated.is_(simulated),
            start >= span_s[0],
            start < span_s[1],
        )
        .order_by(rollup.c.node_id, start)
    )
    return [EnergyRow(*tuple(row)) for row in rows]


def has_measured(connection: Connection, node_id: int, span_s: tuple[int, int]) -> bool:
    """Return whether anything real was rolled up for the node in hours of the span."""
    row = connection.execute(
        select(rollup.c.start_s)
        .where(
            rollup.c.node_id == node_id,
            rollup.c.resolution_min == _HOUR_MIN,
            rollup.c.simulated.is_(False),
            rollup.c.start_s > span_s[0] - _HOUR_S,
            rollup.c.start_s < span_s[1],
        )
        .limit(1)
    ).first()
    return row is not None


def saved(connection: Connection, node_id: int, since_s: int) -> list[SavedRow]:
    """Return what the node used and saved in all and on days from `since_s` on."""

    def total(column: str, *, since: bool) -> ColumnElement[float]:
        counted = rollup.c.start_s >= since_s if since else true()
        return func.coalesce(func.sum(case((counted, rollup.c[column]))), 0.0)

    rows = connection.execute(
        select(
            rollup.c.simulated,
            total("energy_kwh", since=False),
            total("saved_kwh", since=False),
            total("energy_kwh", since=True),
            total("saved_kwh", since=True),
        )
        .where(rollup.c.node_id == node_id, rollup.c.resolution_min == _DAY_MIN)
        .group_by(rollup.c.simulated)
    )
    return [SavedRow(bool(row[0]), *row[1:]) for row in rows]


def last_saved(
    connection: Connection, node_id: int, span_s: tuple[int, int], *, simulated: bool
) -> float | None:
    """Return what the node saved in the last 15 minutes rolled up in the span."""
    value = connection.execute(
        select(rollup.c.saved_kwh)
        .where(
            rollup.c.node_id == node_id,
            rollup.c.resolution_min == _GRID_MIN,
            rollup.c.simulated.is_(simulated),
            rollup.c.start_s >= span_s[0],
            rollup.c.start_s < span_s[1],
        )
        .order_by(rollup.c.start_s.desc())
        .limit(1)
    ).scalar()
    return None if value is None else float(value)


def idle_kwh(
    connection: Connection, path: str, span_s: tuple[int, int], *, simulated: bool
) -> tuple[float, float]:
    """Return energy of the rooms below `path`: of air and light for nobody, and all.

    Taken hour by hour as (air conditioning + light) × (1 − occupancy). [kWh]
    """
    running = func.coalesce(rollup.c.ac_kwh, 0) + func.coalesce(rollup.c.light_kwh, 0)
    rooms = select(node.c.id).where(
        node.c.kind == "room",
        node.c.path.startswith(f"{path}/", autoescape=True) | (node.c.path == path),
    )
    row = connection.execute(
        select(
            func.coalesce(func.sum(running * (1 - rollup.c.occupancy_rate)), 0.0),
            func.coalesce(func.sum(rollup.c.energy_kwh), 0.0),
        ).where(
            rollup.c.node_id.in_(rooms),
            rollup.c.resolution_min == _HOUR_MIN,
            rollup.c.simulated.is_(simulated),
            rollup.c.start_s >= span_s[0],
            rollup.c.start_s < span_s[1],
            rollup.c.occupancy_rate.is_not(None),
        )
    ).one()
    return float(row[0]), float(row[1])
