"""What a person should know of: alerts, as they began and ended."""

import json

from cloud.facts.tree import tree
from cloud.store import alerts as store
from cloud.store.alerts import AlertRow
from cloud.store.database import Database
from contract.interval import from_ms

Json = dict[str, object]


def alerts(
    database: Database, reference: str | None = None, *, only_open: bool = False
) -> list[Json]:
    """Return the newest alerts of the node and those below it, or of all.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        path = None
        if reference is not None:
            path = tree(database, connection).find(reference).path
        return [
            _told(row) for row in store.found(connection, path, only_open=only_open)
        ]


def _told(row: AlertRow) -> Json:
    return {
        "id": row.id,
        "kind": row.kind,
        "severity": row.severity,
        "node": row.node_path,
        "name": row.node_name,
        "gateway": row.gateway,
        "message": row.message,
        "began": _instant(row.began_s),
        "ended": None if row.ended_s is None else _instant(row.ended_s),
        "detail": json.loads(row.detail),
    }


def _instant(second: int) -> str:
    return from_ms(second * 1000).isoformat()
