"""What is said of a site as a place: where it is, its holidays, its periods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select

from cloud.domain.period import Period, PeriodKind
from cloud.store.database import Connection
from cloud.store.schema import node, site_period


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """One site.

    Attributes:
        latitude, longitude: In degrees north and east. [°]
        country: ISO 3166-1 code of two letters, for public holidays.
        subdivision: ISO 3166-2 code without the country.
    """

    id: int
    path: str
    timezone: str
    latitude: float | None
    longitude: float | None
    country: str | None
    subdivision: str | None


def sites(connection: Connection) -> list[SiteFacts]:
    """Return every site, by path."""
    n = node.c
    rows = connection.execute(
        select(
            n.id,
            n.path,
            n.timezone,
            n.latitude,
            n.longitude,
            n.country,
            n.subdivision,
        )
        .where(n.parent_id.is_(None))
        .order_by(n.path)
    )
    return [SiteFacts(row[0], row[1], row[2] or "UTC", *row[3:]) for row in rows]


def site_of(connection: Connection, path: str) -> SiteFacts | None:
    """Return the site that the node at `path` belongs to, if there is one."""
    slug = path.partition("/")[0]
    return next((site for site in sites(connection) if site.path == slug), None)


def periods(connection: Connection, site_id: int) -> list[Period]:
    """Return the site's periods, the earliest first."""
    p = site_period.c
    rows = connection.execute(
        select(p.first, p.last, p.kind, p.name)
        .where(p.node_id == site_id)
        .order_by(p.first, p.kind)
    )
    return [
        Period(
            date.fromisoformat(row.first),
            date.fromisoformat(row.last),
            PeriodKind(row.kind),
            row.name,
        )
        for row in rows
    ]


def set_periods(connection: Connection, site_id: int, said: Iterable[Period]) -> None:
    """Replace the site's periods."""
    connection.execute(delete(site_period).where(site_period.c.node_id == site_id))
    rows = [
        {
            "node_id": site_id,
            "kind": period.kind.value,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "name": period.name,
        }
        for period in said
    ]
    if rows:
        connection.execute(insert(site_period), rows)
