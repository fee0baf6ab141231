import json

import numpy as np
import pytest

from cloud import campus_file
from cloud.domain.weather import HOUR_S, VALUES, Weather
from cloud.facts import weather as facts
from cloud.store import weather as kept
from contract.weather import SiteWeather

DAY_S = 24 * HOUR_S
NOW_S = 1_790_000_000 // HOUR_S * HOUR_S + 600
FIRST_S = NOW_S - 600
PHYSICS = "campus/physics"


def hours(first_s, celsius):
    values = np.full((len(VALUES), len(celsius)), np.nan)
    values[VALUES.index("temperature_c")] = celsius
    return Weather(first_s + HOUR_S * np.arange(len(celsius)), values)


@pytest.fixture
def place_id(database):
    physics = {"path": PHYSICS, "kind": "building", "name": "Physics"}
    site = {"slug": "campus", "name": "Campus", "timezone": "UTC", "nodes": [physics]}
    where = {"latitude": 18.5, "longitude": 73.9}
    text = json.dumps({"format": 1, "sites": [site | where]})
    campus_file.bring_in(database, campus_file.parse(text))
    with database.write() as connection:
        return kept.place_of(connection, "simulator", "18.50,73.90").id


def told(database, at_s=NOW_S):
    with database.read() as connection:
        return facts.site_weather(connection, PHYSICS, at_s)


def test_a_gateway_is_told_what_was_and_what_is_forecast(database, place_id):
    with database.write() as connection:
        past = np.arange(200.0) / 10
        kept.keep_hours(connection, place_id, hours(FIRST_S - 200 * HOUR_S, past))
        ahead = hours(FIRST_S, 20 + np.arange(72.0) / 10)
        kept.keep_forecast(connection, place_id, NOW_S, ahead)
    known = SiteWeather.from_bytes(told(database).to_bytes())
    assert (known.source, known.issued_s) == ("simulator", NOW_S)
    assert not known.is_climatology
    np.testing.assert_allclose(known.measured_c(NOW_S), past[::-1][:192])
    np.testing.assert_allclose(
        known.forecast_c(FIRST_S + HOUR_S, 71), 20.1 + np.arange(71) / 10
    )
    assert len(told(database).to_bytes()) < 4000


def test_when_the_forecast_is_old_a_gateway_is_told_what_is_usual(database, place_id):
    with database.write() as connection:
        past = np.tile(np.arange(24.0), 10)
        kept.keep_hours(connection, place_id, hours(FIRST_S - 240 * HOUR_S, past))
        old_s = FIRST_S - facts.LONGEST_AGE_S - HOUR_S
        kept.keep_forecast(connection, place_id, old_s, hours(FIRST_S, [40.0] * 72))
    known = told(database)
    assert known.is_climatology
    np.testing.assert_allclose(
        known.forecast_c(FIRST_S + HOUR_S, 24), (np.arange(24.0) + 1) % 24
    )


def test_without_any_weather_nothing_is_told(database, place_id):
    assert told(database) is None
    with database.read() as connection:
        assert facts.site_weather(connection, "elsewhere/x", NOW_S) is None


def test_a_forecast_of_the_future_is_not_used(database, place_id):
    with database.write() as connection:
        kept.keep_forecast(connection, place_id, NOW_S, hours(FIRST_S, [20.0] * 72))
        later_s = NOW_S + 1200
        kept.keep_forecast(connection, place_id, later_s, hours(FIRST_S, [30.0] * 72))
    assert told(database).forecast_c(NOW_S, 1) == [20.0]
    assert told(database, later_s).forecast_c(later_s, 1) == [30.0]


def test_training_sees_what_was_known_at_each_origin(database, place_id):
    with database.write() as connection:
        kept.keep_hours(
            connection, place_id, hours(FIRST_S - 300 * HOUR_S, np.arange(300.0) / 10)
        )
        for n, celsius in enumerate((10.0, 20.0)):
            issued_s = FIRST_S - 30 * HOUR_S + n * 6 * HOUR_S
            kept.keep_forecast(
                connection,
                place_id,
                issued_s,
                hours(FIRST_S - 30 * HOUR_S + n * 6 * HOUR_S, [celsius] * 72),
            )
    at_s = FIRST_S - HOUR_S * np.array([40, 28, 24, 20])
    with database.read() as connection:
        measured_c, forecast_c = facts.known_temperatures(connection, PHYSICS, at_s)
    assert measured_c.shape == (4, 192)
    np.testing.assert_allclose(measured_c[0, :2], [25.9, 25.8])
    assert np.isnan(forecast_c[0]).all()
    assert forecast_c[1].tolist() == [10.0] * 24
    assert forecast_c[2].tolist() == [20.0] * 24
    assert forecast_c[3].tolist() == [20.0] * 24


def test_a_site_without_a_place_has_unknown_temperatures(database):
    with database.read() as connection:
        measured_c, forecast_c = facts.known_temperatures(
            connection, "campus", np.array([NOW_S])
        )
    assert np.isnan(measured_c).all()
    assert forecast_c.shape == (1, 24)
