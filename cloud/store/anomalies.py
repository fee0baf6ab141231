"""Anomalies: one row each, followed while it goes on."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Select, delete, insert, or_, select, update

from cloud.domain.anomaly import State
from cloud.store.database import Connection
from cloud.store.schema import anomaly, node

MOST: Final = 500
"""Anomalies that are listed at most, the newest."""

_COLUMNS: Final = (
    anomaly.c.id,
    anomaly.c.node_id,
    node.c.path,
    node.c.name,
    anomaly.c.state,
    anomaly.c.kind,
    anomaly.c.start_s,
    anomaly.c.end_s,
    anomaly.c.known_s,
    anomaly.c.found_s,
    anomaly.c.size_kwh,
    anomaly.c.cost,
    anomaly.c.currency,
    anomaly.c.confidence,
    anomaly.c.sentence,
    anomaly.c.evidence,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an anomaly.

    Attributes:
        kind: `analytics.anomaly.Kind`.
        end_s: None while it goes on.
        known_s: How far it has been followed.
        found_s: End of the data that showed it.
        evidence: JSON.
    """

    kind: str
    start_s: int
    end_s: int | None
    known_s: int
    found_s: int
    size_kwh: float | None
    cost: float | None
    currency: str | None
    confidence: float
    sentence: str
    evidence: str


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """An anomaly as it is kept."""

    id: int
    node_id: int
    node_path: str
    node_name: str
    state: str
    told: Told


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which anomalies are asked for; None asks for all.

    Attributes:
        path: Only of this node and those below it.
        span_s: Only those that touch ``[from, to)``.
    """

    path: str | None = None
    span_s: tuple[int, int] | None = None
    kind: str | None = None
    state: str | None = None


def found(connection: Connection, wanted: Wanted) -> list[AnomalyRow]:
    """Return the newest of the wanted anomalies, those found last first."""
    query = _rows().order_by(anomaly.c.found_s.desc(), anomaly.c.id.desc()).limit(MOST)
    if wanted.path is not None:
        below = node.c.path.startswith(wanted.path + "/", autoescape=True)
        query = query.where(or_(node.c.path == wanted.path, below))
    if wanted.span_s is not None:
        from_s, to_s = wanted.span_s
        ended_s = anomaly.c.end_s
        query = query.where(
            anomaly.c.start_s < to_s, or_(ended_s.is_(None), ended_s > from_s)
        )
    if wanted.kind is not None:
        query = query.where(anomaly.c.kind == wanted.kind)
    if wanted.state is not None:
        query = query.where(anomaly.c.state == wanted.state)
    return [_row(tuple(row)) for row in connection.execute(query)]


def one(connection: Connection, anomaly_id: int) -> AnomalyRow | None:
    """Return the anomaly, if there is one of this id."""
    row = connection.execute(_rows().where(anomaly.c.id == anomaly_id)).first()
    return None if row is None else _row(tuple(row))


def of_node(connection: Connection, node_id: int) -> list[AnomalyRow]:
    """Return every anomaly of the node itself, the oldest first."""
    query = _rows().where(anomaly.c.node_id == node_id).order_by(anomaly.c.start_s)
    return [_row(tuple(row)) for row in connection.execute(query)]


def add(connection: Connection, node_id: int, told: Told) -> None:
    """Keep a new anomaly."""
    values = {"node_id": node_id, "state": State.OPEN.value, **asdict(told)}
    connection.execute(insert(anomaly).values(**values))


def change(connection: Connection, anomaly_id: int, told: Told) -> None:
    """Say anew what is told of an anomaly; what was said of it stays."""
    connection.execute(
        update(anomaly).where(anomaly.c.id == anomaly_id).values(**asdict(told))
    )


def withdraw(connection: Connection, anomaly_id: int) -> None:
    """Forget an anomaly that nobody has said anything of."""
    connection.execute(
        delete(anomaly).where(
            anomaly.c.id == anomaly_id, anomaly.c.state == State.OPEN.value
        )
    )


def _rows() -> Select[Any]:
    return select(*_COLUMNS).join_from(anomaly, node, node.c.id == anomaly.c.node_id)


def _row(values: tuple[Any, ...]) -> AnomalyRow:
    anomaly_id, node_id, path, name, state, *told = values
    return AnomalyRow(anomaly_id, node_id, path, name, state, Told(*told))
