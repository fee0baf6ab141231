"""Writing roll-ups: intervals as they are computed, hours and days from them."""

from collections.abc import Iterable, Sequence
from math import isnan
from typing import Final

from cloud.store.bulk import execute, execute_many, fetch
from cloud.store.database import Connection

COLUMNS: Final = (
    "energy_kwh",
    "estimated_kwh",
    "coverage",
    "peak_kw",
    "generated_kwh",
    "saved_kwh",
    "base_kwh",
    "ac_kwh",
    "light_kwh",
    "equipment_kwh",
    "temperature_c",
    "occupancy_rate",
)
"""The figures of a roll-up row, in the order that rows are given here."""

GRID_MIN: Final = 15
HOUR_MIN: Final = 60
DAY_MIN: Final = 1440

Row = tuple[int, bool, int, *tuple[float | None, ...]]
"""Node, simulated, start [s], then `COLUMNS`; NaN stands for None."""

_KEY: Final = "node_id, resolution_min, simulated, start_s"
_UPSERT: Final = f"ON CONFLICT ({_KEY}) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in COLUMNS
)
_TARGET: Final = f"INSERT INTO rollup ({_KEY}, {', '.join(COLUMNS)})"
_SUMS: Final = (
    "sum(energy_kwh), sum(estimated_kwh), sum(coverage) / ?, max(peak_kw),"
    " sum(generated_kwh), sum(saved_kwh), sum(base_kwh), sum(ac_kwh), sum(light_kwh),"
    " sum(equipment_kwh), avg(temperature_c), avg(occupancy_rate)"
)


def put_intervals(connection: Connection, rows: Iterable[Row]) -> None:
    """Write 15-minute rows over what was there."""
    if connection.dialect.name != "sqlite":  # SQLite itself keeps NaN as NULL
        rows = map(_without_nan, rows)
    marks = ", ".join("?" * (3 + len(COLUMNS)))
    statement = f"{_TARGET} VALUES (?, {GRID_MIN}, {marks[3:]}) {_UPSERT}"
    execute_many(connection, statement, rows)


def replace_intervals(
    connection: Connection,
    node_ids: Sequence[int],
    span_s: tuple[int, int],
    rows: Sequence[Row],
) -> bool:
    """Write the nodes' 15-minute rows in `span_s`; return whether some vanished.

    That is rare: a gap was filled by readings that tell of no energy.
    """
    put_intervals(connection, rows)
    held = fetch(
        connection,
        f"SELECT count(*) FROM rollup WHERE {_among(node_ids)}"  # noqa: S608 only integers of ours
        f" AND resolution_min = {GRID_MIN} AND start_s >= ? AND start_s < ?",
        span_s,
    )
    if int(held[0][0]) == len(rows):
        return False
    clear(connection, node_ids, GRID_MIN, span_s)
    put_intervals(connection, rows)
    return True


def clear(
    connection: Connection,
    node_ids: Sequence[int],
    resolution_min: int,
    span_s: tuple[int, int],
) -> None:
    """Delete the nodes' rows that start in `span_s`."""
    execute(
        connection,
        f"DELETE FROM rollup WHERE {_among(node_ids)} AND resolution_min = ?"  # noqa: S608 only integers of ours
        " AND start_s >= ? AND start_s < ?",
        (resolution_min, *span_s),
    )


def sum_hours(
    connection: Connection,
    node_ids: Sequence[int],
    span_s: tuple[int, int],
    offset_s: int,
) -> None:
    """Make the hours in `span_s`, which starts and ends on one, from its intervals.

    Args:
        offset_s: How far local hours start before those of UTC. [s]
    """
    hour = f"(start_s + {offset_s}) / 3600 * 3600 - {offset_s}"
    _sum(connection, (GRID_MIN, HOUR_MIN), node_ids, span_s, (hour, 4.0))


def sum_day(
    connection: Connection, node_ids: Sequence[int], span_s: tuple[int, int]
) -> None:
    """Make the one local day that `span_s` is, of 23 to 25 hours, from its hours."""
    hours = (span_s[1] - span_s[0]) / 3600
    grouping = str(span_s[0]), hours
    _sum(connection, (HOUR_MIN, DAY_MIN), node_ids, span_s, grouping)


def child_sums(
    connection: Connection, node_id: int, span_s: tuple[int, int]
) -> list[Row]:
    """Return the sums over a node's children, as rows of the node.

    Coverage is a sum here too; temperature and occupancy are means.
    """
    rows = fetch(
        connection,
        "SELECT simulated, start_s, sum(energy_kwh), sum(estimated_kwh),"  # noqa: S608 only integers of ours
        " sum(coverage), sum(peak_kw), sum(generated_kwh), sum(saved_kwh),"
        " sum(base_kwh), sum(ac_kwh), sum(light_kwh), sum(equipment_kwh),"
        " avg(temperature_c), avg(occupancy_rate) FROM rollup"
        " WHERE node_id IN (SELECT id FROM node WHERE parent_id = ?)"
        f" AND resolution_min = {GRID_MIN} AND start_s >= ? AND start_s < ?"
        " GROUP BY simulated, start_s",
        (node_id, *span_s),
    )
    return [(node_id, bool(row[0]), int(row[1]), *row[2:]) for row in rows]


def _sum(
    connection: Connection,
    resolutions: tuple[int, int],
    node_ids: Sequence[int],
    span_s: tuple[int, int],
    grouping: tuple[str, float],
) -> None:
    fine, coarse = resolutions
    start, parts = grouping
    execute(
        connection,
        f"{_TARGET} SELECT node_id, {coarse}, simulated, {start}, {_SUMS}"  # noqa: S608 only integers of ours
        f" FROM rollup WHERE {_among(node_ids)} AND resolution_min = {fine}"
        " AND start_s >= ? AND start_s < ?"
        f" GROUP BY node_id, simulated, 4 {_UPSERT}",
        (parts, *span_s),
    )


def _among(node_ids: Sequence[int]) -> str:
    return f"node_id IN ({', '.join(map(str, map(int, node_ids)))})"


def _without_nan(row: Row) -> Row:
    known = (None if value is None or isnan(value) else value for value in row[3:])
    return (row[0], row[1], row[2], *known)
