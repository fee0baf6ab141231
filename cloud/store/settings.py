"""Settings that programs leave for each other, by name."""

from sqlalchemy import delete, insert, select

from cloud.store.database import Connection
from cloud.store.schema import setting


def get(connection: Connection, name: str) -> str | None:
    """Return the setting called `name`."""
    query = select(setting.c.value).where(setting.c.name == name)
    value: str | None = connection.execute(query).scalar()
    return value


def put(connection: Connection, name: str, value: str) -> None:
    """Keep a setting."""
    connection.execute(delete(setting).where(setting.c.name == name))
    connection.execute(insert(setting).values(name=name, value=value))


def forget(connection: Connection, name: str) -> None:
    """Keep no setting of this name."""
    connection.execute(delete(setting).where(setting.c.name == name))
