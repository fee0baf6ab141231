"""What a charge point kept during an outage is not taken for what is so now."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.drivers.ocpp import meter_values
from gateway.drivers.ocpp.lag import Lag

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def live(lag, at, *, behind=timedelta(0)):
    return lag.is_live((at - behind).isoformat(), at)


def test_what_comes_in_its_time_is_live():
    lag = Lag()
    assert all(live(lag, NOON + n * MINUTE) for n in range(5))


@pytest.mark.parametrize("before", [0, 3])
def test_a_backlog_is_not_live_and_what_follows_it_is(before):
    lag = Lag()
    for n in range(before):
        assert live(lag, NOON + n * MINUTE)
    back = NOON + 120 * MINUTE
    for n in range(100, 10, -5):  # the oldest first, all within a second or two
        assert not live(lag, back, behind=n * MINUTE)
    assert live(lag, back + MINUTE)


def test_a_clock_that_is_a_day_behind_is_live_once_it_is_known():
    lag = Lag()
    assert not live(lag, NOON, behind=DAY)
    assert live(lag, NOON + MINUTE, behind=DAY)
    assert live(lag, NOON + 2 * MINUTE, behind=DAY)


def test_a_clock_that_is_set_back_is_live_again_soon():
    lag = Lag()
    assert live(lag, NOON)
    assert not live(lag, NOON + MINUTE, behind=DAY)
    assert live(lag, NOON + 2 * MINUTE, behind=DAY)


def test_a_clock_that_is_set_right_is_live_at_once():
    lag = Lag()
    assert not live(lag, NOON, behind=DAY)
    assert live(lag, NOON + MINUTE, behind=DAY)
    assert live(lag, NOON + 2 * MINUTE)


@pytest.mark.parametrize("nonsense", [None, "", "yesterday", "2026-13-01T00:00:00Z", 7])
def test_without_a_time_it_counts_as_live(nonsense):
    assert Lag().is_live(nonsense, NOON)


def test_of_a_backlog_only_counters_are_taken():
    values = [
        {"value": "1500", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "12345", "measurand": "Energy.Active.Import.Register"},
    ]
    message = [{"timestamp": "2026-03-01T10:00:00Z", "sampled_value": values}]
    came = meter_values.decode(message, lambda _: False)
    assert [each.quantity for each in came.sampled] == ["energy_import_kwh"]
    assert came.refused == [
        "active_power_kw: measured at 2026-03-01T10:00:00Z, not now"
    ]
