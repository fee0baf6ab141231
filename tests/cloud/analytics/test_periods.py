"""Quarter-hours to local hours, in zones that are not whole hours away."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.periods import Period, hourly, mean_kw


def quarters(start: datetime, count: int, energy_kwh: float = 1.0) -> list[Period]:
    first = int(start.timestamp())
    return [
        Period(first + 900 * place, energy_kwh, 0.0, 1.0, 20.0, 0.5)
        for place in range(count)
    ]


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Kolkata", "Australia/Adelaide", "Asia/Kathmandu"]
)
def test_a_local_day_has_24_hours_of_four_quarters(zone):
    local = ZoneInfo(zone)
    hours = hourly(quarters(datetime(2026, 3, 2, tzinfo=local), 96), local)
    assert [hour.coverage for hour in hours] == [1.0] * 24
    assert {hour.mean_kw for hour in hours} == {4.0}


def test_the_hour_that_comes_twice_is_two_hours():
    new_york = ZoneInfo("America/New_York")
    hours = hourly(quarters(datetime(2026, 11, 1, 4, tzinfo=UTC), 100), new_york)
    assert len(hours) == 25
    assert all(hour.coverage == 1.0 for hour in hours)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_hours_hold_the_energy_of_their_quarters(energies):
    zone = ZoneInfo("Asia/Kolkata")
    some = [
        Period(900 * i, kwh, 0.0, 1.0, None, None) for i, kwh in enumerate(energies)
    ]
    total = sum(hour.energy_kwh or 0.0 for hour in hourly(some, zone))
    assert total == pytest.approx(sum(energies))


def test_an_unknown_hour_stays_unknown():
    (hour,) = hourly([Period(0, None, 0.0, 0.0, None, None)], ZoneInfo("UTC"))
    assert (hour.energy_kwh, hour.mean_kw, hour.temperature_c) == (None, None, None)


def test_the_mean_is_over_what_is_known():
    assert mean_kw(2.0, 0.0, coverage=0.5, hours=1.0) == 4.0
    # 3 kWh in the known half, 1 kWh of unknown course in the other
    assert mean_kw(4.0, 1.0, coverage=0.5, hours=1.0) == 6.0
    # only the amount is known
    assert mean_kw(4.0, 4.0, coverage=0.0, hours=2.0) == 2.0
