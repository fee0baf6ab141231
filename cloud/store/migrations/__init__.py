"""Schema revisions; each released one migrates to the newest."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cloud.store.database import Connection, Database

_ONE_AT_A_TIME: Final = 0x564F4C54


def migrate(database: Database) -> str:
    """Bring the schema of `database` to the newest revision and return its name.

    All of it happens in one transaction: killed half-way, nothing has happened.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME}
            )
        command.upgrade(_config(connection), "head")
    return newest()


def newest() -> str:
    """Return the newest revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(database: Database) -> str | None:
    """Return the revision `database` is at; None before the first."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
