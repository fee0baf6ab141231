"""The next 24 hours, and the last 48 beside what had been forecast for them."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.facts.forecast.day import day, past
from cloud.store import forecasts
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS

HOUR_S = 3_600
AT_S = int(NOW.timestamp())
SHAPE = tuple(np.linspace(0.5, 1.5, 96))


def starts(rows):
    return [int(datetime.fromisoformat(row["start"]).timestamp()) for row in rows]


@pytest.fixture
def stored(database, id_of):
    """Keep a forecast of physics with this mean in each hour."""

    def store(kw, origin_s, source=Source.CLOUD, version=1):
        figures = np.tile([kw, kw - 5.0, kw, kw + 5.0], (24, 1))
        made = Outlook(Horizon.DAY_AHEAD, source, origin_s, version, figures)
        with database.write() as connection:
            forecasts.put(connection, id_of[PHYSICS], [made])

    return store


def test_24_hours_follow_each_other(database, measured, publish):
    measured(36)
    publish()
    told = day(database, NOW, PHYSICS, 60)
    assert starts(told["rows"]) == [AT_S + n * HOUR_S for n in range(24)]
    assert (told["grid_min"], told["timezone"]) == (60, "Asia/Kolkata")
    for row in told["rows"]:
        assert row["p10_kw"] <= row["p50_kw"] <= row["p90_kw"]


def test_quarter_hours_add_up_to_the_hours(database, measured, publish):
    measured(36)
    publish(quarter_shape=(SHAPE, SHAPE))
    hours = day(database, NOW, PHYSICS, 60)["rows"]
    quarters = day(database, NOW, PHYSICS, 15)["rows"]
    assert starts(quarters) == [AT_S + n * 900 for n in range(96)]
    for place, hour in enumerate(hours):
        of_hour = [row["mean_kw"] for row in quarters[4 * place : 4 * place + 4]]
        assert np.mean(of_hour) == pytest.approx(hour["mean_kw"], abs=1e-3)
        assert of_hour == sorted(of_hour)  # the shape rises through the day


def test_what_the_worker_made_this_hour_is_told(database, measured, publish, stored):
    measured(36)
    publish()
    stored(11.0, AT_S - 1800)
    told = day(database, NOW, PHYSICS, 60)
    assert told["rows"][0]["mean_kw"] == 11.0
    assert told["model"]["version"] == 1


def test_what_the_worker_made_long_ago_is_not(database, measured, publish, stored):
    measured(36)
    publish()
    stored(11.0, AT_S - 2 * HOUR_S)
    assert day(database, NOW, PHYSICS, 60)["rows"][0]["mean_kw"] > 20


def test_a_fresh_forecast_of_the_gateway_is_told_first(
    database, measured, stored, gateway_says
):
    measured(36)
    stored(11.0, AT_S - 900)
    gateway_says()
    told = day(database, NOW, PHYSICS, 60)
    assert (told["source"], told["rows"][23]["p90_kw"]) == ("gateway", 56.0)
    quarters = day(database, NOW, PHYSICS, 15)["rows"]
    assert quarters[0]["mean_kw"] == 50.0


def test_the_past_stands_beside_the_earliest_forecast_of_each_hour(
    database, measured, stored
):
    measured(5)
    stored(30.0, AT_S - 24 * HOUR_S)
    stored(31.0, AT_S - 10 * HOUR_S)
    stored(32.0, AT_S - 24 * HOUR_S, Source.GATEWAY)
    told = past(database, NOW, PHYSICS)["rows"]
    assert len(told) == 48
    assert starts(told)[-1] == AT_S - HOUR_S
    assert told[0]["measured_kw"] is not None
    assert told[0]["forecast"] is None
    last = told[-1]["forecast"]
    assert (last["mean_kw"], last["lead_hours"], last["source"]) == (32, 24, "gateway")


def test_an_hour_that_was_not_measured_is_null(database, measured):
    measured(2, until=NOW - timedelta(hours=5))
    told = past(database, NOW, PHYSICS)["rows"]
    assert told[-1]["measured_kw"] is None
    assert told[-6]["measured_kw"] is not None
