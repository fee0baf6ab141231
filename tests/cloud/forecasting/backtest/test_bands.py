"""Intervals by past errors hold what they say, once there are some."""

import numpy as np

from cloud.forecasting.backtest.bands import quantiles_kw
from tests.cloud.forecasting.backtest.made_up import case


def inside(band, measured):
    known = np.isfinite(measured)
    low, _, high = np.moveaxis(band[known], -1, 0)
    return ((measured[known] >= low) & (measured[known] <= high)).mean()


def test_four_of_five_hours_lie_between_the_outer_quantiles():
    found = case(days=160)
    places = found.places()
    point_kw = np.full((len(places), 24), 60.0)
    band = quantiles_kw(found, places, point_kw)[40:]
    assert abs(inside(band, found.measured_kw(places)[40:]) - 0.8) < 0.03


def test_before_there_are_errors_the_band_is_wide_and_around_the_forecast():
    found = case()
    places = found.places()[:1]
    band = quantiles_kw(found, places, np.full((1, 24), 60.0))
    assert band[0, 0].tolist() == [30.0, 60.0, 90.0]


def test_a_forecast_that_is_always_too_low_is_lifted_by_its_quantiles():
    found = case()
    places = found.places()
    point_kw = np.nan_to_num(found.measured_kw(places), nan=50.0) - 20
    band = quantiles_kw(found, places, point_kw)[-5:]
    assert np.abs(band - point_kw[-5:, :, None] - 20).max() < 1e-9
