"""The next 24 hours of a node, beside what was measured and forecast before."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import numpy as np

from cloud.analytics.origins import QUARTER_S
from cloud.analytics.quarter_hours import FLAT, UNKNOWN_STRAY, in_quarters
from cloud.domain.load_history import Floats
from cloud.domain.outlook import COLUMNS, Horizon, Outlook, Source
from cloud.facts.forecast.known import (
    HOUR_S,
    calendar_of,
    known,
    local_hour_s,
)
from cloud.facts.forecast.told import Told, find, told
from cloud.facts.forecast.versions import model_facts
from cloud.store import forecasts, models
from cloud.store.database import Connection, Database
from contract.calendar import Calendar
from contract.manifest import Manifest, ManifestError

Json = dict[str, object]

PAST_HOURS: Final = 48
"""Hours before now that are told beside the forecast."""
LEVEL: Final = 0.8
"""How likely the load is between the bounds."""

_FIRST: Final = (Source.GATEWAY, Source.CLOUD, Source.NAIVE)


def day(
    database: Database, now: datetime, reference: str | None, grid_min: int
) -> Json:
    """Return the forecast of the next 24 hours, in hours or quarter hours.

    Raises:
        UnknownNodeError: There is no such node.
        NoForecastError: Nothing is known of its last week.
    """
    with database.read() as connection:
        node = find(database, connection, reference)
        found = told(database, connection, node, now, Horizon.DAY_AHEAD)
        days = calendar_of(database, connection, node, now)
        kw, step_s = found.outlook.kw, HOUR_S
        if grid_min * 60 == QUARTER_S:
            kw, step_s = _quarters(connection, found, days), QUARTER_S
        model = model_facts(connection, found, Horizon.DAY_AHEAD)
    origin_s = found.outlook.origin_s
    return {
        "node": node.path,
        "timezone": days.zone.key,
        "made_at": _instant(origin_s),
        "source": found.outlook.source.value,
        "why_naive": found.why_naive or None,
        "model": model,
        "level": LEVEL,
        "grid_min": grid_min,
        "rows": [
            {"start": _instant(origin_s + step * step_s), **_figures(row)}
            for step, row in enumerate(kw)
        ],
    }


def past(database: Database, now: datetime, reference: str | None) -> Json:
    """Return what was measured in the last hours and had been forecast for them.

    Of several forecasts of an hour the earliest is told: the hardest one.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        node = find(database, connection, reference)
        of = known(database, connection, node, now)
        last_s = local_hour_s(int(now.timestamp()), of.calendar)
        start_s = last_s - HOUR_S * np.arange(PAST_HOURS, 0, -1)
        span_s = int(start_s[0]) - Horizon.DAY_AHEAD.hours * HOUR_S, last_s
        made = forecasts.between(connection, node.id, Horizon.DAY_AHEAD, span_s)
    measured_kw = of.means.ending_kw(start_s + HOUR_S).tolist()
    earliest = _earliest(made)
    return {
        "node": node.path,
        "timezone": of.calendar.zone.key,
        "rows": [
            {
                "start": _instant(start),
                "measured_kw": None if np.isnan(kw) else round(kw, 4),
                "forecast": earliest.get(start),
            }
            for start, kw in zip(start_s.tolist(), measured_kw, strict=True)
        ],
    }


def _earliest(made: list[Outlook]) -> dict[int, Json]:
    """Return for each hour its first forecast, of its gateway if that made one."""
    best = sorted(made, key=lambda each: (each.origin_s, _FIRST.index(each.source)))
    found: dict[int, Json] = {}
    for each in best:
        for lead, row in enumerate(each.kw):
            start_s = each.origin_s + lead * HOUR_S
            if start_s not in found:
                about = {"lead_hours": lead + 1, "source": each.source.value}
                found[start_s] = {**about, **_figures(row)}
    return found


def _quarters(connection: Connection, found: Told, days: Calendar) -> Floats:
    """Return the forecast in quarters, by the course that its model has learnt."""
    kept = models.manifests(connection, found.node.id)
    document = kept.get(found.outlook.version or max(kept, default=0))
    shape, stray = FLAT, UNKNOWN_STRAY
    with suppress(ManifestError):  # of an older format
        if document is not None:
            promise = Manifest.opened(document)[0].promise
            shape, stray = np.array(promise.quarter_shape), promise.quarter_miss
    return in_quarters(found.outlook, days, shape, stray)


def _figures(row: Floats) -> Json:
    return {name: round(kw, 4) for name, kw in zip(COLUMNS, row.tolist(), strict=True)}


def _instant(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
