"""The job that looks for anomalies: each hour, every node that is worth watching."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cloud.analytics.anomaly import Episode, Kind, anomalies
from cloud.analytics.savings import Prices
from cloud.anomalies import phase_hours
from cloud.anomalies.following import as_told, changes
from cloud.domain.node import NodeKind
from cloud.facts.anomaly.known import SETTLED, watched
from cloud.facts.forecast.known import local_hour_s
from cloud.facts.tree import tree
from cloud.store import anomalies as store
from cloud.store import live, queue, site_facts
from cloud.store.database import Connection, Database
from cloud.store.site import NodeRow
from contract.calendar import Calendar

KIND: Final = "anomalies"
SETTLES: Final = timedelta(days=14)
"""As long as this an anomaly may still be withdrawn, as late readings come."""

_ALWAYS: Final = frozenset({NodeKind.BUILDING, NodeKind.FACILITY})
_METERED: Final = frozenset({NodeKind.SITE, NodeKind.FACULTY, NodeKind.FLOOR})
"""Kinds that are watched where a main meter measures them."""


@dataclass(slots=True)
class AnomalyPlan:
    """Queues each site once in each of its hours."""

    _queued_s: dict[str, int] = field(default_factory=dict)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the sites that are due; return how many."""
        count = 0
        settled_s = now_s - int(SETTLED.total_seconds())
        for site in site_facts.sites(connection):
            hour_s = local_hour_s(settled_s, Calendar(ZoneInfo(site.timezone)))
            if self._queued_s.get(site.path) != hour_s:
                self._queued_s[site.path] = hour_s
                count += queue.put(connection, KIND, site.path, now_s)
        return count


def watch(database: Database, subject: str, prices: Prices) -> str | None:
    """Look for anomalies at the site `subject`; return what was looked at."""
    return watch_at(database, subject, prices, datetime.now(UTC))


def watch_at(
    database: Database, subject: str, prices: Prices, now: datetime
) -> str | None:
    """Do what `watch` does, at `now`."""
    with database.read() as connection:
        nodes = tree(database, connection)
        site = nodes.find(subject)
        metered = live.main_meter_nodes(connection)
    due = [
        node
        for node in nodes.descendants(site)
        if node.kind in _ALWAYS or (node.kind in _METERED and node.id in metered)
    ]
    zone = nodes.zone_of(site)
    end_s = local_hour_s(int((now - SETTLED).timestamp()), Calendar(zone))
    phase_hours.keep(database, [node.id for node in due], end_s)
    looked = [node for node in due if _look(database, node, (prices, zone), now)]
    return f"{len(looked)} of {len(due)} nodes"


def _look(
    database: Database, node: NodeRow, terms: tuple[Prices, ZoneInfo], now: datetime
) -> bool:
    """Look at one node; return whether there was anything to look at."""
    prices, zone = terms
    with database.read() as connection:
        found = watched(database, connection, node, now)
        if found is None:
            return False
        factor = found.watch.factors.get(Kind.PHASE_IMBALANCE, 1.0)
        unbalanced = phase_hours.judged(connection, node.id, factor)
    episodes: list[Episode] = [*anomalies(found.course, found.watch), *unbalanced]
    end_s = found.course.end_s
    told = [as_told(each, end_s, zone, prices) for each in episodes]
    since_s = end_s - int(SETTLES.total_seconds())
    with database.write() as connection:
        held = store.of_node(connection, node.id)
        due = changes(held, told, since_s)
        for anomaly_id in due.withdrawn:
            store.withdraw(connection, anomaly_id)
        for anomaly_id, each in due.changed.items():
            store.change(connection, anomaly_id, each)
        for each in due.added:
            store.add(connection, node.id, each)
    return True
