"""Simple forecasts are honest: nothing after the origin has a say."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from cloud.forecasting.backtest.baselines import BASELINES, told
from cloud.forecasting.backtest.case import case_of
from cloud.forecasting.backtest.naive import naive_point_kw
from tests.cloud.forecasting.backtest.made_up import TEST, building, case


@pytest.mark.parametrize("lead_hours", [24, 1])
@pytest.mark.parametrize("model", BASELINES)
def test_another_future_leaves_every_earlier_forecast_as_it_was(model, lead_hours):
    found = case(lead_hours)
    places = found.tested_places()
    row = len(places) // 2
    other = building()
    future = int(places[row])
    load_kw, temperature_c = other.load_kw.copy(), other.temperature_c.copy()
    load_kw[future:] = 1_000.0
    temperature_c[future:] = -40.0
    changed = replace(other, load_kw=load_kw, temperature_c=temperature_c)
    before = told(model, found).band
    after = told(model, case_of(changed, TEST, lead_hours, None)).band
    assert np.array_equal(before.point_kw[: row + 1], after.point_kw[: row + 1])
    assert np.array_equal(before.quantiles_kw[: row + 1], after.quantiles_kw[: row + 1])
    assert not np.array_equal(before.quantiles_kw, after.quantiles_kw)


@pytest.mark.parametrize("model", BASELINES)
@pytest.mark.parametrize("own_days", [None, 14, 3])
def test_every_hour_has_a_forecast_and_quantiles_that_do_not_cross(model, own_days):
    band = told(model, case(24, own_days)).band
    assert np.isfinite(band.point_kw).all()
    assert np.isfinite(band.quantiles_kw).all()
    assert (np.diff(band.quantiles_kw, axis=-1) >= 0).all()


def test_yesterday_is_the_same_hour_on_the_wall_when_the_clocks_change():
    found = case()
    (row,) = [
        n
        for n, place in enumerate(found.tested_places())
        if datetime.fromtimestamp(
            found.series.start_s + 3_600 * int(place), found.series.calendar.zone
        ).date()
        == date(2025, 3, 31)
    ]
    place = found.tested_places()[row]
    said = naive_point_kw("naive_day", found, np.array([place]))[0]
    sunday = found.series.load_kw[place - 23 : place]
    assert said[3:].tolist() == sunday[2:].tolist()
    assert said[:2].tolist() == sunday[:2].tolist()


def test_the_seasonal_forecast_of_a_monday_takes_working_days_only():
    found = case()
    places = found.tested_places()
    (monday,) = places[2:3]
    said = naive_point_kw("seasonal_naive", found, np.array([monday]))[0]
    load_kw = found.series.load_kw
    days = [
        load_kw[monday - 24 * back : monday - 24 * back + 24] for back in range(3, 8)
    ]
    assert said == pytest.approx(np.mean(days, axis=0))


@pytest.mark.parametrize("model", ["naive_day", "naive_week", "seasonal_naive"])
def test_after_an_outage_of_days_there_still_is_a_naive_forecast(model):
    hall = building()
    load_kw = hall.load_kw.copy()
    load_kw[40 * 24 : 52 * 24] = np.nan
    found = case_of(replace(hall, load_kw=load_kw), TEST, 24, None)
    said = naive_point_kw(model, found, found.tested_places())
    assert np.isfinite(said).all()
    assert said.min() > 20


def test_models_learn_what_a_forecast_without_one_does_not_know():
    def error(model):
        found = case(days=120, test=date(2025, 5, 12))
        measured = found.measured_kw(found.tested_places())
        return np.sqrt(np.nanmean((told(model, found).band.point_kw - measured) ** 2))

    assert error("boosting") < error("seasonal_naive") < error("naive_day")


def test_without_weather_the_forest_still_forecasts():
    hall = building()
    bare = replace(hall, temperature_c=np.full(len(hall.load_kw), np.nan))
    band = told("seed_forest", case_of(bare, TEST, 24, None)).band
    assert np.isfinite(band.point_kw).all()


def test_a_history_that_is_nearly_all_hole_falls_back_to_the_seasonal_forecast():
    hall = building()
    load_kw = hall.load_kw.copy()
    load_kw[: 46 * 24] = np.nan
    load_kw[:80] = hall.load_kw[:80]
    load_kw[46 * 24 : 49 * 24 : 2] = np.nan
    found = case_of(replace(hall, load_kw=load_kw), TEST, 24, None)
    for model in BASELINES:
        assert np.isfinite(told(model, found).band.quantiles_kw).all()


def test_origins_are_the_instants_at_which_forecasts_were_made():
    found = case()
    first, *_ = told("naive_day", found).origin_s
    assert datetime.fromtimestamp(int(first), UTC).isoformat() == (
        "2025-03-21T23:00:00+00:00"
    )
