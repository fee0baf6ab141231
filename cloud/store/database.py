"""The database: SQLite beside the programs, or PostgreSQL; one writer at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Final

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

__all__ = ["Connection", "Database", "UnavailableError"]

_POOL: Final = 16
_OVERFLOW: Final = 64
_WRITES: Final = "voltonic_writes"
_WANTED: Final = (
    "wanted is an address like postgresql://user@host/name,"
    " or sqlite:///file with a file's name"
)
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-16000",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA temp_store=MEMORY",
)


class UnavailableError(Exception):
    """The database can't do it now: it is gone, full or busy for too long."""


class Database:
    """Where everything is kept; threads and processes may share one.

    SQLite's writers and checkpoints are serialised by a lock on a file beside the
    database: waiting for it costs nothing, and SQLite before 3.51.3 can damage a WAL
    that is written and checkpointed at once.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self._lock_path: Path | None = None
        is_sqlite = parsed.get_backend_name() == "sqlite"
        if is_sqlite and parsed.database in (None, "", ":memory:"):
            raise ValueError(_WANTED)
        self._engine = create_engine(
            parsed, pool_size=_POOL, max_overflow=_OVERFLOW, pool_pre_ping=False
        )
        if is_sqlite:
            self._lock_path = Path(f"{parsed.database}.lock")
            event.listen(self._engine, "connect", _open_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self._lock_path is not None

    @property
    def url(self) -> str:
        """Where the database is, without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one consistent state.

        Raises:
            UnavailableError: The database can't be asked now.
        """
        with _told(), self._engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection whose work is committed as a whole, or not at all.

        Raises:
            UnavailableError: The database can't be written now.
        """
        with _told(), self._only_writer(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if self._lock_path is None:
            yield
            return
        with self._lock_path.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise  # the statement was wrong, not the database
        raise UnavailableError(str(error.orig)) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(_WANTED) from error
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(_WANTED)
    return parsed


def _open_sqlite(connection: SQLiteConnection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun here, not guessed
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
