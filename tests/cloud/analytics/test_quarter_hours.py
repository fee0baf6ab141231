"""Hours told in quarters: they add up, and their bounds are wider."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.quarter_hours import in_quarters
from cloud.domain.outlook import Horizon, Outlook, Source
from contract.calendar import Calendar

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
SUMMER_TIME_S = 1_774_738_800  # 29 March 2026, midnight in Berlin: 23 hours
WINTER_TIME_S = 1_792_879_200  # 25 October 2026, midnight in Berlin: 25 hours
SHAPE = np.linspace(1.0, 3.0, 192).reshape(2, 96)


def hours(mean_kw, origin_s=SUMMER_TIME_S, away=0.2):
    mean = np.asarray(mean_kw, dtype=float)
    kw = np.column_stack((mean, (1 - away) * mean, mean, (1 + away) * mean))
    return Outlook(Horizon.DAY_AHEAD, Source.CLOUD, origin_s, 1, kw)


@pytest.mark.parametrize("origin_s", [SUMMER_TIME_S, WINTER_TIME_S])
@given(mean_kw=st.lists(st.floats(0, 1e4), min_size=24, max_size=24))
def test_the_quarters_of_an_hour_add_up_to_it(origin_s, mean_kw):
    quarters = in_quarters(hours(mean_kw, origin_s), BERLIN, SHAPE, 0.1)
    of_hours = quarters[:, 0].reshape(24, 4).mean(axis=1)
    np.testing.assert_allclose(of_hours, mean_kw, rtol=1e-9, atol=1e-9)


@given(mean_kw=st.lists(st.floats(0, 1e4), min_size=24, max_size=24))
def test_bounds_never_cross_nor_fall_below_nothing(mean_kw):
    quarters = in_quarters(hours(mean_kw), BERLIN, SHAPE, 0.3)
    assert (np.diff(quarters[:, 1:], axis=1) >= 0).all()
    assert (quarters >= 0).all()


def test_a_quarter_is_less_sure_than_its_hour():
    quarters = in_quarters(hours(np.full(24, 10.0)), BERLIN, stray=0.15)
    np.testing.assert_allclose(quarters[0], [10, 7.5, 10, 12.5])  # √(2² + 1.5²)


def test_what_feeds_in_may_be_below_nothing():
    quarters = in_quarters(hours(np.full(24, -10.0), away=-0.2), BERLIN)
    assert (quarters[:, 3] < 0).all()
