"""What the unoccupied setback and other measures have saved at one node."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cloud.analytics.savings import Prices, co2_kg, cost, saved_percent
from cloud.store import rollups
from cloud.store.database import Connection

_RECENT: Final = timedelta(minutes=45)
_INTERVAL: Final = timedelta(minutes=15)
_PER_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Saved:
    """Saved energy of one node; None where nothing is known.

    Attributes:
        power_kw: Mean over the last 15 minutes rolled up. [kW]
        percent: Saved / (used + saved), since the beginning. [%]
        cost: Of `total_kwh`, in `currency`.
        co2_kg: Of `total_kwh`. [kg]
    """

    power_kw: float | None
    today_kwh: float | None
    total_kwh: float | None
    percent: float | None
    cost: float | None
    currency: str
    co2_kg: float | None


def saved(
    connection: Connection,
    node_id: int,
    zone: ZoneInfo,
    prices: Prices,
    now: datetime,
    *,
    simulated: bool,
) -> Saved:
    """Return what the node has saved today, and since the beginning."""
    midnight = datetime.combine(now.astimezone(zone), time(), zone).astimezone(UTC)
    rows = rollups.saved(connection, node_id, int(midnight.timestamp()))
    row = next((row for row in rows if row.simulated is simulated), None)
    if row is None:
        return Saved(None, None, None, None, None, prices.currency, None)
    return Saved(
        power_kw=_power_kw(connection, node_id, now, simulated=simulated),
        today_kwh=row.since_saved_kwh,
        total_kwh=row.saved_kwh,
        percent=saved_percent(row.used_kwh, row.saved_kwh),
        cost=cost(row.saved_kwh, prices),
        currency=prices.currency,
        co2_kg=co2_kg(row.saved_kwh, prices),
    )


def _power_kw(
    connection: Connection, node_id: int, now: datetime, *, simulated: bool
) -> float | None:
    span = (now - _RECENT).timestamp(), (now - _INTERVAL).timestamp()
    saved_kwh = rollups.last_saved(
        connection, node_id, (int(span[0]), int(span[1]) + 1), simulated=simulated
    )
    return None if saved_kwh is None else saved_kwh * _PER_HOUR
