from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.savings import Account, RoomPoll, closed, observed, opened, renewed

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def poll(hours, counter_kwh, power_kw=1.0, is_vacant=True):
    return RoomPoll(NOW + hours * HOUR, power_kw, counter_kwh, is_vacant)


def set_back(until_hours=8, power_kw=1.0):
    first = poll(0, 100, power_kw)
    return opened(observed(Account(), first), NOW + until_hours * HOUR, first)


def test_saved_is_baseline_times_time_less_what_was_counted():
    account = observed(set_back(), poll(1, 100.75, power_kw=0.75))
    assert account.saved_kwh == pytest.approx(0.25)


def test_the_baseline_is_the_mean_of_the_vacancy():
    account = observed(observed(Account(), poll(0, 1, 1.0)), poll(1, 2, 2.0))
    last = poll(1, 2, 2.0)
    setback = opened(account, NOW + 8 * HOUR, last).setback
    assert setback.baseline_kw == pytest.approx(1.5)


def test_a_poll_that_is_not_vacant_starts_the_vacancy_anew():
    account = observed(Account(), poll(0, 1, 9.0))
    account = observed(account, poll(1, 2, is_vacant=False))
    account = observed(account, poll(2, 3, 1.0))
    assert (account.vacant_kw, account.vacant_polls) == (1.0, 1)


def test_no_setback_without_a_baseline():
    with pytest.raises(ValueError, match="baseline"):
        opened(Account(), NOW + HOUR, poll(0, 1))


def test_nothing_is_saved_before_or_after_a_setback():
    account = closed(observed(set_back(), poll(1, 100.5)))
    later = observed(account, poll(9, 101, is_vacant=False))
    assert later.saved_kwh == account.saved_kwh == pytest.approx(0.5)


def test_what_ran_after_the_device_reverted_is_not_charged_to_the_setback():
    """In force one hour at 0.5 kW, then one hour at 3 kW."""
    account = observed(set_back(until_hours=1), poll(2, 103.5, power_kw=3.0))
    assert account.saved_kwh == pytest.approx(0.5)


def test_a_counter_that_moves_in_steps_does_not_save_in_between():
    account = observed(set_back(), poll(0.5, 100, power_kw=0.75))
    assert account.saved_kwh == 0
    account = observed(account, poll(1, 100.75, power_kw=0.75))
    assert account.saved_kwh == account.reported_kwh == pytest.approx(0.25)


def test_a_renewed_setback_counts_on():
    account = renewed(set_back(until_hours=1), NOW + 9 * HOUR)
    assert observed(account, poll(2, 101)).saved_kwh == pytest.approx(1.0)


@pytest.mark.parametrize("hours", [-1, 0])
def test_a_clock_that_stepped_back_saves_nothing(hours):
    assert observed(set_back(), poll(hours, 100)).saved_kwh == 0


def test_a_counter_that_was_reset_saves_nothing():
    assert observed(set_back(), poll(1, 0.2)).saved_kwh == 0


@given(st.lists(st.tuples(st.floats(0.01, 2), st.floats(0, 5)), min_size=1, max_size=9))
def test_the_reported_counter_never_steps_down(polls):
    account, hours, counter_kwh, reported = set_back(999), 0.0, 100.0, 0.0
    for step_hours, used_kwh in polls:
        hours += step_hours
        counter_kwh += used_kwh
        account = observed(account, poll(hours, counter_kwh))
        assert account.reported_kwh >= max(reported, account.saved_kwh)
        reported = account.reported_kwh


@given(st.lists(st.floats(0.01, 2), min_size=1, max_size=20))
def test_how_often_it_is_polled_does_not_matter(steps):
    account, hours = set_back(999), 0.0
    for step in steps:
        hours += step
        account = observed(account, poll(hours, 100 + 0.3 * hours))
    once = observed(set_back(999), poll(hours, 100 + 0.3 * hours))
    assert account.saved_kwh == pytest.approx(once.saved_kwh, abs=1e-3)
