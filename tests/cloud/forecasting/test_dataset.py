from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.next_hour import hours
from cloud.domain.load_history import LoadHistory
from cloud.forecasting.dataset import dataset
from cloud.forecasting.train import backtest

START_S = 1_772_409_600  # 2026-03-02T00:00Z
ZONE = ZoneInfo("Asia/Kolkata")


def history(count=40, **changes):
    values = {
        "start_s": START_S + 900 * np.arange(count),
        "energy_kwh": np.arange(count, dtype=float),
        "coverage": np.ones(count),
        "temperature_c": 20 + np.arange(count, dtype=float),
        "occupancy_rate": np.full(count, 0.5),
    }
    return LoadHistory(**values | changes)


def test_the_target_is_the_hour_after_and_the_lag_the_hour_before():
    known = hours(history())
    assert known.origin_s[0] == START_S + 3_600
    assert known.last_hour_load_kw[0] == 0 + 1 + 2 + 3
    assert known.next_hour_load_kw[0] == 4 + 5 + 6 + 7
    assert known.temperature_c[0] == pytest.approx(21.5)
    assert np.isnan(known.next_hour_load_kw[-4:]).all()


@given(cut=st.integers(4, 39), seed=st.integers(0, 99))
def test_no_feature_looks_past_its_origin(cut, seed):
    random = np.random.default_rng(seed)
    later = slice(cut, None)
    past, changed = history(), history()
    for column in ("energy_kwh", "temperature_c", "occupancy_rate", "coverage"):
        values = getattr(changed, column)
        values[later] = random.uniform(0, 1, len(values[later]))
    before, after = hours(past), hours(changed)
    known = before.origin_s <= START_S + 900 * cut
    for column in ("last_hour_load_kw", "temperature_c", "occupancy_rate"):
        np.testing.assert_array_equal(
            getattr(before, column)[known], getattr(after, column)[known]
        )


def test_rows_with_anything_missing_are_left_out_and_counted():
    covered = np.ones(40)
    covered[20] = 0.5
    temperature_c = np.full(40, 25.0)
    temperature_c[10] = np.nan
    rows = dataset(hours(history(coverage=covered, temperature_c=temperature_c)), ZONE)
    assert rows.without_load == 8 + 4  # around the interval, and without a next hour
    assert rows.without_climate == 1  # the hour that begins with it
    assert len(rows) + rows.without_load + rows.without_climate == 37
    assert np.isfinite(rows.matrix).all()


def test_a_hole_in_the_rows_is_not_bridged():
    whole = history()
    kept = np.r_[0:10, 14:40]
    holed = LoadHistory(*(getattr(whole, name)[kept] for name in LoadHistory.__slots__))
    known = hours(holed)
    inside = (known.origin_s > START_S + 9_000) & (known.origin_s < START_S + 16_200)
    assert np.isnan(known.last_hour_load_kw[inside]).all()
    assert len(known.origin_s) == 37


def test_an_instant_within_a_step_of_the_counter_is_no_origin():
    """Read once an hour: between readings, the roll-up knows of the later one."""
    hourly_kwh = np.repeat(np.arange(1.0, 11), 4) / 3
    known = hours(history(energy_kwh=hourly_kwh))
    origins = known.origin_s[np.isfinite(known.last_hour_load_kw)]
    assert origins.tolist() == [START_S + 3_600 * hour for hour in range(1, 11)]


def test_what_is_measured_once_an_hour_describes_the_hour_that_follows():
    temperature_c = np.full(40, np.nan)
    temperature_c[::4] = 25 + np.arange(10)
    known = hours(history(temperature_c=temperature_c))
    found = np.isfinite(known.temperature_c)
    assert (known.origin_s[found] % 3_600 == 0).all()
    np.testing.assert_array_equal(known.temperature_c[found], 25 + np.arange(10))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_less_than_an_hour_is_no_row(count):
    assert len(hours(history(count)).origin_s) == 0
    assert len(dataset(hours(history(count)), ZONE)) == 0


def test_a_load_that_repeats_every_hour_is_forecast_as_it_is():
    rows = dataset(hours(history(400, energy_kwh=np.tile([1.0, 2, 3, 4], 100))), ZONE)
    error = backtest(rows)
    assert error.cv_rmse_percent < 1
    assert error.naive_cv_rmse_percent == pytest.approx(0, abs=1e-9)
