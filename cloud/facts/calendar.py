"""What is known of a site's days: its time zone, public holidays and closed days."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from cloud.domain.period import closed_days
from cloud.domain.public_holidays import public_holidays
from cloud.store import site_facts
from cloud.store.database import Connection
from contract.calendar import Calendar

_NOWHERE: Final = ZoneInfo("UTC")


def calendar(connection: Connection, path: str, first: date, last: date) -> Calendar:
    """Return the calendar of the site that `path` belongs to.

    Args:
        first, last: Local days between which holidays and closed days are wanted.
    """
    site = site_facts.site_of(connection, path)
    if site is None:
        return Calendar(_NOWHERE)
    closed = closed_days(site_facts.periods(connection, site.id))
    holidays = frozenset[date]()
    if site.country is not None:
        years = range(first.year, last.year + 1)
        holidays = public_holidays(site.country, site.subdivision, years)
    return Calendar(
        ZoneInfo(site.timezone),
        frozenset(day for day in holidays if first <= day <= last),
        frozenset(day for day in closed if first <= day <= last),
    )
