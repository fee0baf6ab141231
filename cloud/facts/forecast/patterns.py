"""What is usual for a node's load, and what could be saved there."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.patterns import opportunities, profile, seasons, sentences
from cloud.analytics.patterns.days import HOURS, LocalDays, local_days, quarter_kw
from cloud.analytics.patterns.opportunities import Night, Opportunity
from cloud.analytics.patterns.seasons import DailyEnergy
from cloud.analytics.savings import Prices, cost
from cloud.domain.load_history import Floats, Instants
from cloud.domain.node import NodeKind
from cloud.facts.forecast.kept import Kept
from cloud.facts.forecast.known import HOUR_S, Known, known
from cloud.facts.forecast.told import find
from cloud.facts.tree import tree
from cloud.facts.weather import observed
from cloud.store import rollups
from cloud.store.database import Connection, Database
from cloud.store.load_history import hour_loads
from contract.calendar import DAY_S, days
from contract.schedule import in_use

Json = dict[str, object]

RECENT: Final = timedelta(days=56)
"""What the usual day and week rest on."""
LONG: Final = timedelta(days=400)
"""What seasons, trend and weather rest on: a year, and a month to compare."""

_WEEKDAYS: Final = (
    *("Monday", "Tuesday", "Wednesday", "Thursday"),
    *("Friday", "Saturday", "Sunday"),
)
_DAY_MIN: Final = 1440
_FULL: Final = 0.95
_FEWEST_HOURS: Final = 20  # of a day's temperature
_kept: Final = Kept[Json](128)


def patterns(
    database: Database, now: datetime, reference: str | None, prices: Prices
) -> Json:
    """Return the patterns of a node; what is not known of it is null or missing.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        node = find(database, connection, reference)

        def answer() -> Json:
            of = known(database, connection, node, now, RECENT)
            around = _Around(
                _daily(connection, of, now), _nights(database, connection, of, now)
            )
            return _patterns(of, around, prices)

        question = node.id, prices, int(now.timestamp()) // HOUR_S
        return _kept.get(database, question, answer)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is looked at beside the recent load.

    Attributes:
        nights: The usual nights of the site's buildings and of the node, by node.
    """

    daily: DailyEnergy
    nights: dict[int, Night]


def _patterns(of: Known, around: _Around, prices: Prices) -> Json:
    history = of.history
    load_kw = quarter_kw(history.energy_kwh, history.coverage)
    scheduled = in_use(of.week, of.calendar, history.start_s)
    recent = local_days(history.start_s, load_kw, scheduled, of.calendar)
    figures, profiles = profile.figures(recent), profile.profiles(recent)
    moved_by = seasons.sensitivities(around.daily)
    trend = seasons.trend(around.daily, moved_by)
    said = sentences.of_days(figures, profiles) if figures else []
    return {
        "node": of.node.path,
        "timezone": of.calendar.zone.key,
        "recent_days": figures.days if figures else 0,
        "figures": None if figures is None else _rounded(asdict(figures)),
        "profiles": [_profile(each) for each in profiles],
        "week": _week(recent) if figures else [],
        "months": [
            {
                "month": f"{each.first:%Y-%m}",
                "days": each.days,
                "kwh_per_day": round(each.kwh_per_day, 2),
            }
            for each in seasons.months(around.daily)
        ],
        "trend": None if trend is None else _rounded(asdict(trend)),
        "weather": [_rounded(asdict(each)) for each in moved_by],
        "stands_out": [*said, *sentences.of_seasons(trend, moved_by)],
        "opportunities": [
            _priced(each, prices)
            for each in _opportunities(of, recent, load_kw, around.nights)
        ],
        "why_none": None if figures else "no day of the last 8 weeks is known whole",
    }


def _opportunities(
    of: Known, recent: LocalDays, load_kw: Floats, nights: dict[int, Night]
) -> list[Opportunity]:
    """Return what could be saved, the most first."""
    found = [opportunities.peak(load_kw)]
    own = nights.get(of.node.id)
    if own is not None:
        peers = [each for node_id, each in nights.items() if node_id != of.node.id]
        found += [
            opportunities.weekend(recent, own),
            opportunities.outside_hours(recent, own),
        ]
        if of.node.kind == NodeKind.BUILDING:
            found.append(opportunities.night_base(own, peers))
    told = [each for each in found if each is not None]
    return sorted(told, key=lambda each: -(each.kwh_per_year or 0.0))


def _nights(
    database: Database, connection: Connection, of: Known, now: datetime
) -> dict[int, Night]:
    nodes = tree(database, connection)
    site = nodes.site_of(of.node)
    compared = {
        node.id: node
        for node in (of.node, *nodes.descendants(site))
        if node.kind == NodeKind.BUILDING or node.id == of.node.id
    }
    span_s = int((now - RECENT).timestamp()), int(now.timestamp())
    found = {}
    for node_id, hours in hour_loads(connection, list(compared), *span_s).items():
        hour_kw = np.where(hours.coverage >= _FULL, hours.energy_kwh, np.nan)
        area_m2 = compared[node_id].area_m2
        usual = opportunities.night(hours.start_s, hour_kw, of.calendar, area_m2)
        if usual is not None:
            found[node_id] = usual
    return found


def _daily(connection: Connection, of: Known, now: datetime) -> DailyEnergy:
    """Return the days of which all is known, with the temperature outdoors."""
    from_s, to_s = int((now - LONG).timestamp()), int(now.timestamp())
    rows = [
        (row.start_s, row.energy_kwh)
        for row in rollups.energy_rows(
            connection, [of.node.id], _DAY_MIN, (from_s, to_s), simulated=False
        )
        if row.energy_kwh is not None and (row.coverage or 0.0) >= _FULL
    ]
    start_s = np.array([row[0] for row in rows], dtype=np.int64)
    day = (start_s + of.calendar.offset_s(start_s)) // DAY_S
    kind = np.empty(0, dtype=np.int64)
    if len(day):
        kinds = days(int(day[0]), int(day[-1]), of.calendar)
        kind = kinds.kind[day - kinds.first]
    energy_kwh = np.array([row[1] for row in rows], dtype=np.float64)
    outdoor_c = _outdoor_c(connection, of, day)
    return DailyEnergy(day, energy_kwh, kind, outdoor_c)


def _outdoor_c(connection: Connection, of: Known, day: Instants) -> Floats:
    """Return the mean temperature of local days; NaN where too little is known."""
    if not len(day):
        return np.empty(0)
    from_s = int(day[0] - 1) * DAY_S
    hours = observed(
        connection, of.node.path, from_s, int(day[-1] - day[0] + 3) * HOURS
    )
    celsius = hours["temperature_c"]
    seen = np.isfinite(celsius)
    start_s = hours.start_s[seen]
    place = (start_s + of.calendar.offset_s(start_s)) // DAY_S - int(day[0]) + 2
    size = int(day[-1] - day[0]) + 5
    count = np.bincount(place, minlength=size)
    total = np.bincount(place, celsius[seen], minlength=size)
    mean = np.where(count >= _FEWEST_HOURS, total / np.maximum(count, 1), np.nan)
    picked: Floats = mean[day - int(day[0]) + 2]
    return picked


def _profile(each: profile.Profile) -> Json:
    columns = zip(
        each.mean_kw.tolist(), each.p10_kw.tolist(), each.p90_kw.tolist(), strict=True
    )
    return {
        "type": each.type.value,
        "days": each.days,
        "hours": [
            {
                "hour": hour,
                "mean_kw": _figure(mean),
                "p10_kw": _figure(low),
                "p90_kw": _figure(high),
            }
            for hour, (mean, low, high) in enumerate(columns)
        ],
    }


def _week(recent: LocalDays) -> list[Json]:
    return [
        {"weekday": name, "hours": [_figure(kw) for kw in row.tolist()]}
        for name, row in zip(_WEEKDAYS, profile.week_kw(recent), strict=True)
    ]


def _priced(found: Opportunity, prices: Prices) -> Json:
    kwh = found.kwh_per_year
    return {
        **asdict(found),
        "kind": found.kind.value,
        "evidence": _rounded(found.evidence),
        "kwh_per_year": None if kwh is None else round(kwh, 1),
        "cost_per_year": None if kwh is None else round(cost(kwh, prices), 2),
        "currency": prices.currency,
    }


def _rounded(values: dict[str, object] | dict[str, float]) -> Json:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in values.items()
    }


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
