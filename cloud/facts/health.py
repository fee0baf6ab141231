"""Whether the store answers."""

from cloud.store import site
from cloud.store.database import Database


def node_count(database: Database) -> int:
    """Return how many nodes there are; raises whatever keeps the store from it."""
    with database.read() as connection:
        return site.node_count(connection)
