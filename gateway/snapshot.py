"""Snapshot: what the gateway knows at one instant, frozen for one cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from contract.reading import Reading
from contract.timetable import SiteConfig, Timetable, is_scheduled, next_start

NO_STATE: Final[Mapping[str, bytes | None]] = {}


class Sink(Protocol):
    """Where readings go to be kept, together with what must survive a restart."""

    async def append(
        self,
        readings: Sequence[Reading],
        state: Mapping[str, bytes | None] = NO_STATE,
    ) -> None:
        """Keep `readings` and, in the same transaction, the rows of `state`.

        A row of None is removed.
        """

    async def flush(self) -> None:
        """Return once everything appended so far is committed."""

    def state(self, prefix: str) -> dict[str, bytes]:
        """Return the kept rows whose key starts with `prefix`."""


@dataclass(frozen=True, slots=True)
class Use:
    """Whether a room is scheduled now, and when it is next.

    Attributes:
        next_start: UTC; None where no slot is on the timetable.
    """

    is_scheduled: bool
    next_start: datetime | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the gateway knows at `now`. Rules see this and nothing else.

    Attributes:
        latest: The newest reading of each point.
        max_age: Age from which a reading is stale.
        uses: Of each node with a timetable, by path from the site down.
    """

    now: datetime
    latest: Mapping[str, Reading]
    max_age: timedelta
    uses: Mapping[str, Use]

    def value(self, point: str) -> float | None:
        """Return the latest value at `point`, or None if there is none that fresh."""
        reading = self.latest.get(point)
        if reading is None or self.now - reading.at > self.max_age:
            return None
        return reading.value


@dataclass(frozen=True, slots=True)
class _Kept:
    use: Use
    since: datetime
    until: datetime


class Calendar:
    """The timetables of a site; answers are kept for as long as they hold."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._version = ""
        self._kept: dict[str, _Kept] = {}

    def uses(self, site: SiteConfig | None, now: datetime) -> dict[str, Use]:
        """Return the use of each node at `now`; nothing while no timetable is known."""
        if site is None:
            return {}
        if site.version != self._version:
            self._kept.clear()
            self._version = site.version
        local = now.astimezone(ZoneInfo(site.timezone))
        return {
            f"{self._node}/{node}" if node else self._node: self._use(
                node, timetable, now, local
            )
            for node, timetable in site.timetables.items()
        }

    def _use(
        self, node: str, timetable: Timetable, now: datetime, local: datetime
    ) -> Use:
        kept = self._kept.get(node)
        if kept is None or not kept.since <= now < kept.until:
            kept = self._kept[node] = _looked_up(timetable, now, local)
        return kept.use


def _looked_up(timetable: Timetable, now: datetime, local: datetime) -> _Kept:
    start = next_start(timetable, local)
    start = None if start is None else start.astimezone(UTC)
    scheduled = is_scheduled(timetable, local)
    until = start or datetime.max.replace(tzinfo=UTC)
    if scheduled:
        # A slot may end before the next one starts; ends are on whole minutes.
        until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return _Kept(Use(scheduled, start), now, until)
