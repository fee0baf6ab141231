"""A building whose load is known, and models as small as can be."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from cloud.facts.forecast.known import known
from cloud.facts.tree import tree
from cloud.store import models
from cloud.store.database import Database
from cloud.store.schema import gateway, metadata, node, rollup, timetable_slot
from contract import features
from contract.forecast_status import ForecastStatus, RunningModel, State
from tests import published

NOW = datetime(2026, 3, 16, 6, 30, tzinfo=UTC)  # Monday, noon in Kolkata
PHYSICS = "campus/science/physics"
NODES = {
    "campus": "site",
    "campus/science": "faculty",
    PHYSICS: "building",
    f"{PHYSICS}/floor-1": "floor",
    f"{PHYSICS}/floor-1/room-101": "room",
    "campus/science/biology": "building",
    "campus/science/chemistry": "building",
    "campus/science/botany": "building",
}


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'cloud.db'}")
    ids = {path: place for place, path in enumerate(NODES, start=1)}
    with database.write() as connection:
        metadata.create_all(connection)
        for path, kind in NODES.items():
            connection.execute(
                insert(node).values(
                    id=ids[path],
                    parent_id=ids.get(path.rpartition("/")[0]),
                    kind=kind,
                    slug=path.rpartition("/")[2],
                    path=path,
                    name=path,
                    timezone="Asia/Kolkata" if kind == "site" else None,
                    area_m2=1000.0 if kind == "building" else None,
                    created_s=0,
                )
            )
    yield database
    database.close()


@pytest.fixture
def id_of(database):
    with database.read() as connection:
        return {
            path: each.id for path, each in tree(database, connection).by_path.items()
        }


def lessons(at):
    """20 kW by night; by day up to 80 on working days, 40 on others; never the same."""
    local = at + timedelta(hours=5, minutes=30)
    hour = local.hour + local.minute / 60
    top = 60 if local.weekday() < 5 else 20
    day = top * np.sin((hour - 7) / 12 * np.pi) if 7 <= hour < 19 else 0.0
    return 20 + day + 0.01 * (at.timestamp() // 900 % 89)


@pytest.fixture
def measured(database, id_of):
    """Store quarter hours, hours and days of a load, up to `until`."""

    def store(days, kw=lessons, *, path=PHYSICS, until=NOW, coverage=1.0):
        starts = [
            until - timedelta(minutes=15 * (back + 1)) for back in range(96 * days)
        ][::-1]
        kwh = np.array([kw(at) / 4 for at in starts])
        second = np.array([int(at.timestamp()) for at in starts])
        rows = []
        for minutes, offset_s in ((15, 0), (60, 0), (1440, 19_800)):
            part = (second + offset_s) // (60 * minutes) * 60 * minutes - offset_s
            for start in np.unique(part):
                inside = part == start
                share = inside.sum() * 15 / minutes
                rows.append(
                    {
                        "node_id": id_of[path],
                        "resolution_min": minutes,
                        "simulated": False,
                        "start_s": int(start),
                        "energy_kwh": float(kwh[inside].sum()),
                        "coverage": coverage * share,
                        "temperature_c": 25.0,
                        "occupancy_rate": 0.5,
                    }
                )
        with database.write() as connection:
            connection.execute(insert(rollup), rows)

    return store


@pytest.fixture
def publish(database, id_of):
    """Publish a model whose forecasts are those of a column, by default yesterday's."""

    def store(column="days_before_1", weight=1.0, *, path=PHYSICS, now=NOW, **changes):
        promised = published.promise(trained_at=now.isoformat(), **changes)
        columns = promised.next_hour.columns
        next_hour = published.onnx_of(columns, {column: weight})
        day_ahead = published.onnx_of(features.DAY_AHEAD, {column: weight})
        content = published.packed(promised, next_hour, day_ahead)

        def manifest(version):
            made = published.manifest_of(
                content,
                promised,
                subject=path,
                version=version,
                expires_at=(now + timedelta(days=30)).isoformat(),
            )
            return made.sealed(published.KEY)

        with database.write() as connection:
            return models.publish(connection, id_of[path], now, content, manifest)

    return store


@pytest.fixture
def gateway_says(database, id_of):
    """Put a gateway at physics that says this of its forecasts."""

    def store(origin=NOW, **changes):
        hour = 50.0, 45.0, 50.0, 56.0
        expires = (NOW + timedelta(days=30)).isoformat()
        status = ForecastStatus(
            State.RUNNING,
            model=RunningModel(1, "ours", NOW.isoformat(), expires),
            origin_s=int(origin.timestamp()),
            next_hour=hour,
            day_ahead=(hour,) * 24,
        )
        told = replace(status, **changes).to_json()
        with database.write() as connection:
            connection.execute(
                insert(gateway).values(
                    slug="physics",
                    node_id=id_of[PHYSICS],
                    public_key="",
                    created_s=0,
                    status=json.dumps({"forecast": told}),
                )
            )

    return store


@pytest.fixture
def timetable(database, id_of):
    """Teach in room 101 from Monday to Friday."""

    def store(start="09:00", end="16:00"):
        rows = [
            {
                "node_id": id_of[f"{PHYSICS}/floor-1/room-101"],
                "day": day,
                "start": start,
                "end": end,
            }
            for day in range(5)
        ]
        with database.write() as connection:
            connection.execute(insert(timetable_slot), rows)

    return store


@pytest.fixture
def know(database):
    """Return what is known of a node."""

    def found(connection, path=PHYSICS, now=NOW):
        where = tree(database, connection).find(path)
        return known(database, connection, where, now)

    return found


@pytest.fixture
def now():
    return NOW
