"""Statistics that a few wild days do not move."""

import numpy as np
import pytest

from cloud.analytics.maintenance.robust import (
    certainty,
    daily_mean,
    decision_height,
    long_run_sigma,
    sigma,
    theil_sen,
    weighted_median,
)


def test_a_trend_is_found_under_wild_values_and_gaps():
    days = np.arange(60.0)
    values = 0.01 * days + np.random.default_rng(1).normal(0, 0.02, 60)
    values[::9] = 5.0
    values[7] = np.nan
    slope = theil_sen(days, values)
    assert slope.low < 0.01 < slope.high
    assert slope.per_day == pytest.approx(0.01, abs=0.002)


def test_days_that_are_alike_make_a_trend_less_certain():
    days, values = np.arange(30.0), np.random.default_rng(2).normal(0, 1, 30)
    narrow, wide = theil_sen(days, values), theil_sen(days, values, alike=2.0)
    assert wide.high - wide.low > narrow.high - narrow.low


def test_four_days_make_no_trend():
    assert theil_sen(np.arange(4.0), np.arange(4.0)) is None


def test_the_interval_of_a_trend_holds_four_times_of_five():
    held = 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(0, 0.1, 40)
        slope = theil_sen(np.arange(40.0), 0.002 * np.arange(40.0) + noise)
        held += slope.low <= 0.002 <= slope.high
    assert 0.72 <= held / 200 <= 0.88


def test_noise_reaches_the_decision_height_about_as_often_as_asked():
    allowance, days = 0.5, 200.0
    height = decision_height(allowance, 1.0, days)
    rng, runs = np.random.default_rng(3), []
    for _ in range(150):
        total, day = 0.0, 0
        while total <= height:
            total = max(0.0, total + rng.normal() - allowance)
            day += 1
        runs.append(day)
    assert 0.6 * days < np.mean(runs) < 1.6 * days


def test_days_that_follow_each_other_count_as_fewer():
    rng = np.random.default_rng(4)
    alone = rng.normal(0, 1, 400)
    alike = np.convolve(alone, np.ones(5) / np.sqrt(5), "same")
    weights = np.ones(400)
    assert long_run_sigma(alone, weights, 1.0) < 1.2
    assert long_run_sigma(alike, weights, 1.0) > 1.8


def test_one_wild_day_in_ten_leaves_the_deviation_as_it_is():
    values = np.random.default_rng(5).normal(0, 0.1, 200)
    values[::10] = 9.0
    assert sigma(values, np.ones(200), 0.0) == pytest.approx(0.1, rel=0.25)


def test_a_weighted_median_follows_the_weight_and_knows_when_there_is_none():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert weighted_median(values, np.array([1.0, 1.0, 5.0, 9.0])) == 3.0
    assert np.isnan(weighted_median(values, np.zeros(4)))


def test_a_day_with_too_few_hours_has_no_mean():
    hourly = np.ones((2, 24))
    hourly[0, 20:] = np.nan
    hourly[1, 19:] = np.nan
    mean = daily_mean(hourly)
    assert mean[0] == 1.0
    assert np.isnan(mean[1])


def test_what_is_measured_without_noise_is_certain():
    assert certainty(0.1, 0.0) == 1.0
    assert certainty(0.0, 1.0) == 0.5
