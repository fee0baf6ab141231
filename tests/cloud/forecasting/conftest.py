from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from cloud.forecasting.publish import Publisher
from cloud.store.database import Database
from cloud.store.schema import metadata, node, rollup
from tests.published import KEY

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
PHYSICS = "campus/science/physics"
PATHS = ("campus", "campus/science", PHYSICS)


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'cloud.db'}")
    with database.write() as connection:
        metadata.create_all(connection)
        for place, path in enumerate(PATHS, start=1):
            connection.execute(
                insert(node).values(
                    id=place,
                    parent_id=place - 1 or None,
                    kind=("site", "faculty", "building")[place - 1],
                    slug=path.split("/")[-1],
                    path=path,
                    name=path,
                    timezone="Asia/Kolkata" if place == 1 else None,
                    created_s=0,
                )
            )
    yield database
    database.close()


@pytest.fixture
def publisher(database):
    return Publisher(database, KEY)


def load_kw(at):
    """A course of the day that five features can learn."""
    local = at + timedelta(hours=5, minutes=30)
    hour = local.hour + local.minute / 60
    return 100 + 40 * np.sin(hour / 24 * 2 * np.pi) + 3 * ((at.toordinal() * 7) % 5)


def _intervals(days, *, until=NOW, every=1, **changes):
    """Rows of the roll-up; climate in one of `every` intervals."""
    rows = []
    for step in range(days * 96):
        at = until - timedelta(minutes=15 * (days * 96 - step))
        row = {
            "node_id": 3,
            "resolution_min": 15,
            "simulated": False,
            "start_s": int(at.timestamp()),
            "energy_kwh": float(load_kw(at)) / 4,
            "coverage": 1.0,
            "temperature_c": 30.0 + step % 7 if step % every == 0 else None,
            "occupancy_rate": (step % 11) / 11 if step % every == 0 else None,
        }
        rows.append(row | changes)
    return rows


@pytest.fixture
def measured(database):
    """Store intervals of the physics building."""

    def store(rows):
        with database.write() as connection:
            connection.execute(insert(rollup), rows)

    return store


@pytest.fixture
def intervals():
    return _intervals


@pytest.fixture
def now():
    return NOW
