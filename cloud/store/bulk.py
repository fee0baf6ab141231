"""Many rows in one statement, past the expression layer: the hot path."""

from collections.abc import Iterable, Sequence
from typing import Any

from cloud.store.database import Connection

Row = Sequence[Any]


def execute_many(connection: Connection, statement: str, rows: Iterable[Row]) -> None:
    """Run `statement`, written with ``?`` marks, once for each row."""
    batch = rows if isinstance(rows, list) else list(rows)
    if batch:
        connection.exec_driver_sql(_marks(connection, statement), batch)


def fetch(connection: Connection, statement: str, values: Row = ()) -> list[Row]:
    """Return all rows of `statement`, written with ``?`` marks."""
    cursor = connection.exec_driver_sql(_marks(connection, statement), tuple(values))
    return list(cursor.fetchall())


def execute(connection: Connection, statement: str, values: Row = ()) -> int:
    """Run `statement`, written with ``?`` marks; return how many rows it touched."""
    marked = _marks(connection, statement)
    return connection.exec_driver_sql(marked, tuple(values)).rowcount


def _marks(connection: Connection, statement: str) -> str:
    if connection.dialect.paramstyle == "qmark":
        return statement
    return statement.replace("?", "%s")
