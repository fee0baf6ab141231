"""A month of one site: what it used, saved, cost and emitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cloud.analytics.efficiency import efficiency_score
from cloud.analytics.savings import Prices, co2_kg, cost, saved_percent
from cloud.facts.energy import DAY_MIN, day_row
from cloud.facts.tree import tree
from cloud.store import rollups
from cloud.store.database import Database
from cloud.store.rollups import EnergyRow

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of a month.

    Attributes:
        totals: Of the whole month; None where nothing is known.
        days: One for each local day with figures.
    """

    node: str
    name: str
    timezone: str
    totals: Json
    days: Sequence[Json]


def month(
    database: Database, reference: str, span_s: tuple[int, int], prices: Prices
) -> Month:
    """Return the figures of a node in the local month that `span_s` spans.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
        node = nodes.find(reference)
        simulated = not rollups.has_measured(connection, node.id, span_s)
        rows = rollups.energy_rows(
            connection, [node.id], DAY_MIN, span_s, simulated=simulated
        )
        idle_kwh, judged_kwh = rollups.idle_kwh(
            connection, node.path, span_s, simulated=simulated
        )
    zone = nodes.zone_of(node)
    score = efficiency_score(judged_kwh, idle_kwh)
    totals = {
        **_totals(rows, zone, prices),
        "efficiency_score": None if score is None else round(score, 1),
        "coverage": _coverage(rows, span_s, zone),
        "simulated": simulated and bool(rows),
    }
    days = [day_row(row, zone) for row in rows]
    return Month(node.path, node.name, zone.key, totals, days)


def _totals(rows: Sequence[EnergyRow], zone: ZoneInfo, prices: Prices) -> Json:
    used_kwh = _sum([row.energy_kwh for row in rows])
    saved_kwh = _sum([row.saved_kwh for row in rows])
    peak = max(
        (row for row in rows if row.peak_kw is not None),
        key=lambda row: row.peak_kw or 0.0,
        default=None,
    )
    return {
        "energy_kwh": used_kwh,
        "estimated_kwh": _sum([row.estimated_kwh for row in rows]),
        "generated_kwh": _sum([row.generated_kwh for row in rows]),
        "saved_kwh": saved_kwh,
        "saved_percent": saved_percent(used_kwh or 0.0, saved_kwh or 0.0),
        "cost": None if used_kwh is None else cost(used_kwh, prices),
        "cost_saved": None if saved_kwh is None else cost(saved_kwh, prices),
        "co2_kg": None if used_kwh is None else co2_kg(used_kwh, prices),
        "co2_saved_kg": None if saved_kwh is None else co2_kg(saved_kwh, prices),
        "peak_kw": peak.peak_kw if peak else None,
        "peak_date": _date(peak.start_s, zone) if peak else None,
    }


def _coverage(
    rows: Sequence[EnergyRow], span_s: tuple[int, int], zone: ZoneInfo
) -> float:
    """Return the share of the month in which the course is known, 0 to 1."""
    known_s = 0.0
    for row in rows:
        start = datetime.fromtimestamp(row.start_s, zone)
        following = (start + timedelta(days=1)).timestamp()
        known_s += (row.coverage or 0.0) * (following - row.start_s)
    return known_s / (span_s[1] - span_s[0])


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _date(start_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(start_s, zone).date().isoformat()
