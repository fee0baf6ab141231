import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cloud.store import settings
from cloud.store.database import Database, UnavailableError
from cloud.store.migrations import current, migrate, newest
from cloud.store.schema import metadata


def test_the_revisions_lead_to_the_schema_of_the_code(database):
    assert current(database) == newest()
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_an_interrupted_migration_has_changed_nothing(sqlite_url, monkeypatch):
    from alembic.operations import Operations

    def dies(*_args, **_options):
        raise KeyboardInterrupt

    database = Database(sqlite_url)
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", dies)
        with pytest.raises(KeyboardInterrupt):
            migrate(database)
    assert current(database) is None
    assert migrate(database) == newest()
    database.close()


def test_two_may_migrate_at_once(sqlite_url):
    ends = []

    def run():
        database = Database(sqlite_url)
        ends.append(migrate(database))
        database.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [newest()] * 2


def test_a_failed_write_leaves_nothing(database):
    def fails_half_way():
        with database.write() as connection:
            settings.put(connection, "name", "value")
            raise KeyError

    with pytest.raises(KeyError):
        fails_half_way()
    with database.read() as connection:
        assert settings.get(connection, "name") is None


def test_a_reader_sees_one_state_while_others_write(database):
    with database.read() as reader:
        assert settings.get(reader, "name") is None
        with database.write() as writer:
            settings.put(writer, "name", "value")
        assert settings.get(reader, "name") is None


def test_writers_wait_for_each_other_and_lose_nothing(database):
    def add_one():
        for _ in range(20):
            with database.write() as connection:
                if not database.is_sqlite:
                    connection.exec_driver_sql("LOCK TABLE setting")
                held = settings.get(connection, "count") or "0"
                settings.put(connection, "count", str(int(held) + 1))

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert settings.get(connection, "count") == "80"


def test_a_database_of_random_bytes_is_said_to_be_one(tmp_path):
    (tmp_path / "x.db").write_bytes(bytes(range(256)) * 64)
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with pytest.raises(UnavailableError, match="not a database"):
        migrate(database)
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "mysql://user@host/name", "rubbish"])
def test_another_kind_of_database_is_refused(url):
    with pytest.raises(ValueError, match="postgresql://user@host/name"):
        Database(url)
