"""The roof of the simulated complex and a turbine, forecast from the store alone."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import insert

from cloud import campus_file, generation
from cloud.domain.weather import HOUR_S, VALUES, Weather
from cloud.facts.generation import generation_facts
from cloud.facts.weather import CLIMATOLOGY
from cloud.store import generation as stored
from cloud.store import generators, queue, schema
from cloud.store import weather as kept
from cloud.weather.document import VARIABLES
from firmware_sim.solar import SolarArray
from firmware_sim.weather import TwinWeather
from firmware_sim.weather_forecast import Forecaster

DAY_S = 24 * HOUR_S
NOW_S = 1_790_000_000 // DAY_S * DAY_S + 4 * HOUR_S + 900  # a morning in Pune
COMPLEX = "engineering-complex"
ROOF = {
    "slug": "roof",
    "kind": "solar",
    "capacity_kw": 50.0,
    "tilt_deg": 30.0,
    "azimuth_deg": 180.0,
    "device": "pv",
}
TURBINE = {
    "slug": "mast",
    "kind": "wind",
    "capacity_kw": 100.0,
    "hub_height_m": 37.0,
    "curve": "northern_power_100c_21",
}


def site(database, *standing, placed=True):
    said = {"slug": COMPLEX, "name": "Complex", "timezone": "Asia/Kolkata"}
    if placed:
        said |= {"latitude": 18.5, "longitude": 73.9}
    text = json.dumps({"format": 1, "sites": [said | {"generators": list(standing)}]})
    campus_file.bring_in(database, campus_file.parse(text))


def power_kw(start_s, step_s):
    roof = SolarArray(7)
    ats = (datetime.fromtimestamp(start_s + s, UTC) for s in range(0, step_s, 300))
    return float(np.mean([roof.power_kw(at) for at in ats]))


def make_history(database, days):
    """What the roof made in each quarter hour until now."""
    with database.write() as connection:
        (each,) = generators.generators(connection)
        rows = [
            {
                "node_id": each.node_id,
                "resolution_min": 15,
                "simulated": False,
                "start_s": start_s,
                "generated_kwh": power_kw(start_s, 900) / 4,
            }
            for start_s in range(NOW_S - days * DAY_S, NOW_S, 900)
        ]
        connection.execute(insert(schema.rollup), rows)


def bring_weather(database, days=31):
    """What the simulator told of the weather, each six hours and now."""
    forecaster = Forecaster(TwinWeather(7), 7)
    with database.write() as connection:
        place = kept.place_of(connection, "simulator", "18.50,73.90").id
        kept.note_answer(connection, place, NOW_S, NOW_S)
        for issued_s in [*range(NOW_S - days * DAY_S, NOW_S, 6 * HOUR_S), NOW_S]:
            start_s = issued_s // HOUR_S * HOUR_S + HOUR_S * np.arange(30)
            told = forecaster.told(start_s + HOUR_S, issued_s)
            values = np.stack([told[VARIABLES[name].name] for name in VALUES])
            kept.keep_forecast(connection, place, issued_s, Weather(start_s, values))


def forecast(database, now_s=NOW_S, subject=f"{COMPLEX}:roof"):
    return generation.Forecasting().forecast_at(database, subject, now_s)


def newest(database, now_s=NOW_S):
    with database.read() as connection:
        (each,) = generators.generators(connection)
        return stored.newest(connection, each.id, now_s)


def error_kw(made):
    true = np.array([power_kw(s, HOUR_S) for s in made.start_s.tolist()])
    return float(np.sqrt(np.mean((made.mean_kw - true) ** 2)))


@pytest.fixture
def roof(database):
    site(database, ROOF)
    return database


@pytest.mark.slow
def test_the_roof_of_the_complex_is_forecast_from_its_past_and_the_weather(roof):
    make_history(roof, 30)
    bring_weather(roof)
    assert forecast(roof) is None
    made = newest(roof)
    assert (made.source, made.issued_s) == ("simulator", NOW_S)
    assert made.start_s[0] == NOW_S // HOUR_S * HOUR_S
    assert len(made.start_s) == 24
    assert error_kw(made) < 3.5
    assert (np.diff(made.quantiles_kw, axis=1) >= 0).all()
    assert (made.mean_kw[10:18] == 0).all(), "it is night in Pune"


def test_without_weather_the_past_alone_speaks(roof):
    make_history(roof, 5)
    assert forecast(roof) is None
    made = newest(roof)
    assert made.source == "history"
    assert error_kw(made) < 8
    assert made.mean_kw.max() > 20


def test_a_roof_that_never_said_anything_is_forecast_from_the_sun(roof):
    assert forecast(roof) is None
    made = newest(roof)
    assert 20 < made.mean_kw.max() < 40
    assert (made.quantiles_kw[:, 2] - made.quantiles_kw[:, 0]).max() > 15


def test_what_is_known_later_does_not_change_a_forecast_made_before(roof):
    make_history(roof, 4)
    forecast(roof, NOW_S - 20 * HOUR_S)
    one = newest(roof, NOW_S - 20 * HOUR_S)
    with roof.write() as connection:
        connection.execute(
            schema.rollup.delete().where(
                schema.rollup.c.start_s >= one.start_s[0].item()
            )
        )
    forecast(roof, NOW_S - 20 * HOUR_S)
    two = newest(roof, NOW_S - 20 * HOUR_S)
    np.testing.assert_array_equal(one.mean_kw, two.mean_kw)
    np.testing.assert_array_equal(one.quantiles_kw, two.quantiles_kw)


def test_a_turbine_is_forecast_by_the_wind_at_its_hub(database):
    site(database, TURBINE)
    assert forecast(database, subject=f"{COMPLEX}:mast") == "no weather is known"
    bring_weather(database, days=1)
    assert forecast(database, subject=f"{COMPLEX}:mast") is None
    made = newest(database)
    assert made.source == "simulator"
    assert (made.quantiles_kw >= 0).all()
    assert made.quantiles_kw.max() <= 100.0
    assert made.mean_kw.max() > 1


def test_when_forecasts_of_the_wind_are_old_the_usual_wind_speaks(database):
    site(database, TURBINE)
    with database.write() as connection:
        place = kept.place_of(connection, "simulator", "18.50,73.90").id
        start_s = NOW_S // HOUR_S * HOUR_S - HOUR_S * np.arange(240, 0, -1)
        told = TwinWeather(7).told(start_s + HOUR_S)
        values = np.stack([told[VARIABLES[name].name] for name in VALUES])
        kept.keep_hours(connection, place, Weather(start_s, values))
    assert forecast(database, subject=f"{COMPLEX}:mast") is None
    assert newest(database).source == CLIMATOLOGY


def test_a_site_nobody_has_placed_says_so(database):
    site(database, ROOF, placed=False)
    assert "latitude" in forecast(database)
    assert "no longer" in forecast(database, subject=f"{COMPLEX}:barn")


def test_the_hours_of_several_generators_are_added(database):
    site(database, ROOF, ROOF | {"slug": "annex", "capacity_kw": 25.0})
    for slug in ("roof", "annex"):
        forecast(database, subject=f"{COMPLEX}:{slug}")
    told = generation_facts(database, datetime.fromtimestamp(NOW_S, UTC), COMPLEX)
    annex, roof = told["generators"]
    assert (roof["source"], roof["capacity_kw"]) == ("history", 50.0)
    assert len(told["hours"]) == 24
    for together, one, other in zip(
        told["hours"], annex["hours"], roof["hours"], strict=True
    ):
        expected = one["mean_kw"] + other["mean_kw"]
        assert together["mean_kw"] == pytest.approx(expected, abs=1e-3)


def test_where_nothing_stands_or_nothing_was_forecast_the_reason_is_told(database):
    now = datetime.fromtimestamp(NOW_S, UTC)
    site(database)
    assert "no generator" in generation_facts(database, now, COMPLEX)["why_none"]
    site(database, ROOF)
    assert "no forecast" in generation_facts(database, now, None)["why_none"]


def queued(database, plan, now_s):
    with database.write() as connection:
        count = plan.queue_due(connection, now_s)
        taken = queue.take(connection, now_s)
        if taken is not None:
            queue.finish(connection, taken, now_s, None)
    return count


def test_it_is_forecast_each_hour_and_when_more_is_known(roof):
    plan = generation.GenerationPlan()
    assert queued(roof, plan, NOW_S) == 1
    assert queued(roof, plan, NOW_S + 300) == 0
    bring_weather(roof, days=0)
    assert queued(roof, plan, NOW_S + 600) == 1
    make_history(roof, 1)
    assert queued(roof, plan, NOW_S + 630) == 0, "not twice in a minute"
    assert queued(roof, plan, NOW_S + 700) == 1
    assert queued(roof, plan, NOW_S + 800) == 0
    assert queued(roof, plan, NOW_S + HOUR_S) == 1


def test_forecasts_stay_bounded(roof):
    old_s = NOW_S - (stored.KEPT_DAYS + 2) * DAY_S
    forecast(roof, old_s)
    assert newest(roof, old_s) is not None
    forecast(roof)
    assert newest(roof, old_s).issued_s == NOW_S
