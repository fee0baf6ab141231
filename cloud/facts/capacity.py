"""How much of a connection's limit is left, and for how long it lasts."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.capacity.months import Capacity, DayPeak, monthly, planned
from cloud.facts.energy import DAY_MIN
from cloud.facts.tree import main_site, tree
from cloud.store import campus, rollups
from cloud.store.database import Database

LOOK_BACK: Final = timedelta(days=6 * 366)

_SEED: Final = 0
"""The same months give the same plan, whoever asks."""

Json = dict[str, object]


def capacity(database: Database, now: datetime, reference: str | None) -> Json:
    """Return the monthly peaks of a node, those to come, and its limit.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
        node = nodes.find(reference) if reference else main_site(nodes)
        span_s = int((now - LOOK_BACK).timestamp()), int(now.timestamp())
        simulated = not rollups.has_measured(connection, node.id, span_s)
        rows = rollups.energy_rows(
            connection, [node.id], DAY_MIN, span_s, simulated=simulated
        )
        limit_kw = campus.connection_limit_kw(connection, node.id)
    zone = nodes.zone_of(node)
    peaks = [
        DayPeak(datetime.fromtimestamp(row.start_s, zone).date(), row.peak_kw)
        for row in rows
        if row.peak_kw is not None
    ]
    months = monthly(peaks, now.astimezone(zone).date())
    plan = planned(months, limit_kw, np.random.default_rng(_SEED))
    return {
        "node": node.path,
        "name": node.name,
        "timezone": zone.key,
        "simulated": simulated and bool(rows),
        "limit_kw": limit_kw,
        "headroom_kw": plan.headroom_kw,
        "why_none": plan.why_none,
        **_told(plan),
    }


def _told(plan: Capacity) -> Json:
    low, likely, high = plan.growth or (None, None, None)
    return {
        "months": [
            {
                "month": f"{each.month:%Y-%m}",
                "peak_kw": each.peak_kw,
                "is_whole": each.is_whole,
            }
            for each in plan.months
        ],
        "ahead": [
            {
                "month": f"{each.month:%Y-%m}",
                "low_kw": each.low_kw,
                "likely_kw": each.likely_kw,
                "high_kw": each.high_kw,
                "exceeds_limit": each.exceeds,
            }
            for each in plan.ahead
        ],
        "growth_percent_per_year": None
        if low is None or likely is None or high is None
        else {"low": 100 * low, "likely": 100 * likely, "high": 100 * high},
        "exceeded_by": [
            {"probability_percent": percent, "month": month and f"{month:%Y-%m}"}
            for percent, month in plan.exceeded.items()
        ],
    }
