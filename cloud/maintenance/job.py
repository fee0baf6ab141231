"""The job that looks after assets: each night, what they did and how they stand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cloud.facts.calendar import calendar
from cloud.maintenance.examining import examine
from cloud.maintenance.gathering import figures, surroundings
from cloud.maintenance.keeping import alert, keep
from cloud.store import assets, queue, site_facts
from cloud.store.assets import StoredAsset
from cloud.store.database import Connection, Database
from cloud.store.named_points import first_measured_s
from contract.calendar import Calendar

KIND: Final = "maintenance"
AT_ONCE: Final = 31
"""Days that are gathered at most in one go; more are gathered soon after."""

_LATE: Final = timedelta(days=3)
"""The last days are gathered again each time, as late readings come."""
_SETTLED: Final = timedelta(hours=3)
"""After midnight, until the readings of the day have come."""
_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class MaintenancePlan:
    """Queues each asset once a night, and again while more of its days are gathered."""

    _queued: dict[str, tuple[date, int | None]] = field(default_factory=dict)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the assets that are due; return how many."""
        count = 0
        for kept in assets.assets(connection):
            zone = _zone(connection, kept)
            state = (
                _last(datetime.fromtimestamp(now_s, zone)),
                assets.newest_day_s(connection, kept.id),
            )
            if _is_due(state, self._queued.get(kept.subject), zone):
                self._queued[kept.subject] = state
                count += queue.put(connection, KIND, kept.subject, now_s)
        return count


def maintain(database: Database, subject: str) -> str | None:
    """Look after the asset `subject`; return what was done."""
    return maintain_at(database, subject, datetime.now(UTC))


def maintain_at(database: Database, subject: str, now: datetime) -> str | None:
    """Do what `maintain` does, at `now`."""
    with database.read() as connection:
        found = [each for each in assets.assets(connection) if each.subject == subject]
        if not found:
            return "there is no such asset any more"
        [kept] = found
        zone = _zone(connection, kept)
        last = _last(now.astimezone(zone))
        first = _first(connection, kept, zone)
    if first is None:
        return "nothing has been measured of it yet"
    end = min(last, first + (AT_ONCE - 1) * _DAY)
    _gather(database, kept, first, end)
    if end < last:
        return f"its days until {end}"
    return _examine(database, kept, zone, int(now.timestamp()))


def _gather(database: Database, kept: StoredAsset, first: date, last: date) -> None:
    """Put together and keep what the asset did from `first` to `last`."""
    with database.read() as connection:
        days = calendar(connection, kept.path, first, last)
        around = surroundings(connection, kept, days)
    made = []
    for place in range((last - first).days + 1):
        day = first + place * _DAY
        with database.read() as connection:
            made.append((_start_s(day, days), figures(connection, around, day)))
    with database.write() as connection:
        assets.keep_days(connection, kept.id, made)


def _examine(
    database: Database, kept: StoredAsset, zone: ZoneInfo, now_s: int
) -> str | None:
    """Examine all that was gathered, and keep what is found."""
    since = kept.asset.serviced or kept.asset.commissioned
    from_s = 0 if since is None else _start_s(since, Calendar(zone))
    with database.read() as connection:
        days = assets.days(connection, kept.id, from_s)
    seen = examine(kept.asset, days, zone)
    with database.write() as connection:
        keep(connection, kept, seen, zone, now_s)
        alert(connection, kept.node_id, now_s)
    going_on = sum(finding.end is None for finding in seen.findings)
    return seen.why_none or f"{len(days)} days, {going_on} findings that go on"


def _is_due(
    state: tuple[date, int | None],
    queued: tuple[date, int | None] | None,
    zone: ZoneInfo,
) -> bool:
    if state == queued:
        return False
    last, newest_s = state
    if queued is None or queued[0] != last:
        return True
    return newest_s is not None and _day(newest_s, zone) < last


def _first(connection: Connection, kept: StoredAsset, zone: ZoneInfo) -> date | None:
    """Return the first day to gather: shortly before the newest one that is kept."""
    newest_s = assets.newest_day_s(connection, kept.id)
    if newest_s is not None:
        return _day(newest_s, zone) + _DAY - _LATE
    known_s = first_measured_s(connection, list(kept.asset.points.values()))
    since = kept.asset.commissioned
    if known_s is None:
        return None
    return max(_day(known_s, zone), since or date.min)


def _last(local: datetime) -> date:
    """Return the last day whose readings have come by this local time."""
    return (local - _SETTLED).date() - _DAY


def _day(second: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(second, zone).date()


def _start_s(day: date, days: Calendar) -> int:
    return int(datetime.combine(day, time(), days.zone).timestamp())


def _zone(connection: Connection, kept: StoredAsset) -> ZoneInfo:
    site = site_facts.site_of(connection, kept.path)
    return ZoneInfo(site.timezone if site else "UTC")
