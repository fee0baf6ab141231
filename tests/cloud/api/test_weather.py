"""`GET /api/v1/weather`: forecast where there is one, else what is usual, else why."""

import numpy as np
import pytest
from sqlalchemy import update

from cloud.domain.weather import HOUR_S, VALUES, Weather
from cloud.store import schema
from cloud.store import weather as kept

DAY_S = 24 * HOUR_S


def hours(first_s, celsius):
    values = np.full((len(VALUES), len(celsius)), np.nan)
    values[VALUES.index("temperature_c")] = celsius
    return Weather(first_s + HOUR_S * np.arange(len(celsius)), values)


@pytest.fixture
def placed(campus):
    with campus.database.write() as connection:
        connection.execute(
            update(schema.node)
            .where(schema.node.c.path == "campus")
            .values(latitude=18.5, longitude=73.9)
        )
    return campus


@pytest.fixture
def place_id(placed):
    with placed.database.write() as connection:
        return kept.place_of(connection, "open_meteo", "18.50,73.90").id


def asked(client, node="campus/science/physics"):
    answer = client.get("/api/v1/weather", query_string={"node": node})
    assert answer.status_code == 200
    return answer.json


def test_a_fresh_forecast_is_told_with_its_source(placed, place_id, viewer):
    now_s = int(placed.now.timestamp())
    first_s = now_s // HOUR_S * HOUR_S
    with placed.database.write() as connection:
        kept.keep_forecast(
            connection, place_id, now_s - 60, hours(first_s, 20 + np.arange(60.0))
        )
    told = asked(viewer)
    assert (told["source"], told["is_climatology"]) == ("open_meteo", False)
    assert "Open-Meteo" in told["attribution"]
    assert told["place"] == {"latitude": 18.5, "longitude": 73.9}
    assert len(told["hours"]) == 48
    assert told["now"] == told["hours"][0]
    assert told["hours"][1]["temperature_c"] - told["now"]["temperature_c"] == 1.0
    assert told["now"]["wind_10m_ms"] is None
    assert asked(viewer, "campus")["hours"] == told["hours"]


def test_without_a_fresh_forecast_the_usual_is_told_with_its_spread(
    placed, place_id, viewer
):
    first_s = int(placed.now.timestamp()) // HOUR_S * HOUR_S
    with placed.database.write() as connection:
        past = np.repeat(np.arange(20.0), 24)
        kept.keep_hours(connection, place_id, hours(first_s - 20 * DAY_S, past))
        old_s = first_s - 3 * DAY_S
        kept.keep_forecast(connection, place_id, old_s, hours(old_s, [99.0] * 200))
        kept.note_failure(connection, place_id, first_s, "it answers 500")
    told = asked(viewer)
    assert (told["source"], told["is_climatology"]) == ("climatology", True)
    assert told["now"]["temperature_c"] == pytest.approx(9.5, abs=6)
    assert told["now"]["temperature_spread_c"] > 2
    assert told["why_not_newer"] == "it answers 500"


def test_where_nothing_is_known_the_reason_is_told(campus, viewer):
    told = asked(viewer)
    assert told["hours"] == []
    assert told["now"] is None
    assert "latitude" in told["why_none"]


def test_a_place_that_was_never_asked_for_says_what_to_set(placed, viewer):
    assert "WEATHER_PROVIDER" in asked(viewer)["why_none"]


def test_a_stranger_and_an_unknown_node_get_nothing(campus, viewer, stranger):
    assert stranger.get("/api/v1/weather").status_code == 401
    assert viewer.get("/api/v1/weather?node=nowhere").status_code == 404
