"""The load of the next hour."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from cloud.domain.outlook import Horizon
from cloud.facts.forecast.kept import Kept
from cloud.facts.forecast.known import HOUR_S, known
from cloud.facts.forecast.told import Told, find, told
from cloud.facts.forecast.versions import model_facts
from cloud.store.database import Connection, Database

Json = dict[str, object]

PEAK_QUANTILE: Final = 0.9
"""Of the hours of `_LOOK_BACK`; a forecast above it is a peak."""
LEVEL: Final = 0.8
"""How likely the load is between the bounds."""

_LOOK_BACK: Final = timedelta(days=30)
_peaks: Final = Kept[float](256)


def next_hour(database: Database, now: datetime, reference: str | None = None) -> Json:
    """Return the forecast for the node, or for the only or first site.

    Raises:
        UnknownNodeError: There is no such node.
        NoForecastError: Nothing is known of its last week.
    """
    with database.read() as connection:
        node = find(database, connection, reference)
        found = told(database, connection, node, now, Horizon.NEXT_HOUR)
        model = model_facts(connection, found, Horizon.NEXT_HOUR)
        peak_kw = _peaks.get(
            database,
            (node.id, int(now.timestamp()) // HOUR_S),
            lambda: _peak_kw(database, connection, found, now),
        )
    mean_kw, low_kw, _, high_kw = found.outlook.kw[0].tolist()
    start = datetime.fromtimestamp(found.outlook.origin_s, UTC)
    end = start + timedelta(hours=1)
    return {
        "node": node.path,
        "predicted_kw": mean_kw,
        "interval": {"low_kw": low_kw, "high_kw": high_kw, "level": LEVEL},
        "for_hour": {"start": start.isoformat(), "end": end.isoformat()},
        "is_peak": bool(mean_kw >= peak_kw),
        "source": found.outlook.source.value,
        "why_naive": found.why_naive or None,
        "model": model,
    }


def _peak_kw(
    database: Database, connection: Connection, found: Told, now: datetime
) -> float:
    """Return the load from which on an hour is a peak; NaN where nothing is known."""
    of = known(database, connection, found.node, now, _LOOK_BACK)
    measured = of.means.load_kw[np.isfinite(of.means.load_kw)]
    return float(np.quantile(measured, PEAK_QUANTILE)) if len(measured) else np.nan
