"""What was forecast against what came: errors of the last days, beside naive ones."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.forecast_error import Band, Score, score
from cloud.domain.outlook import COLUMNS, Horizon, Outlook, Source
from cloud.facts.forecast.kept import Kept
from cloud.facts.forecast.known import HOUR_S, Known, known
from cloud.facts.forecast.told import find
from cloud.store import forecasts
from cloud.store.database import Connection, Database
from contract.naive import NAIVE, naive_kw
from contract.origins import PAST_HOURS, Floats, Origins

Json = dict[str, object]

MOST_DAYS: Final = 28

_FIRST: Final = (Source.GATEWAY, Source.CLOUD, Source.NAIVE)
_SMALLEST_KW: Final = 1e-3
_MOSTLY: Final = 0.9  # of the hours
_SHARED_S: Final = HOUR_S // 4
_kept: Final = Kept[Json](256)


@dataclass(frozen=True, slots=True)
class Judged:
    """Forecasts of which something has been measured, origins × hours.

    Attributes:
        kw: Origins × hours × `outlook.COLUMNS`.
        measured_kw: NaN where not known, or not yet.
        naive_kw: Origins × hours × `NAIVE`.
    """

    origin_s: NDArray[np.int64]
    sources: Counter[str]
    kw: Floats
    measured_kw: Floats
    naive_kw: Floats

    def hours(self, lead: slice) -> "Judged":
        """Return these lead hours only."""
        return Judged(
            self.origin_s,
            self.sources,
            self.kw[:, lead],
            self.measured_kw[:, lead],
            self.naive_kw[:, lead],
        )


def accuracy(
    database: Database, now: datetime, reference: str | None, days: int
) -> Json:
    """Return how far the forecasts of the last days were from what came.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        node = find(database, connection, reference)

        def answer() -> Json:
            past = timedelta(days=days + 2, hours=PAST_HOURS)
            of = known(database, connection, node, now, past)
            return _accuracy(connection, of, now, days)

        question = node.id, days, int(now.timestamp()) // _SHARED_S
        return _kept.get(database, question, answer)


def _accuracy(connection: Connection, of: Known, now: datetime, days: int) -> Json:
    hour, day = (judged(connection, of, each, now, days) for each in Horizon)
    return {
        "node": of.node.path,
        "days": days,
        "next_hour": _told(hour),
        "day_ahead": _told(day),
        "by_lead_hour": [
            {"lead_hour": lead + 1, **_brief(day.hours(slice(lead, lead + 1)))}
            for lead in range(Horizon.DAY_AHEAD.hours if len(day.origin_s) else 0)
        ],
    }


def judged(
    connection: Connection, of: Known, horizon: Horizon, now: datetime, days: int
) -> Judged:
    """Return the forecasts of the last days, as they were told, with what came."""
    now_s = int(now.timestamp())
    span_s = now_s - days * 24 * HOUR_S, now_s
    told = _told_first(forecasts.between(connection, of.node.id, horizon, span_s))
    origin_s = np.array([each.origin_s for each in told], dtype=np.int64)
    end_s = origin_s[:, None] + HOUR_S * np.arange(1, horizon.hours + 1)
    measured = np.where(end_s <= now_s, of.means.ending_kw(end_s), np.nan)
    past = Origins.of_load(origin_s, of.means.past_kw(origin_s))
    naive = np.empty((0, horizon.hours, len(NAIVE)))
    if len(told):
        naive = naive_kw(past, of.calendar, horizon.hours)
    return Judged(
        origin_s,
        Counter(each.source.value for each in told),
        np.array([each.kw for each in told]).reshape(*end_s.shape, len(COLUMNS)),
        measured,
        naive,
    )


def _told_first(found: Sequence[Outlook]) -> list[Outlook]:
    """Return one forecast for each origin: the one that was told."""
    best: dict[int, Outlook] = {}
    for each in sorted(found, key=lambda outlook: _FIRST.index(outlook.source)):
        best.setdefault(each.origin_s, each)
    return [best[origin_s] for origin_s in sorted(best)]


def _told(of: Judged) -> Json | None:
    """Return all errors of a horizon; None where no forecast was followed by data."""
    found = _scored(of)
    if found is None:
        return None
    return {
        **_percentages(found),
        "hours": int(np.isfinite(of.measured_kw).sum()),
        "forecasts": len(of.origin_s),
        "sources": dict(of.sources),
        "naive": None
        if found.naive is None
        else {
            "name": found.naive_name,
            "nrmse_percent": _one(found.naive.nrmse),
            "mape_percent": _one(found.naive.mape),
        },
    }


def _brief(of: Judged) -> Json:
    found = _scored(of)
    told = _percentages(found) if found is not None else {}
    naive = found.naive if found is not None else None
    return {
        "nrmse_percent": told.get("nrmse_percent"),
        "coverage80_percent": told.get("coverage80_percent"),
        "naive_nrmse_percent": None if naive is None else _one(naive.nrmse),
    }


@dataclass(frozen=True, slots=True)
class _Scored:
    """Errors of forecasts, and of the best naive one on the same hours.

    Attributes:
        is_load: Whether there was a load, so that errors can be told by it.
    """

    made: Score
    is_load: bool
    naive_name: str
    naive: Score | None


def _scored(of: Judged) -> _Scored | None:
    known = np.isfinite(of.measured_kw)
    if not known.any():
        return None
    measured = of.measured_kw[known]
    mean, *quantiles = of.kw[known].T
    made = score(measured, Band(mean, np.column_stack(quantiles)))
    if abs(float(measured.mean())) < _SMALLEST_KW:
        return _Scored(made, False, "", None)
    return _Scored(made, True, *_best_naive(measured, of.naive_kw[known]))


def _percentages(found: _Scored) -> Json:
    made, is_load = found.made, found.is_load
    return {
        "mape_percent": _one(made.mape) if is_load else None,
        "nrmse_percent": _one(made.nrmse) if is_load else None,
        "nmbe_percent": _one(made.nmbe) if is_load else None,
        "pinball_percent": _one(made.pinball) if is_load else None,
        "coverage80_percent": _one(made.coverage80),
    }


def _best_naive(measured: Floats, naive: Floats) -> tuple[str, Score | None]:
    """Return the naive forecast that missed least, of those that were always there."""
    best: tuple[str, Score | None] = "", None
    for name, kw in zip(NAIVE, naive.T, strict=True):
        known = np.isfinite(kw)
        if known.mean() < _MOSTLY:
            continue
        found = score(
            measured[known], Band(kw[known], np.column_stack([kw[known]] * 3))
        )
        if best[1] is None or found.nrmse < best[1].nrmse:
            best = name, found
    return best


def _one(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 2)
