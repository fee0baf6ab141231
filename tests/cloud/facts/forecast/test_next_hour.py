"""The load of the next hour: who is asked first, and what is said of it."""

from datetime import timedelta

import pytest

from cloud.facts.forecast.next_hour import next_hour
from cloud.facts.forecast.told import NoForecastError
from cloud.facts.tree import UnknownNodeError
from contract.forecast_status import State
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS

SOON = NOW + timedelta(minutes=5)


def test_the_cloud_runs_the_model_on_the_last_known_hour(database, measured, publish):
    measured(36)
    publish("days_before_7")
    told = next_hour(database, NOW + timedelta(minutes=7), "physics")
    assert told["predicted_kw"] == pytest.approx(79.8, abs=1)
    assert told["interval"]["low_kw"] < told["predicted_kw"]
    assert told["interval"]["high_kw"] > told["predicted_kw"]
    assert told["for_hour"] == {
        "start": "2026-03-16T06:30:00+00:00",
        "end": "2026-03-16T07:30:00+00:00",
    }
    assert (told["source"], told["why_naive"]) == ("cloud", None)
    assert told["model"]["version"] == 1
    assert told["model"]["trained_at"] == NOW.isoformat()
    assert told["model"]["backtest_cv_rmse_percent"] == 5.0
    assert told["model"]["naive_cv_rmse_percent"] == 9.0


def test_a_peak_is_above_most_hours_of_the_last_month(database, measured, publish):
    measured(36, until=NOW + timedelta(hours=12))
    publish("days_before_7")
    assert next_hour(database, NOW, PHYSICS)["is_peak"]
    night = NOW + timedelta(hours=10)
    assert not next_hour(database, night, PHYSICS)["is_peak"]


def test_a_fresh_forecast_of_the_gateway_is_told_first(
    database, measured, publish, gateway_says
):
    measured(36)
    publish()
    gateway_says()
    told = next_hour(database, SOON, PHYSICS)
    assert (told["predicted_kw"], told["source"]) == (50, "gateway")
    assert told["interval"] == {"low_kw": 45, "high_kw": 56, "level": 0.8}
    assert told["model"]["version"] == 1


@pytest.mark.parametrize(
    "said",
    [
        {"origin": NOW - timedelta(hours=1)},
        {"origin": NOW + timedelta(hours=1)},
        {"next_hour": None, "day_ahead": ()},
    ],
)
def test_an_old_forecast_of_the_gateway_or_none_is_not(
    database, measured, publish, gateway_says, said
):
    measured(36)
    publish()
    gateway_says(**said)
    assert next_hour(database, SOON, PHYSICS)["source"] == "cloud"


def test_what_a_gateway_says_of_a_naive_forecast_is_told(
    database, measured, gateway_says
):
    measured(36)
    gateway_says(state=State.SHADOW, why="version 1 runs beside", model=None)
    told = next_hour(database, SOON, PHYSICS)
    assert told["why_naive"] == "version 1 runs beside"
    assert told["model"]["version"] is None


def test_without_a_model_it_is_naive_and_says_so(database, measured):
    measured(2)
    told = next_hour(database, NOW, PHYSICS)
    assert (told["source"], told["why_naive"]) == ("naive", "no model yet")
    assert told["model"]["version"] is told["model"]["trained_at"] is None


def test_a_load_that_stopped_coming_is_still_forecast_from_before(
    database, measured, publish
):
    measured(36)
    publish("days_before_7")
    told = next_hour(database, NOW + timedelta(hours=3), PHYSICS)
    assert told["for_hour"]["start"] == "2026-03-16T09:30:00+00:00"
    assert told["predicted_kw"] == pytest.approx(70, abs=10)


def test_where_nothing_is_known_of_the_last_week_there_is_no_forecast(
    database, measured
):
    with pytest.raises(NoForecastError, match="last week"):
        next_hour(database, NOW, PHYSICS)
    measured(2)  # what comes then is told at once
    assert next_hour(database, NOW, PHYSICS)["source"] == "naive"


def test_an_unknown_node_is_not_a_missing_forecast(database):
    with pytest.raises(UnknownNodeError):
        next_hour(database, NOW, "campus/nowhere")
