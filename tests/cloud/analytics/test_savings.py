"""Savings by hand: share, money, carbon dioxide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.savings import Prices, co2_kg, cost, saved_percent

KWH = st.floats(0, 1e9)


def test_percent_is_saved_of_what_would_have_been_used():
    assert saved_percent(used_kwh=75.0, saved_kwh=25.0) == 25.0


def test_without_any_use_there_is_no_share():
    assert saved_percent(0.0, 0.0) is None


@given(KWH, KWH)
def test_the_share_lies_between_nothing_and_all(used_kwh, saved_kwh):
    percent = saved_percent(used_kwh, saved_kwh)
    assert percent is None or 0 <= percent <= 100


def test_cost_and_carbon_follow_the_prices():
    assert cost(12.5, Prices()) == 100.0  # ₹8 per kWh
    assert co2_kg(100.0, Prices()) == pytest.approx(82.0)  # 0.82 kg per kWh
    assert cost(10.0, Prices(cost_per_kwh=0.3, currency="EUR")) == pytest.approx(3.0)
