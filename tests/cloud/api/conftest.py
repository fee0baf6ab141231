"""A little campus in a real database, and people to ask about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from sqlalchemy import insert

from cloud.app import create_app
from cloud.domain.role import Role
from cloud.identity.first_administrator import first_administrator_link
from cloud.identity.keys import new_device_key, new_program_key
from cloud.store import schema
from cloud.store.database import Database
from cloud.web.limits import limiter

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class AppSettings:
    session_secret: str = "a secret of the tests"
    cost_per_kwh: float = 8.0
    currency: str = "INR"
    co2_kg_per_kwh: float = 0.82
    is_development: bool = False


@dataclass
class Campus:
    """Builds sites, devices, values and roll-ups, row by row."""

    database: Database
    nodes: dict[str, int] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def add(self, table, **values) -> int:
        with self.database.write() as connection:
            result = connection.execute(insert(table).values(**values))
            return result.inserted_primary_key[0]

    def node(self, path: str, kind: str, **values) -> int:
        parent, _, slug = path.rpartition("/")
        values = {"name": slug.title(), **values}
        self.nodes[path] = self.add(
            schema.node,
            parent_id=self.nodes.get(parent),
            kind=kind,
            slug=slug,
            path=path,
            created_s=0,
            **values,
        )
        return self.nodes[path]

    def device(self, node: str, slug: str, *, simulated=False, role="main", **values):
        return self.add(
            schema.device,
            node_id=self.nodes[node],
            slug=slug,
            model="test",
            role=role,
            simulated=simulated,
            **values,
        )

    def value(self, device: int, node: str, quantity: str, value: float, age_s=5.0):
        point = self.add(
            schema.point,
            device_id=device,
            node_id=self.nodes[node],
            quantity=quantity,
        )
        at_ms = int((self.now - timedelta(seconds=age_s)).timestamp() * 1000)
        self.add(schema.newest, point_id=point, at_ms=at_ms, value=value, quality=0)
        return point

    def meter(self, node: str, kw: float, *, age_s=5.0, simulated=False, **values):
        """A main meter at `node`; `values` are further quantities."""
        device = self.device(node, "meter", simulated=simulated)
        self.value(device, node, "active_power_kw", kw, age_s)
        for quantity, value in values.items():
            self.value(device, node, quantity, value, age_s)
        return device

    def rollup(self, node: str, resolution_min: int, start_s: int, **values):
        self.add(
            schema.rollup,
            node_id=self.nodes[node],
            resolution_min=resolution_min,
            start_s=start_s,
            **{"simulated": False, "coverage": 1.0, "estimated_kwh": 0.0, **values},
        )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'cloud.db'}")
    with opened.write() as connection:
        schema.metadata.create_all(connection)
    yield opened
    opened.close()


PHYSICS = "campus/science/physics"
ROOM_101 = f"{PHYSICS}/floor-1/room-101"
ROOM_102 = f"{PHYSICS}/floor-1/room-102"


@pytest.fixture
def campus(database: Database) -> Campus:
    """Two buildings of one faculty; physics has a main meter and two rooms."""
    built = Campus(database)
    built.node("campus", "site", name="Campus", timezone="Asia/Kolkata")
    built.node("campus/science", "faculty")
    built.node(PHYSICS, "building", area_m2=1000.0)
    built.node(f"{PHYSICS}/floor-1", "floor")
    built.node(ROOM_101, "room", room_type="classroom", capacity=60)
    built.node(ROOM_102, "room", room_type="lab", capacity=20)
    built.node("campus/science/biology", "building", area_m2=500.0)
    built.node("campus/science/biology/floor-1", "floor")
    built.node("campus/science/biology/floor-1/room-101", "room", room_type="staff")
    return built


@pytest.fixture
def live_campus(campus: Campus) -> Campus:
    """The campus with fresh values: room 101 is vacant, 102 occupied.

    Physics: main 10.0 kW, rooms 1.0 + 4.0, so 5.0 unmetered. Biology: no main meter,
    its room 2.5. The campus: 10.0 + 2.5 = 12.5 kW.
    """
    campus.meter(PHYSICS, 10.0, age_s=20)
    vacant = {"base_power_kw": 0.4, "ac_power_kw": 0.2, "light_power_kw": 0.05}
    campus.meter(
        ROOM_101,
        1.0,
        equipment_power_kw=0.35,
        temperature_c=27.5,
        occupancy=0,
        ac_relay=1,
        light_relay=1,
        **vacant,
    )
    busy = {"base_power_kw": 1.5, "ac_power_kw": 1.8, "light_power_kw": 0.4}
    campus.meter(
        ROOM_102,
        4.0,
        equipment_power_kw=0.3,
        temperature_c=31.0,
        occupancy=1,
        ac_relay=1,
        light_relay=1,
        **busy,
    )
    campus.meter("campus/science/biology/floor-1/room-101", 2.5, age_s=40)
    return campus


@pytest.fixture
def settings() -> AppSettings:
    return AppSettings()


@pytest.fixture
def app(settings: AppSettings, database: Database) -> Iterator[OpenAPI]:
    made = create_app(settings, database)
    yield made
    limiter.reset()


@pytest.fixture
def stranger(app: OpenAPI) -> FlaskClient:
    return app.test_client()


class KeyClient(FlaskClient):
    """Sends a key with every request."""

    key = ""

    def open(self, *args, headers=None, **kwargs):
        sent = {"X-API-Key": self.key, **dict(headers or {})}
        return super().open(*args, headers=sent, **kwargs)


def with_key(app: OpenAPI, key: str) -> KeyClient:
    client = KeyClient(app, app.response_class)
    client.key = key
    return client


@pytest.fixture
def viewer(app: OpenAPI, database: Database) -> KeyClient:
    return with_key(app, new_program_key(database, "a viewer", Role.VIEWER, 0))


@pytest.fixture
def device(app: OpenAPI, database: Database, campus: Campus) -> KeyClient:
    """An ESP8266 at a facility of its own, 20 kW, reporting each minute."""
    campus.node("grounds", "site", timezone="Asia/Kolkata")
    campus.node("grounds/pump-house", "facility")
    made = campus.device(
        "grounds/pump-house", "esp-1", capacity_kw=20.0, reporting_interval_s=60
    )
    return with_key(app, new_device_key(database, "esp-1", made, 0))


@pytest.fixture
def setup_token(database: Database) -> str:
    link = first_administrator_link(database, "http://127.0.0.1:5000")
    assert link
    return link.partition("#")[2]


@pytest.fixture
def administrator(app: OpenAPI, setup_token: str) -> FlaskClient:
    """A browser in which the first administrator has just signed in."""
    browser = app.test_client()
    answer = browser.post(
        "/api/v1/identity/setup",
        json={
            "token": setup_token,
            "email": "engineer@example.edu",
            "name": "Campus Engineer",
            "password": PASSWORD,
        },
    )
    assert answer.status_code == 201, answer.text
    return browser
