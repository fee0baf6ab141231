"""What people said of anomalies, and what follows for what is told later."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, insert, select, update

from cloud.domain.anomaly import Verdict
from cloud.store import site_facts
from cloud.store.database import Connection
from cloud.store.schema import anomaly, anomaly_feedback, node

_LEAST_OF_DAY: Final = timedelta(hours=4)
_DOUBTED: Final = (Verdict.EXPECTED, Verdict.NOT_AN_ANOMALY)
_BELIEVED: Final = (Verdict.CONFIRMED, Verdict.FAULT_FIXED)


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """What one person said of one anomaly."""

    at_s: int
    author: str
    verdict: str
    note: str | None


def give(connection: Connection, anomaly_id: int, said: FeedbackRow) -> None:
    """Keep what was said; the anomaly's state follows the newest verdict."""
    connection.execute(
        insert(anomaly_feedback).values(
            anomaly_id=anomaly_id,
            at_s=said.at_s,
            author=said.author,
            verdict=said.verdict,
            note=said.note,
        )
    )
    connection.execute(
        update(anomaly)
        .where(anomaly.c.id == anomaly_id)
        .values(state=Verdict(said.verdict).state.value)
    )


def given(connection: Connection, anomaly_id: int) -> list[FeedbackRow]:
    """Return what was said of the anomaly, the newest first."""
    f = anomaly_feedback.c
    rows = connection.execute(
        select(f.at_s, f.author, f.verdict, f.note)
        .where(f.anomaly_id == anomaly_id)
        .order_by(f.id.desc())
    )
    return [FeedbackRow(*row) for row in rows]


def verdicts(connection: Connection, anomaly_ids: Sequence[int]) -> dict[int, str]:
    """Return the newest verdict of each of these anomalies that has one."""
    f = anomaly_feedback.c
    newest = (
        select(func.max(f.id))
        .where(f.anomaly_id.in_(anomaly_ids))
        .group_by(f.anomaly_id)
    )
    rows = connection.execute(select(f.anomaly_id, f.verdict).where(f.id.in_(newest)))
    return {row.anomaly_id: row.verdict for row in rows}


def feedback_holidays(connection: Connection, node_id: int) -> frozenset[date]:
    """Return the days that people called free when an anomaly of the node was told.

    Local days of which the anomaly covers four hours and more; of a shorter one, the
    day it ends on.
    """
    path = connection.execute(select(node.c.path).where(node.c.id == node_id)).scalar()
    site = site_facts.site_of(connection, path or "")
    zone = ZoneInfo("UTC" if site is None else site.timezone)
    days: set[date] = set()
    for start_s, end_s in _spans(connection, node_id, (Verdict.HOLIDAY,)):
        start = datetime.fromtimestamp(start_s, zone)
        end = datetime.fromtimestamp(end_s, zone)
        days |= {day for day in _days(start, end) if _is_covered(day, start, end)} or {
            end.date()
        }
    return frozenset(days)


def confirmed_spans(connection: Connection, node_id: int) -> list[tuple[int, int]]:
    """Return when the node had an anomaly that a person confirmed, for training.

    Returns:
        Spans ``[from, to)`` in seconds since 1970 UTC, the earliest first.
    """
    return _spans(connection, node_id, _BELIEVED)


def doubts(connection: Connection, node_id: int, since_s: int) -> dict[str, int]:
    """Return how often more anomalies of each kind were doubted than confirmed.

    Only newest verdicts count, and only of anomalies found since `since_s`; a holiday
    is neither.
    """
    count: Counter[str] = Counter()
    for kind, verdict in connection.execute(
        select(anomaly.c.kind, anomaly_feedback.c.verdict)
        .join_from(anomaly, anomaly_feedback)
        .where(
            anomaly.c.node_id == node_id,
            anomaly.c.found_s >= since_s,
            anomaly_feedback.c.id.in_(_newest_ids()),
        )
    ):
        count[kind] += (verdict in _DOUBTED) - (verdict in _BELIEVED)
    return {kind: number for kind, number in count.items() if number > 0}


def _spans(
    connection: Connection, node_id: int, wanted: Sequence[Verdict]
) -> list[tuple[int, int]]:
    end_s = func.coalesce(anomaly.c.end_s, anomaly.c.known_s)
    rows = connection.execute(
        select(anomaly.c.start_s, end_s)
        .join_from(anomaly, anomaly_feedback)
        .where(
            anomaly.c.node_id == node_id,
            anomaly_feedback.c.verdict.in_([each.value for each in wanted]),
            anomaly_feedback.c.id.in_(_newest_ids()),
        )
        .order_by(anomaly.c.start_s)
    )
    return [(int(row[0]), int(row[1])) for row in rows]


def _newest_ids() -> Select[tuple[int]]:
    f = anomaly_feedback.c
    return select(func.max(f.id)).group_by(f.anomaly_id)


def _days(start: datetime, end: datetime) -> list[date]:
    count = (end.date() - start.date()).days + 1
    return [start.date() + timedelta(days=number) for number in range(count)]


def _is_covered(day: date, start: datetime, end: datetime) -> bool:
    """Return whether ``[start, end)`` covers four hours of the local day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=start.tzinfo)
    following = midnight + timedelta(days=1)
    return min(end, following) - max(start, midnight) >= _LEAST_OF_DAY
