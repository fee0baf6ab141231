"""The days before the demo: the instants to tick until the wall clock takes over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_HOUR: Final = timedelta(hours=1)
_QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Hourly instants on the site's own hours, then the last day every 15 minutes.

    Occupancy changes with the local hour, so polls on the hour see all of it.

    Attributes:
        start: The first instant.
        last_day: Where the 15-minute steps begin.
    """

    start: datetime
    last_day: datetime

    @property
    def ticks(self) -> int:
        """How many instants there will be, give or take the minutes it all takes."""
        return (self.last_day - self.start) // _HOUR + _DAY // _QUARTER + 1


def plan(now: datetime, days: int, zone: str) -> Plan:
    """Return the plan of a history of `days` that ends at `now`."""
    local = now.astimezone(ZoneInfo(zone))
    since_the_hour = timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    hour = now - since_the_hour
    return Plan(start=hour - days * _DAY, last_day=hour - _DAY)


def instants(plan: Plan, now: Callable[[], datetime]) -> Iterator[datetime]:
    """Yield the instants to tick; while they are ticked, `now` moves on.

    The last one is the present minute, from where the wall clock takes over.
    """
    at = plan.start
    while at <= now():
        yield at
        at += _HOUR if at < plan.last_day else _QUARTER
    minute = now().replace(second=0, microsecond=0)
    if minute > at - _QUARTER:
        yield minute
