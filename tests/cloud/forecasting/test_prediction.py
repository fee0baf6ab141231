import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from cloud.facts.prediction import NoForecastError, next_hour
from cloud.facts.tree import UnknownNodeError
from cloud.forecasting.training import train_and_publish
from cloud.store.schema import device, gateway, newest, point

PHYSICS = "campus/science/physics"


@pytest.fixture
def trained(publisher, measured, intervals, now):
    measured(intervals(14))
    return train_and_publish(publisher, PHYSICS, now)


@pytest.fixture
def gateway_says(database):
    def store(at, value, version=1):
        status = json.dumps({"forecast": {"version": version}})
        with database.write() as connection:
            for table, row in (
                (gateway, {"slug": "physics", "public_key": "", "status": status}),
                (device, DEVICE),
                (point, {"device_id": 1, "gateway_id": 1, "quantity": QUANTITY}),
            ):
                made = {"id": 1, "node_id": 3, "created_s": 0} | row
                known = {k: v for k, v in made.items() if k in table.c}
                connection.execute(insert(table).values(known))
            at_ms = int(at.timestamp() * 1000)
            connection.execute(
                insert(newest).values(point_id=1, at_ms=at_ms, value=value, quality=4)
            )

    return store


QUANTITY = "forecast_power_kw"
DEVICE = {
    "gateway_id": 1,
    "slug": "forecast",
    "model": "forecaster",
    "role": "sensor",
    "simulated": False,
}


def test_the_cloud_runs_the_model_on_the_last_known_hour(database, trained, now):
    told = next_hour(database, now + timedelta(minutes=7), "physics")
    low, high = told["interval"]["low_kw"], told["interval"]["high_kw"]
    assert low < told["predicted_kw"] < high
    assert 60 < told["predicted_kw"] < 160
    assert told["for_hour"] == {
        "start": "2026-03-02T06:30:00+00:00",
        "end": "2026-03-02T07:30:00+00:00",
    }
    assert told["model"]["version"] == 1
    assert told["model"]["trained_at"] == trained.promise.trained_at


def test_a_fresh_forecast_of_the_gateway_wins(database, trained, now, gateway_says):
    gateway_says(now, 222.0)
    told = next_hour(database, now + timedelta(minutes=5), PHYSICS)
    assert told["predicted_kw"] == 222
    assert told["is_peak"] is True


def test_an_old_forecast_of_the_gateway_does_not(database, trained, now, gateway_says):
    gateway_says(now - timedelta(hours=1), 222.0)
    assert next_hour(database, now, PHYSICS)["predicted_kw"] < 160


@pytest.mark.parametrize("status", [None, "{}", '{"forecast": {"version": 99}}'])
def test_a_gateway_that_names_no_known_version_is_told_with_the_newest(
    database, trained, now, gateway_says, status
):
    gateway_says(now, 100.0)
    with database.write() as connection:
        connection.execute(update(gateway).values(status=status))
    assert next_hour(database, now, PHYSICS)["model"]["version"] == 1


def test_before_the_first_model_the_reason_is_told(database, measured, now):
    with pytest.raises(NoForecastError, match="no model yet"):
        next_hour(database, now)


def test_when_the_load_stopped_coming_there_is_no_forecast(database, trained, now):
    with pytest.raises(NoForecastError, match="since 06:30 UTC"):
        next_hour(database, now + timedelta(hours=2), PHYSICS)


def test_an_unknown_node_is_not_a_missing_forecast(database, trained, now):
    with pytest.raises(UnknownNodeError):
        next_hour(database, now, "campus/nowhere")
