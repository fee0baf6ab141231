"""When which forecasts are made: each hour of every site, for it and what is in it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cloud.domain.node import NodeKind
from cloud.domain.outlook import Horizon
from cloud.facts.forecast.known import calendar_of, known, local_hour_s
from cloud.facts.forecast.making import make
from cloud.facts.forecast.told import of_gateway
from cloud.facts.tree import tree
from cloud.store import forecasts, queue, site_facts
from cloud.store.database import Connection, Database
from cloud.store.site import NodeRow
from contract.calendar import Calendar

KIND: Final = "forecast"
KEPT: Final = timedelta(days=60)
"""How long forecasts are kept to be compared with what came."""

_SETTLED: Final = timedelta(minutes=2)
"""Until then the readings that end an hour have come and are rolled up."""
_KINDS: Final = frozenset(
    {NodeKind.SITE, NodeKind.FACULTY, NodeKind.BUILDING, NodeKind.FACILITY}
)


@dataclass(slots=True)
class OutlookPlan:
    """Queues each site's forecasts once in each of its hours."""

    _queued_s: dict[str, int] = field(default_factory=dict)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the forecasts that are due; return for how many sites."""
        count = 0
        settled_s = now_s - int(_SETTLED.total_seconds())
        for site in site_facts.sites(connection):
            hour_s = local_hour_s(settled_s, Calendar(ZoneInfo(site.timezone)))
            if self._queued_s.get(site.path) != hour_s:
                self._queued_s[site.path] = hour_s
                count += queue.put(connection, KIND, site.path, now_s)
        return count


def forecast(database: Database, subject: str) -> str | None:
    """Forecast every node of the site `subject` that is due; return for how many."""
    return forecast_at(database, subject, datetime.now(UTC))


def forecast_at(database: Database, subject: str, now: datetime) -> str | None:
    """Do what `forecast` does, at `now`."""
    with database.read() as connection:
        nodes = tree(database, connection)
        due = [
            node
            for node in nodes.descendants(nodes.find(subject))
            if node.kind in _KINDS
        ]
        newest_s = forecasts.newest_s(connection, Horizon.DAY_AHEAD)
        days = calendar_of(database, connection, due[0], now)
    at_s = local_hour_s(int(now.timestamp()), days)
    made = [
        node
        for node in due
        if newest_s.get(node.id, 0) < at_s and _forecast(database, node, at_s, now)
    ]
    return f"{len(made)} of {len(due)} nodes"


def _forecast(database: Database, node: NodeRow, at_s: int, now: datetime) -> bool:
    """Make and keep the forecasts of one node; return whether there are any."""
    with database.read() as connection:
        made = make(connection, known(database, connection, node, now), at_s)
        sent = [of_gateway(connection, node, now, horizon) for horizon in Horizon]
    outlooks = [*made.outlooks, *(each.outlook for each in sent if each is not None)]
    before_s = at_s - int(KEPT.total_seconds())
    with database.write() as connection:
        forecasts.put(connection, node.id, outlooks)
        for horizon, track in made.tracks.items():
            forecasts.keep_track(connection, node.id, horizon, track)
        for horizon in Horizon:
            forecasts.forget(connection, node.id, horizon, before_s)
    return bool(made.outlooks)
