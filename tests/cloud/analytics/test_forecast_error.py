"""Errors of forecasts, checked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.forecast_error import Band, pinball_kw, score

MEASURED = np.array([8.0, 12.0, 10.0, 10.0])
POINT = np.array([10.0, 10.0, 10.0, 10.0])


def band(point, low=None, high=None):
    point = np.asarray(point, dtype=float)
    low, high = point if low is None else low, point if high is None else high
    return Band(point, np.column_stack((low, point, high)))


def test_root_mean_square_error_is_told_by_the_mean_load():
    # errors −2, 2, 0, 0: mean square 2; mean load 10
    assert score(MEASURED, band(POINT)).nrmse == pytest.approx(14.142, abs=1e-3)


def test_absolute_errors_are_told_by_the_load_of_their_hour():
    # 2 of 8 and 2 of 12, over four hours
    assert score(MEASURED, band(POINT)).mape == pytest.approx((25 + 100 / 6) / 4)


def test_hours_with_next_to_no_load_do_not_count_for_the_relative_error():
    measured = np.array([0.0, 0.001, 10.0, 10.0])
    assert score(measured, band([5.0, 5.0, 9.0, 11.0])).mape == pytest.approx(10.0)


def test_without_any_load_there_is_no_relative_error():
    assert math.isnan(score(np.zeros(3), band(np.ones(3))).mape)


def test_bias_is_below_zero_where_forecasts_are_too_high():
    assert score(MEASURED, band(POINT + 1)).nmbe == pytest.approx(-10.0)


def test_quantile_loss_charges_each_side_by_its_share():
    quantiles = np.array([[8.0, 10.0, 12.0]])
    # 11 came: 0.1 × 3, 0.5 × 1, and 0.1 × 1 for the upper one, which is above
    assert pinball_kw(np.array([11.0]), quantiles) == pytest.approx(0.9 / 3)
    # 14 came: 0.1 × 6, 0.5 × 4, 0.9 × 2
    assert pinball_kw(np.array([14.0]), quantiles) == pytest.approx(4.4 / 3)


def test_coverage_is_the_share_between_the_outer_quantiles_edges_included():
    found = score(MEASURED, band(POINT, low=POINT - 2, high=POINT + 1))
    assert found.coverage80 == 75.0


@given(st.lists(st.floats(1, 1e4), min_size=2, max_size=30), st.floats(0.01, 1e3))
def test_all_figures_are_the_same_in_any_unit(values, factor):
    measured = np.array(values)
    point = np.full(len(measured), measured.mean() * 1.1)
    quantiles = np.column_stack((point * 0.9, point, point * 1.1))
    once = score(measured, Band(point, quantiles))
    again = score(measured * factor, Band(point * factor, quantiles * factor))
    assert (again.nrmse, again.mape, again.nmbe, again.pinball) == pytest.approx(
        (once.nrmse, once.mape, once.nmbe, once.pinball), rel=1e-6, abs=1e-6
    )


@given(st.integers(0, 10_000))
def test_the_true_quantiles_cost_less_than_any_others(seed):
    random = np.random.default_rng(seed)
    measured = random.normal(size=4_000)
    true = np.tile([-1.2816, 0.0, 1.2816], (4_000, 1))
    for moved in (true + 0.4, true - 0.4, true * 1.6, true * 0.4):
        assert pinball_kw(measured, true) < pinball_kw(measured, moved)
