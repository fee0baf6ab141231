"""Which anomalies there are, and all that is known of one."""

import json
from dataclasses import dataclass
from datetime import datetime

from cloud.facts.anomaly.shown import shown
from cloud.facts.tree import tree
from cloud.store import anomalies as store
from cloud.store import anomaly_feedback
from cloud.store.anomalies import AnomalyRow, Wanted
from cloud.store.anomaly_feedback import FeedbackRow
from cloud.store.database import Database
from contract.interval import from_ms

Json = dict[str, object]


class UnknownAnomalyError(LookupError):
    """There is no such anomaly."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which anomalies are asked for; None asks for all.

    Attributes:
        node: Path, slug or id; those below it are meant as well.
    """

    node: str | None = None
    span_s: tuple[int, int] | None = None
    kind: str | None = None
    state: str | None = None


def anomalies(database: Database, question: Question) -> list[Json]:
    """Return the newest anomalies, those found last first.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        path = None
        if question.node is not None:
            path = tree(database, connection).find(question.node).path
        wanted = Wanted(path, question.span_s, question.kind, question.state)
        rows = store.found(connection, wanted)
        verdicts = anomaly_feedback.verdicts(connection, [row.id for row in rows])
    return [_told(row, verdicts.get(row.id)) for row in rows]


def anomaly(database: Database, anomaly_id: int, now: datetime) -> Json:
    """Return one anomaly with the figures behind it, what was said, and its course.

    Raises:
        UnknownAnomalyError: There is none of this id.
    """
    with database.read() as connection:
        row = store.one(connection, anomaly_id)
        if row is None:
            raise UnknownAnomalyError(f"there is no anomaly {anomaly_id}")
        said = anomaly_feedback.given(connection, anomaly_id)
        course = shown(database, connection, row, now)
    return _told(row, said[0].verdict if said else None) | {
        "evidence": json.loads(row.told.evidence),
        "feedback": [_said(each) for each in said],
        "course": course,
    }


def _told(row: AnomalyRow, verdict: str | None) -> Json:
    told = row.told
    return {
        "id": row.id,
        "node": row.node_path,
        "name": row.node_name,
        "kind": told.kind,
        "state": row.state,
        "verdict": verdict,
        "start": _instant(told.start_s),
        "end": None if told.end_s is None else _instant(told.end_s),
        "known_until": _instant(told.known_s),
        "found": _instant(told.found_s),
        "size_kwh": told.size_kwh,
        "cost": told.cost,
        "currency": told.currency,
        "confidence": told.confidence,
        "sentence": told.sentence,
    }


def _said(row: FeedbackRow) -> Json:
    return {
        "at": _instant(row.at_s),
        "author": row.author,
        "verdict": row.verdict,
        "note": row.note,
    }


def _instant(second: int) -> str:
    return from_ms(second * 1000).isoformat()
