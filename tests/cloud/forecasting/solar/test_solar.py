"""Arrays under a sky made up here: clear and cloudy hours, shade, dirt, clipping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.domain.weather import HOUR_S
from cloud.forecasting.solar import first_days
from cloud.forecasting.solar.array import Array, on_modules, sky
from cloud.forecasting.solar.bands import learnt, widened, widening
from cloud.forecasting.solar.clearness import production
from cloud.forecasting.solar.model import learn
from cloud.forecasting.solar.rows import COLUMNS, Past
from cloud.forecasting.solar.walk import walk

PUNE = Array(18.5, 73.9, 30.0, 180.0, 50.0)
DAYS = 45
START_S = 1_767_225_600 + HOUR_S * np.arange(24 * DAYS)  # from 2026-01-01
SKY = sky(PUNE, START_S)


def clouds(seed=0, days=DAYS):
    """Days that are clear, or cloudy in a way that wanders from hour to hour."""
    rng = np.random.default_rng(seed)
    clear = np.repeat(rng.random(days) < 0.5, 24)
    wander = np.repeat(rng.uniform(0.2, 0.9, days * 6), 4)
    return np.where(clear, 1.0, wander)


def made(cover=None, share=0.8):
    cover = clouds() if cover is None else cover
    return share * SKY.clear_w_m2 / 1000 * cover


def past_of(values):
    return Past.of(SKY, production(values, SKY.clear_w_m2))


def nothing(origin, _target):
    return np.full(len(origin), np.nan)


def hourly(first=24 * 10, last=24 * DAYS):
    target = np.arange(first, last)
    return target, target


def test_the_sun_stands_south_at_noon_and_modules_face_it():
    noon = np.argmax(SKY.clear_w_m2[:24])
    assert noon in (6, 7)  # UTC, half past twelve in Pune
    assert SKY.azimuth_deg[noon] == pytest.approx(180, abs=20)
    assert SKY.elevation_deg[noon] == pytest.approx(90 - 18.5 - 23, abs=3)
    assert 900 < SKY.clear_w_m2[noon] < 1150
    assert (SKY.clear_w_m2[~SKY.is_day] < 60).all()


def test_irradiance_told_as_one_figure_falls_on_the_modules_as_its_parts_would():
    noon_s = START_S[6:8]
    clear = SKY.clear_global_w_m2[6:8]
    unknown = np.full(2, np.nan)
    whole = on_modules(PUNE, noon_s, clear, unknown, unknown)
    np.testing.assert_allclose(whole, SKY.clear_w_m2[6:8], rtol=0.1)
    assert np.isnan(on_modules(PUNE, noon_s, unknown, unknown, unknown)).all()
    assert (
        on_modules(PUNE, START_S[20:22], np.zeros(2), np.zeros(2), np.zeros(2)) == 0
    ).all()


def test_what_clear_hours_give_is_learnt_and_cloudy_ones_do_not_lower_it():
    learned = production(made(share=0.7), SKY.clear_w_m2)
    bright = SKY.clear_w_m2[:24] > 300
    np.testing.assert_allclose(learned.share[-1][bright], 0.7, rtol=0.05)


def test_shade_in_the_morning_and_a_small_inverter_are_learnt_by_the_hour():
    share = np.full(24 * DAYS, 0.8)
    hour = np.arange(24 * DAYS) % 24
    share[hour == 3] = 0.3
    power = np.minimum(share * SKY.clear_w_m2 / 1000, 0.6)
    learned = production(power, SKY.clear_w_m2)
    assert learned.share[-1][3] == pytest.approx(0.3, abs=0.07)
    given = learned.share[-1] * SKY.clear_w_m2[-24:] / 1000
    assert given.max() == pytest.approx(0.6, rel=0.1)


def test_before_anything_is_seen_the_usual_share_is_assumed():
    learned = production(np.full(24 * DAYS, np.nan), SKY.clear_w_m2)
    np.testing.assert_allclose(learned.share, 0.85)
    assert np.isnan(learned.clearness).all()


@settings(max_examples=25)
@given(st.integers(24 * 9, 24 * DAYS - 30), st.integers(1, 24), st.randoms())
def test_no_row_looks_past_its_origin(origin, lead, random):
    values = made()
    other = values.copy()
    other[origin:] = random.random()
    pair = np.array([origin]), np.array([origin + lead - 1])
    foreseen = np.array([0.4])
    np.testing.assert_array_equal(
        past_of(values).rows(*pair, foreseen), past_of(other).rows(*pair, foreseen)
    )


@pytest.mark.slow
@pytest.mark.parametrize("lead", [1, 3, 12])
def test_a_forecast_does_not_change_when_the_future_does(lead):
    values = made()
    cut = 24 * 38 + 8
    other = values.copy()
    other[cut:] = 0.01
    target = np.arange(24 * 30, cut + 1) + lead - 1
    pairs = target - lead + 1, target
    one = walk(past_of(values), nothing, pairs)
    two = walk(past_of(other), nothing, pairs)
    np.testing.assert_array_equal(one.mean, two.mean)
    np.testing.assert_array_equal(one.quantiles, two.quantiles)


def test_it_beats_the_same_hour_of_yesterday_by_far():
    values = made()
    pairs = hourly(24 * 20)
    said = walk(past_of(values), nothing, pairs)
    day = SKY.is_day[said.target]
    came = values[said.target][day]
    error = np.sqrt(np.mean((came - said.mean[day]) ** 2))
    naive = np.sqrt(np.mean((came - values[said.target - 24][day]) ** 2))
    assert error < 0.55 * naive


@pytest.mark.slow
def test_a_forecast_of_the_irradiance_helps_a_day_ahead():
    cover = clouds(3)
    values = made(cover)
    told = SKY.clear_w_m2 / 1000 * cover

    def foreseen(_origin, target):
        return told[target]

    target = np.arange(24 * 27, 24 * 41)
    target = target[target % 24 >= 4]
    pairs = target // 24 * 24, target
    day = SKY.is_day[target]
    errors = [
        np.std((values[target] - walk(past_of(values), each, pairs).mean)[day])
        for each in (nothing, foreseen)
    ]
    assert errors[1] < 0.5 * errors[0]


def test_quantiles_hold_what_they_promise_and_never_cross():
    values = made(clouds(5))
    said = walk(past_of(values), nothing, hourly(24 * 15))
    day = SKY.is_day[said.target]
    low, middle, high = said.quantiles.T
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (low >= 0).all()
    came = values[said.target]
    inside = (came >= low - 1e-9) & (came <= high + 1e-9)
    assert 0.7 < inside[day].mean() < 0.95


def test_at_night_nothing_is_made():
    said = walk(past_of(made()), nothing, hourly(24 * 30))
    dark = SKY.clear_w_m2[said.target] == 0
    assert dark.any()
    assert (said.mean[dark] == 0).all()
    assert (said.quantiles[dark] == 0).all()


def test_an_array_without_any_past_is_forecast_from_the_sun_alone():
    unknown = past_of(np.full(24 * DAYS, np.nan))
    pair = np.array([100]), np.array([102])
    assert learn(unknown, nothing, 24 * DAYS) is None
    mean, quantiles = first_days.forecast(unknown, *pair, np.array([np.nan]))
    clear = 0.85 * SKY.clear_w_m2[102] / 1000
    assert mean[0] == pytest.approx(first_days.USUAL * clear)
    assert quantiles[0, 0] < mean[0] < quantiles[0, 2]


def test_gaps_in_the_past_are_unknown_not_dark():
    values = made()
    values[24 * 30 : 24 * 33] = np.nan
    said = walk(past_of(values), nothing, hourly(24 * 33, 24 * 34))
    day = SKY.is_day[said.target]
    assert np.isfinite(said.mean).all()
    assert said.mean[day].mean() > 0.1


def test_rows_have_a_name_for_each_column():
    rows = past_of(made()).rows(np.array([500]), np.array([500]), np.array([0.5]))
    assert rows.shape == (1, len(COLUMNS))
    assert rows[0, COLUMNS.index("lead_hour")] == 1


def test_bands_are_wide_where_forecasts_were_far_off():
    rng = np.random.default_rng(2)
    forecast = rng.uniform(0, 1, 4000)
    measured = forecast + rng.normal(0, np.where(forecast > 0.5, 0.02, 0.2))
    around = learnt(forecast, measured).around(np.array([0.2, 0.9]))
    width = around[:, 2] - around[:, 0]
    assert width[0] > 4 * width[1]


def test_bands_that_held_too_little_are_widened_and_too_much_narrowed():
    rng = np.random.default_rng(4)
    came = 0.5 + rng.normal(0, 0.1, 3000)

    def said(half):
        return np.tile([0.5 - half, 0.5, 0.5 + half], (3000, 1))

    assert widening(came, said(0.064)) == pytest.approx(2.0, abs=0.1)
    assert widening(came, said(0.256)) == pytest.approx(0.5, abs=0.05)
    assert widening(came[:0], said(0.1)[:0]) == 1.0
    wider = widened(np.array([[0.1, 0.2, 0.4]]), 3.0)
    np.testing.assert_allclose(wider, [[0.0, 0.2, 0.8]])
