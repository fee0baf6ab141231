from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.interval import EPOCH, INTERVAL, Interval, from_ms, require_utc, to_ms

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=47_000)).map(EPOCH.__add__)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(INSTANTS)
def test_an_instant_lies_in_the_interval_that_contains_it(at):
    interval = Interval.containing(at)
    assert interval.start <= at < interval.end
    assert interval.end - interval.start == INTERVAL


@given(INSTANTS)
def test_the_end_of_an_interval_is_the_start_of_the_next(at):
    interval = Interval.containing(at)
    assert Interval.containing(interval.end) == Interval(interval.end)
    assert interval < Interval(interval.end)


@given(st.integers(-(10**12), 10**13))
def test_milliseconds_come_back_as_they_went(at_ms):
    assert to_ms(from_ms(at_ms)) == at_ms


@given(INSTANTS)
def test_an_instant_loses_less_than_a_millisecond(at):
    assert timedelta(0) <= at - from_ms(to_ms(at)) < timedelta(milliseconds=1)


def test_an_interval_off_the_grid_is_refused():
    with pytest.raises(ValueError, match="grid"):
        Interval(datetime(2026, 1, 1, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "at",
    [NOON.replace(tzinfo=None), NOON.replace(tzinfo=timezone(timedelta(hours=1)))],
    ids=["naive", "another zone"],
)
def test_an_instant_that_is_not_utc_is_refused(at):
    with pytest.raises(ValueError, match="not a UTC instant"):
        require_utc(at)
    with pytest.raises(ValueError, match="not a UTC instant"):
        Interval.containing(at)
