"""How the load went around an anomaly, beside what was expected."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.anomaly import Course, Kind, usual_kw
from cloud.domain.load_history import Floats, Instants
from cloud.facts.anomaly.known import watched
from cloud.facts.tree import tree
from cloud.store.anomalies import AnomalyRow
from cloud.store.database import Connection, Database
from contract.calendar import DAY_S, Calendar
from contract.interval import from_ms

Json = dict[str, object]

_AROUND: Final = timedelta(days=1)
_LEARNT_FROM: Final = timedelta(days=56)
_LONGEST: Final = timedelta(days=14)
_BEFORE_DRIFT: Final = timedelta(days=28)
_HOUR_MIN: Final = 60
_DAY_MIN: Final = 1440


def shown(
    database: Database, connection: Connection, row: AnomalyRow, now: datetime
) -> Json:
    """Return measured and expected load around an anomaly, by hour; a drift's by day.

    At most the last two weeks of a long one, and a day before and after. What a drift
    is held against is the load less the rise that was found.
    """
    until = datetime.fromtimestamp(row.told.known_s, UTC)
    is_drift = row.told.kind == Kind.DRIFT
    begin = datetime.fromtimestamp(row.told.start_s, UTC)
    first = begin - (_BEFORE_DRIFT if is_drift else _AROUND)
    if not is_drift:
        first = max(first, until - _LONGEST)
    last = min(now, until + _AROUND)
    node = tree(database, connection).find(row.node_path)
    past = last - first + _LEARNT_FROM
    found = watched(database, connection, node, last + timedelta(hours=1), past)
    if found is None:
        return {"resolution_min": _HOUR_MIN, "rows": []}
    visible = found.course.start_s >= int(first.timestamp())
    if is_drift:
        days_s, load_kw = _daily(found.course, found.watch.calendar)
        rows = days_s >= int(first.timestamp())
        less_kw = load_kw - _rise_kw(row, days_s)
        return _told(_DAY_MIN, days_s[rows], load_kw[rows], less_kw[rows])
    usual = usual_kw(found.course, found.watch)
    course = found.course
    return _told(
        _HOUR_MIN, course.start_s[visible], course.load_kw[visible], usual[visible]
    )


def _daily(course: Course, calendar: Calendar) -> tuple[Instants, Floats]:
    """Return the first instant of each local day that is known, and its mean."""
    local = (course.start_s + calendar.offset_s(course.start_s)) // DAY_S
    days, first, place = np.unique(local, return_index=True, return_inverse=True)
    known = np.isfinite(course.load_kw)
    count = np.bincount(place[known], minlength=len(days))
    total = np.bincount(place[known], course.load_kw[known], minlength=len(days))
    mean = np.where(count >= 20, total / np.maximum(count, 1), np.nan)
    return course.start_s[first], mean


def _rise_kw(row: AnomalyRow, days_s: Instants) -> Floats:
    evidence = json.loads(row.told.evidence)
    ramp_s = evidence["ramp_days"] * DAY_S
    share: Floats = np.clip((days_s - row.told.start_s) / ramp_s, 0, 1)
    return share * float(evidence["rise_kw"])


def _told(
    resolution_min: int, start_s: Instants, load_kw: Floats, usual_kw: Floats
) -> Json:
    return {
        "resolution_min": resolution_min,
        "rows": [
            {
                "start": from_ms(int(start) * 1000).isoformat(),
                "load_kw": _known(load),
                "expected_kw": _known(usual),
            }
            for start, load, usual in zip(
                start_s.tolist(), load_kw.tolist(), usual_kw.tolist(), strict=True
            )
        ],
    }


def _known(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None
