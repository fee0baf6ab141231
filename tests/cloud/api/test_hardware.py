"""Devices that post by themselves: each post once, energy adding up."""

import pytest
from sqlalchemy import func, select

from cloud.store import schema

DATA = "/api/hardware/data"
POST = {"energy_produced": 1.0, "energy_consumed": 2.5, "current_load": 50.0}
AT = 1_772_440_200


@pytest.fixture
def newest(database):
    def read():
        query = select(schema.point.c.quantity, schema.newest.c.value).join(
            schema.newest, schema.newest.c.point_id == schema.point.c.id
        )
        with database.read() as connection:
            return dict(tuple(row) for row in connection.execute(query))

    return read


@pytest.fixture
def posts(database):
    def read():
        query = select(func.count()).select_from(schema.device_reading)
        with database.read() as connection:
            return connection.execute(query).scalar_one()

    return read


def test_a_post_is_kept_and_shown(device, viewer, newest):
    full = {
        **POST,
        "voltage": 220.5,
        "current": 15.2,
        "current1": 5.1,
        "current2": 5.0,
        "current3": 5.1,
        "frequency": 50.0,
        "power_factor": 0.95,
        "facility_id": 1,
    }
    taken = device.post(DATA, json=full)
    assert taken.status_code == 201
    assert (taken.json["status"], taken.json["accepted"]) == ("success", 1)
    values = newest()
    assert values["voltage_v"] == 220.5
    assert values["current_l3_a"] == 5.1
    assert values["active_power_kw"] == 10.0  # 50 % of 20 kW
    latest = viewer.get("/api/latest-hardware-data").json
    assert latest["energy_consumed"] == 2.5
    assert latest["power_factor"] == 0.95
    live = viewer.get("/api/v1/live/nodes/grounds/pump-house").json
    assert live["load_kw"] == 10.0


def test_without_a_timestamp_each_post_counts(device, newest, posts):
    for _ in range(3):
        assert device.post(DATA, json=POST).status_code == 201
    assert posts() == 3
    assert newest()["energy_import_kwh"] == 7.5
    assert newest()["energy_generated_kwh"] == 3.0


def test_with_a_timestamp_a_repeated_post_counts_once(device, newest, posts):
    stamped = {**POST, "timestamp": AT}
    assert device.post(DATA, json=stamped).status_code == 201
    again = device.post(DATA, json=stamped)
    assert (again.status_code, again.json["known"]) == (200, 1)
    iso = {**POST, "timestamp": "2026-03-02T14:00:00+05:30"}
    assert device.post(DATA, json=iso).json["known"] == 1
    assert (posts(), newest()["energy_import_kwh"]) == (1, 2.5)


def test_with_an_idempotency_key_a_repeated_list_counts_once(device, newest, posts):
    headers = {"Idempotency-Key": "a1"}
    assert device.post(DATA, json=[POST, POST], headers=headers).json["accepted"] == 2
    assert device.post(DATA, json=[POST, POST], headers=headers).json["known"] == 2
    assert (posts(), newest()["energy_import_kwh"]) == (2, 5.0)


def test_the_same_key_for_other_values_is_a_conflict_and_takes_nothing(device, posts):
    headers = {"Idempotency-Key": "a1"}
    device.post(DATA, json=POST, headers=headers)
    other = [{**POST, "energy_consumed": 9.0}, POST]
    assert device.post(DATA, json=other, headers=headers).status_code == 409
    assert posts() == 1


def test_a_late_post_adds_its_energy_but_is_not_the_newest(device, newest):
    device.post(DATA, json={**POST, "timestamp": AT, "voltage": 230.0})
    device.post(DATA, json={**POST, "timestamp": AT - 600, "voltage": 210.0})
    assert newest()["energy_import_kwh"] == 5.0
    assert newest()["voltage_v"] == 230.0


def test_the_intervals_between_posts_are_marked_for_their_totals(device, database):
    for second in (0, 1800):
        device.post(DATA, json={**POST, "timestamp": AT + second})
    with database.read() as connection:
        marked = connection.execute(select(schema.dirty_node.c.start_s)).scalars()
        before = AT - 900  # where the energy of the first lies
    assert sorted(marked) == [before, AT, AT + 900, AT + 1800]


def test_a_counter_is_taken_as_it_is(device, database, newest):
    with database.write() as connection:
        connection.execute(schema.device.update().values(is_counter=True))
    for total in (100.0, 102.5):
        device.post(DATA, json={**POST, "energy_consumed": total})
    assert newest()["energy_import_kwh"] == 102.5


def test_one_wrong_reading_in_a_list_takes_none(device, posts):
    wrong = {**POST, "current_load": "high"}
    assert device.post(DATA, json=[POST, wrong]).status_code == 422
    assert posts() == 0


def test_status_is_fresh_for_two_intervals_and_at_least_a_minute(
    device, viewer, database
):
    before = device.get("/api/hardware/status").json
    assert (before["connected"], before["last_seen"]) == (False, None)
    assert viewer.get("/api/hardware-status-check").json["connected"] is False
    device.post(DATA, json=POST)
    assert device.get("/api/hardware/status").json["connected"] is True
    assert viewer.get("/api/hardware-status-check").json["connected"] is True
    with database.write() as connection:
        contact = schema.device.c.last_contact_ms
        connection.execute(schema.device.update().values({contact: contact - 121_000}))
    assert device.get("/api/hardware/status").json["connected"] is False
    assert viewer.get("/api/latest-hardware-data").json == {}


def test_config_tells_interval_bands_and_time(device):
    config = device.get("/api/hardware/config").json
    assert config["reporting_interval"] == 60
    assert config["voltage_thresholds"] == {
        "low_critical": 207.0,
        "low_warning": 216.2,
        "high_warning": 243.8,
        "high_critical": 253.0,
    }
    assert isinstance(config["server_time"], int)
