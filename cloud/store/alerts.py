"""Alerts: raised once, changed while they go on, ended when their cause is gone."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import insert, or_, select, update

from cloud.store.database import Connection
from cloud.store.schema import alert, gateway, node

MOST: Final = 500
"""Alerts that are listed at most, the newest."""


_COLUMNS: Final = (
    alert.c.id,
    alert.c.kind,
    alert.c.severity,
    node.c.path,
    node.c.name,
    gateway.c.slug,
    alert.c.message,
    alert.c.began_s,
    alert.c.ended_s,
    alert.c.detail,
)


class Severity(StrEnum):
    """How soon somebody should look."""

    WARNING = "warning"
    """Something does less than it should, and helps itself meanwhile."""
    CRITICAL = "critical"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What an alert says.

    Attributes:
        kind: One word for its cause, e.g. `forecast_fallback`.
        gateway_id: Which gateway it is about, if it is about one.
        detail: JSON values for programs.
    """

    kind: str
    node_id: int
    message: str
    severity: Severity = Severity.WARNING
    gateway_id: int | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it is kept; `ended_s` is None while it goes on."""

    id: int
    kind: str
    severity: str
    node_path: str
    node_name: str
    gateway: str | None
    message: str
    began_s: int
    ended_s: int | None
    detail: str


def raise_once(connection: Connection, raised: Raised, now_s: int) -> bool:
    """Begin an alert, or let the one that goes on say this; return whether it began."""
    values = {
        "severity": raised.severity.value,
        "message": raised.message,
        "detail": json.dumps(dict(raised.detail), sort_keys=True),
    }
    going_on = (
        alert.c.kind == raised.kind,
        alert.c.node_id == raised.node_id,
        alert.c.gateway_id == raised.gateway_id,
        alert.c.ended_s.is_(None),
    )
    if connection.execute(update(alert).where(*going_on).values(**values)).rowcount:
        return False
    connection.execute(
        insert(alert).values(
            kind=raised.kind,
            node_id=raised.node_id,
            gateway_id=raised.gateway_id,
            began_s=now_s,
            **values,
        )
    )
    return True


def end(
    connection: Connection,
    kinds: Collection[str],
    node_id: int,
    now_s: int,
    gateway_id: int | None = None,
) -> int:
    """End the alerts of these kinds that go on; return how many."""
    result = connection.execute(
        update(alert)
        .where(
            alert.c.kind.in_(kinds),
            alert.c.node_id == node_id,
            alert.c.gateway_id == gateway_id,
            alert.c.ended_s.is_(None),
        )
        .values(ended_s=now_s)
    )
    return int(result.rowcount)


def found(
    connection: Connection, path: str | None = None, *, only_open: bool = False
) -> list[AlertRow]:
    """Return the newest alerts, those that began last first.

    Args:
        path: Only of this node and those below it.
    """
    wanted = (
        select(*_COLUMNS)
        .join_from(alert, node, node.c.id == alert.c.node_id)
        .outerjoin(gateway, gateway.c.id == alert.c.gateway_id)
        .order_by(alert.c.began_s.desc(), alert.c.id.desc())
        .limit(MOST)
    )
    if only_open:
        wanted = wanted.where(alert.c.ended_s.is_(None))
    if path is not None:
        below = node.c.path.startswith(path + "/", autoescape=True)
        wanted = wanted.where(or_(node.c.path == path, below))
    rows: list[tuple[Any, ...]] = [tuple(row) for row in connection.execute(wanted)]
    return [AlertRow(*row) for row in rows]
