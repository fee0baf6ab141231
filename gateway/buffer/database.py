"""The buffer's database file: locked, opened, checked, and set aside when damaged."""

import fcntl
import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

log: Final = logging.getLogger(__name__)

SCHEMA_VERSION: Final = 1
FILE_NAME: Final = "buffer.db"

_SCHEMA: Final = """
CREATE TABLE epoch (
    epoch TEXT PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    produced INTEGER NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0, declared INTEGER NOT NULL,
    acknowledged_ms INTEGER) WITHOUT ROWID;
CREATE TABLE inventory (hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE batch (
    id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    inventory TEXT NOT NULL, rows INTEGER NOT NULL, first_at_ms INTEGER NOT NULL,
    parked TEXT, sealed BLOB NOT NULL, UNIQUE (epoch, seq));
CREATE INDEX batch_figures ON batch (parked, rows, first_at_ms);
CREATE TABLE loss (
    id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, at_ms INTEGER NOT NULL,
    rows INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_ROOM: Final = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_BUSY,
)
_CHECKED_BYTES: Final = 256 * 1024 * 1024


class UnusableError(Exception):
    """The buffer cannot be used; the message says why and what to do."""


class _ForeignError(sqlite3.DatabaseError):
    """A sound database, but not a buffer."""


def lock(data_dir: Path) -> int:
    """Return a file descriptor that keeps other processes from using `data_dir`.

    Raises:
        UnusableError: Another process uses it.
    """
    descriptor = os.open(
        data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        os.close(descriptor)
        raise UnusableError(
            f"{data_dir} is in use by another gateway (process {holder or 'unknown'});"
            " stop it, or give this one its own gateway.data_dir"
        ) from error
    os.pwrite(descriptor, f"{os.getpid():<19}\n".encode(), 0)
    return descriptor


def open_database(data_dir: Path) -> sqlite3.Connection:
    """Return the one writing connection; a damaged file is set aside for a new one.

    Raises:
        UnusableError: The file cannot be opened, or a newer version wrote it.
    """
    path = data_dir / FILE_NAME
    try:
        try:
            return _opened(path)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            log.warning(
                "%s is damaged (%s); set aside as %s", path, error, quarantine(path)
            )
            return _opened(path)
    except (sqlite3.Error, OSError) as error:
        raise UnusableError(f"{path} cannot be opened: {error}") from error


def is_damage(error: BaseException) -> bool:
    """Return whether `error` says that the file is not a sound buffer."""
    if isinstance(error, _ForeignError):
        return True
    return isinstance(error, sqlite3.DatabaseError) and _code(error) in _DAMAGED


def is_no_room(error: BaseException) -> bool:
    """Return whether `error` says that the disk takes no more."""
    return isinstance(error, OSError) or (
        isinstance(error, sqlite3.OperationalError) and _code(error) in _NO_ROOM
    )


def quarantine(path: Path) -> Path:
    """Rename the damaged database and its companions; return its new name."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    return aside


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=5
    )
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA mmap_size=0")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise UnusableError(
            f"{path} was written by a newer version (schema {version}, this one knows"
            f" {SCHEMA_VERSION}); install that version again"
        )
    if version == 0:
        _create(connection)
    if path.stat().st_size <= _CHECKED_BYTES:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _ForeignError(verdict)


def _create(connection: sqlite3.Connection) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables:
        raise _ForeignError("it holds something else than a gateway's buffer")
    connection.executescript(
        f"BEGIN;{_SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;"
    )
