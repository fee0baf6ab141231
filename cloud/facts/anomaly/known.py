"""What the anomalies of a node are judged by: its load, its days, what people said."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.anomaly import Course, Kind, Watch
from cloud.domain.load_history import Floats, LoadHistory
from cloud.facts.forecast.known import HOUR_S, calendar_of, local_hour_s
from cloud.facts.weather import observed
from cloud.store import anomaly_feedback
from cloud.store.database import Connection, Database
from cloud.store.load_history import hour_loads
from cloud.store.site import NodeRow

LOOK_BACK: Final = timedelta(weeks=22)
"""The 13 weeks in which a drift is looked for, and what these rest on."""
SETTLED: Final = timedelta(minutes=5)
"""Until then the readings that end an hour have come and are rolled up."""
SILENT: Final = timedelta(days=28)
"""A node that has been silent for longer is no longer watched."""

_FULL: Final = 0.95
_DOUBT: Final = 0.25
_MOST: Final = 2.0
_DOUBT_LASTS: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Watched:
    """A node with what its anomalies are judged by."""

    node: NodeRow
    course: Course
    watch: Watch


def watched(
    database: Database,
    connection: Connection,
    node: NodeRow,
    now: datetime,
    past: timedelta = LOOK_BACK,
) -> Watched | None:
    """Return what the anomalies of `node` are judged by at `now`, in whole hours.

    None where nothing real was measured lately. Hours that are not known in full are
    not known. Days that people called holidays are closed, and each anomaly of a kind
    that they doubted in a year makes the next one a quarter harder to tell, up to twice
    as hard; a confirmed one takes that back.
    """
    days = calendar_of(database, connection, node, now)
    end_s = local_hour_s(int((now - SETTLED).timestamp()), days)
    from_s = end_s - int(past.total_seconds())
    history = hour_loads(connection, [node.id], from_s, end_s).get(node.id)
    course = None if history is None else _course(history, end_s)
    if course is None or not _is_alive(course):
        return None
    free = anomaly_feedback.feedback_holidays(connection, node.id)
    since_s = int((now - _DOUBT_LASTS).timestamp())
    doubts = anomaly_feedback.doubts(connection, node.id, since_s)
    watch = Watch(
        replace(days, closed=days.closed | free),
        factors={Kind(kind): factor(number) for kind, number in doubts.items()},
    )
    return Watched(node, _with_weather(connection, node, course), watch)


def factor(doubts: int) -> float:
    """Return how much more than usual an anomaly must be after so many doubts."""
    return min(1 + _DOUBT * doubts, _MOST)


def _course(history: LoadHistory, end_s: int) -> Course | None:
    known = (history.coverage >= _FULL) & np.isfinite(history.energy_kwh)
    if not known.any():
        return None
    first_s = int(history.start_s[np.argmax(known)])
    start_s = np.arange(first_s, end_s, HOUR_S, dtype=np.int64)
    place, rest = np.divmod(history.start_s - first_s, HOUR_S)
    on_grid = known & (rest == 0) & (place < len(start_s))
    load_kw = np.full(len(start_s), np.nan)
    load_kw[place[on_grid]] = history.energy_kwh[on_grid]
    return Course(start_s, load_kw, np.full(len(start_s), np.nan))


def _is_alive(course: Course) -> bool:
    lately = int(SILENT.total_seconds()) // HOUR_S
    return bool(np.isfinite(course.load_kw[-lately:]).any())


def _with_weather(connection: Connection, node: NodeRow, course: Course) -> Course:
    first_s, count = int(course.start_s[0]), len(course.start_s)
    temperature_c: Floats = observed(connection, node.path, first_s, count)[
        "temperature_c"
    ]
    return replace(course, temperature_c=temperature_c)
