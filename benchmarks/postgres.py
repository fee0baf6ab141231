"""Ingest into PostgreSQL beside a bare COPY with a key, on a server of its own."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.row import Row, SkippedError, folder, medians
from benchmarks.uploads import Uploads, ingested, made
from contract.batch import MAX_ROWS

_BATCHES: Final = 200
_PER_UPLOAD: Final = 10
_ROUNDS: Final = 3
_names: Final = count(1)


def rows() -> Sequence[Row]:
    """Return the comparison.

    Raises:
        SkippedError: No server is installed.
    """
    uploads = made(_BATCHES, _PER_UPLOAD)
    with _server() as address:
        ours, peer = medians(
            _ROUNDS,
            lambda: ingested(_new_database(address), uploads)[0],
            lambda: _copied(_new_database(address), uploads),
        )
    return [
        Row(
            f"ingest, PostgreSQL, {_PER_UPLOAD * MAX_ROWS:,} rows an upload",
            f"{ours:,.0f} rows/s",
            f"{peer:,.0f} bare COPY with key",
            ours / peer,
            0.5,
        )
    ]


def _copied(url: str, uploads: Uploads) -> float:
    import psycopg

    per_commit = _PER_UPLOAD * MAX_ROWS
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE reading (point int, at_ms bigint, value float8,"
            " quality smallint, PRIMARY KEY (point, at_ms))"
        )
        connection.commit()
        begin_s = perf_counter()
        for start in range(0, uploads.rows, per_commit):
            with connection.cursor().copy("COPY reading FROM STDIN") as copy:
                for row in uploads.columns[start : start + per_commit]:
                    copy.write_row(row)
            connection.commit()
        return uploads.rows / (perf_counter() - begin_s)


def _new_database(address: str) -> str:
    import psycopg

    name = f"bench{next(_names)}"
    with psycopg.connect(f"{address}postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}{name}"


@contextmanager
def _server() -> Iterator[str]:
    """Yield the address of a server, up to the name of a database."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not installed:
        raise SkippedError("no PostgreSQL server is installed (apt install postgresql)")
    with folder() as home, socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        probe.close()
        as_user = _as_user(home)
        pg_ctl = [*as_user, str(installed[-1] / "pg_ctl"), "-s", "-D", str(home / "d")]
        setup = "-U voltonic -A trust --locale=C -E UTF8"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home}"
        _run([*pg_ctl, "-o", setup, "initdb"], home)
        _run([*pg_ctl, "-w", "-l", str(home / "log"), "-o", options, "start"], home)
        try:
            yield f"postgresql://voltonic@127.0.0.1:{port}/"
        finally:
            _run([*pg_ctl, "-m", "immediate", "stop"], home)


def _as_user(home: Path) -> list[str]:
    """Return what to put before a command: the server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    os.chown(home, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", "--clear-groups"]


def _run(command: list[str], home: Path) -> None:
    subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    print(rows())
