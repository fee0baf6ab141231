"""All models are judged on the same hours."""

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.forecast_error import Band
from cloud.forecasting.backtest.baselines import told
from cloud.forecasting.backtest.judging import judged
from tests.cloud.forecasting.backtest.made_up import case

CASE = case()
DAY = told("naive_day", CASE)


def part(found, rows):
    band = Band(found.band.point_kw[rows], found.band.quantiles_kw[rows])
    return replace(found, origin_s=found.origin_s[rows], band=band)


def test_an_hour_that_one_model_does_not_forecast_counts_for_none():
    full = judged(CASE, {"naive_day": DAY})
    both = judged(CASE, {"naive_day": DAY, "ours": part(DAY, slice(3, None))})
    assert full.hours - both.hours == 72
    assert both.scores["naive_day"] == both.scores["ours"]
    assert "72 hours that not all models forecast do not count" in both.remarks
    assert np.isnan(both.measured_kw[:3]).all()


def test_a_model_that_is_mostly_silent_is_not_judged_and_spares_the_others():
    found = judged(CASE, {"naive_day": DAY, "ours": part(DAY, slice(0, 3))})
    assert set(found.scores) == {"naive_day"}
    assert found.hours == judged(CASE, {"naive_day": DAY}).hours
    assert found.remarks == ("ours forecasts too few of its hours to be judged",)


def test_what_a_model_left_out_is_passed_on():
    found = judged(CASE, {"ours": replace(DAY, left_out=("2 days were stuck",))})
    assert found.remarks == ("ours: 2 days were stuck",)


def test_a_perfect_forecast_has_no_error():
    measured = CASE.measured_kw(
        np.searchsorted(CASE.series.starts_s, DAY.origin_s).astype(np.int64)
    )
    point = np.nan_to_num(measured)
    perfect = Band(point, np.repeat(point[..., None], 3, axis=-1))
    score = judged(CASE, {"ours": replace(DAY, band=perfect)}).scores["ours"]
    assert score.nrmse == score.mape == score.pinball == 0
    assert score.coverage80 == pytest.approx(100)
