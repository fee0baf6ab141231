"""The weather of a site: what was measured, what is forecast, what was known when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.climatology import climatology
from cloud.analytics.known_weather import forecast_c, measured_c
from cloud.domain.weather import HOUR_S, VALUES, Instants, Weather, place
from cloud.facts.tree import main_site, tree
from cloud.store import site_facts
from cloud.store import weather as kept
from cloud.store.database import Connection, Database
from contract.interval import from_ms
from contract.weather import LEAD_HOURS, MEASURED_HOURS, SiteWeather, temperatures

Floats = NDArray[np.float64]
Json = dict[str, object]

CLIMATOLOGY: Final = "climatology"
TOLD_HOURS: Final = 72
"""Hours ahead that gateways are told, so that they can do without the cloud. [h]"""
SHOWN_HOURS: Final = 48
LONGEST_AGE_S: Final = 36 * HOUR_S
"""An older forecast is no better than what is usual. [s]"""

_YEARS_S: Final = kept.KEPT_DAYS * 86_400
_ATTRIBUTIONS: Final = {"open_meteo": "Weather data by Open-Meteo.com (CC BY 4.0)"}


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected of hours, and how sure that is.

    Attributes:
        source: Who said so, or `climatology`.
        issued_s: When. [s since 1970 UTC]
        spread: Standard deviations for climatology; NaN for forecasts.
    """

    source: str
    issued_s: int
    hours: Weather
    spread: Floats

    @property
    def is_climatology(self) -> bool:
        """Whether it is no more than what is usual."""
        return self.source == CLIMATOLOGY


def place_id(connection: Connection, path: str) -> int | None:
    """Return the place whose weather the site of `path` has; None if it has none."""
    found = _place(connection, path)
    return None if found is None else found.id


def expected(
    connection: Connection, path: str, at_s: int, hours: int
) -> Expected | None:
    """Return what is expected of `hours` hours from the one that holds `at_s`.

    The newest forecast if it is fresh, else what is usual; None if neither is known.
    """
    found = _place(connection, path)
    if found is None:
        return None
    start_s = _hours_from(at_s, hours)
    issues_s, said = kept.forecasts(
        connection, found.id, int(start_s[0]), int(start_s[-1]) + 1
    )
    out = issues_s <= at_s
    if out.any():
        issued_s = int(issues_s[out].max())
        if at_s - issued_s <= LONGEST_AGE_S:
            newest = said.take(out & (issues_s == issued_s)).on(start_s)
            unknown = np.full_like(newest.values, np.nan)
            return Expected(found.source, issued_s, newest, unknown)
    past = kept.hours(connection, found.id, at_s - _YEARS_S, at_s)
    usual, spread = climatology(past, start_s)
    if np.isnan(usual["temperature_c"]).all():
        return None
    return Expected(CLIMATOLOGY, at_s, usual, spread)


def site_weather(connection: Connection, path: str, at_s: int) -> SiteWeather | None:
    """Return what a gateway at `path` is told; None if nothing is known."""
    ahead = expected(connection, path, at_s, TOLD_HOURS)
    if ahead is None:
        return None
    first_s = at_s // HOUR_S * HOUR_S - MEASURED_HOURS * HOUR_S
    past = observed(connection, path, first_s, MEASURED_HOURS)
    return SiteWeather(
        ahead.source,
        ahead.issued_s,
        temperatures(first_s, past["temperature_c"].tolist()),
        temperatures(
            int(ahead.hours.start_s[0]), ahead.hours["temperature_c"].tolist()
        ),
    )


def observed(connection: Connection, path: str, from_s: int, hours: int) -> Weather:
    """Return `hours` hours from `from_s` on as they were; NaN where not known."""
    start_s = _hours_from(from_s, hours)
    found = _place(connection, path)
    if found is None:
        return Weather.nothing().on(start_s)
    span_s = int(start_s[0]), int(start_s[-1]) + 1
    return kept.hours(connection, found.id, *span_s).on(start_s)


def known_temperatures(
    connection: Connection, path: str, at_s: Instants
) -> tuple[Floats, Floats]:
    """Return what was known of the temperature at each instant. [°C].

    Returns:
        The 192 hours before it, the newest first, and the 24 hours after it as they
        were forecast by then; NaN where nothing was known. This is how
        `contract.features.Origins` wants them.
    """
    found = _place(connection, path)
    if found is None or not len(at_s):
        shape = len(at_s)
        return np.full((shape, MEASURED_HOURS), np.nan), np.full(
            (shape, LEAD_HOURS), np.nan
        )
    first_s, last_s = int(at_s.min()), int(at_s.max())
    past = kept.hours(
        connection, found.id, first_s - (MEASURED_HOURS + 1) * HOUR_S, last_s
    )
    issues_s, said = kept.forecasts(
        connection, found.id, first_s - HOUR_S, last_s + (LEAD_HOURS + 1) * HOUR_S
    )
    return measured_c(past, at_s), forecast_c(issues_s, said, at_s)


def weather_facts(database: Database, now: datetime, reference: str | None) -> Json:
    """Return the weather at a node's site: now and for the next 48 hours.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        campus = tree(database, connection)
        node = campus.find(reference) if reference else main_site(campus)
        at_s = int(now.timestamp())
        site = site_facts.site_of(connection, node.path)
        found = _place(connection, node.path)
        ahead = expected(connection, node.path, at_s, SHOWN_HOURS)
    told: Json = {
        "node": node.path,
        "place": None,
        "source": None,
        "attribution": None,
        "issued": None,
        "is_climatology": False,
        "why_none": None,
        "why_not_newer": None if found is None else found.error,
        "now": None,
        "hours": [],
    }
    if site is not None and site.latitude is not None:
        told["place"] = {"latitude": site.latitude, "longitude": site.longitude}
    if ahead is None:
        return told | {"why_none": _why_none(site, found)}
    rows = _rows(ahead)
    return told | {
        "source": ahead.source,
        "attribution": _ATTRIBUTIONS.get("" if found is None else found.source),
        "issued": from_ms(ahead.issued_s * 1000).isoformat(),
        "is_climatology": ahead.is_climatology,
        "now": rows[0],
        "hours": rows,
    }


def _why_none(site: site_facts.SiteFacts | None, found: kept.PlaceRow | None) -> str:
    if site is None or site.latitude is None:
        return "the campus file does not say where the site is (latitude, longitude)"
    if found is None:
        return "no weather was asked for yet; WEATHER_PROVIDER says whom to ask"
    return found.error or "no forecast has come yet"


def _rows(ahead: Expected) -> list[Json]:
    spread = ahead.spread[VALUES.index("temperature_c")].tolist()
    rows: list[Json] = []
    for column, start in enumerate(ahead.hours.start_s.tolist()):
        values = ahead.hours.values[:, column].tolist()
        row: Json = {"start": from_ms(start * 1000).isoformat()}
        row |= {n: _known(v) for n, v in zip(VALUES, values, strict=True)}
        rows.append(row | {"temperature_spread_c": _known(spread[column])})
    return rows


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 2)


def _hours_from(at_s: int, count: int) -> Instants:
    first: int = at_s // HOUR_S * HOUR_S
    return first + HOUR_S * np.arange(count, dtype=np.int64)


def _place(connection: Connection, path: str) -> kept.PlaceRow | None:
    site = site_facts.site_of(connection, path)
    if site is None or site.latitude is None or site.longitude is None:
        return None
    return kept.known_place(connection, place(site.latitude, site.longitude).name)
