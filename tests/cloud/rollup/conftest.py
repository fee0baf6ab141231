"""Rolled-up figures of nodes, read as they stand in their table."""

import pytest

from cloud.rollup.worker import RollUp
from cloud.store.bulk import fetch


@pytest.fixture
def rollup(database):
    """Roll up everything that is marked."""
    worker = RollUp(database)
    return worker.all


@pytest.fixture
def figures(database):
    """The rows of one node, by start."""

    def found(path, column="energy_kwh", resolution=15, simulated=False):
        with database.read() as connection:
            rows = fetch(
                connection,
                f"SELECT start_s, {column} FROM rollup r"
                " JOIN node n ON n.id = r.node_id"
                " WHERE n.path = ? AND resolution_min = ? AND simulated = ?"
                " ORDER BY start_s",
                (path, resolution, simulated),
            )
        return {int(start): value for start, value in rows}

    return found


@pytest.fixture
def zone(database):
    """Set the time zone of a site."""

    def put(site, name):
        with database.write() as connection:
            connection.exec_driver_sql(
                f"UPDATE node SET timezone = '{name}' WHERE path = '{site}'"
            )

    return put
