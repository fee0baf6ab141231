"""What was known at each instant, from the history of quarter hours."""

import numpy as np
import pytest

from cloud.analytics.origins import means
from cloud.domain.load_history import LoadHistory

START_S = 1_790_000_000 // 3_600 * 3_600


def history(kwh, *, first=0, coverage=1.0, places=None, occupancy=np.nan):
    kwh = np.asarray(kwh, dtype=float)
    places = np.arange(len(kwh)) if places is None else np.asarray(places)
    rate = np.broadcast_to(np.asarray(occupancy, dtype=float), kwh.shape)
    return LoadHistory(
        START_S + 900 * (first + places),
        kwh,
        np.broadcast_to(np.asarray(coverage, dtype=float), kwh.shape),
        np.full(len(kwh), np.nan),
        rate,
    )


def at(*quarters):
    return START_S + 900 * np.array(quarters)


RISING = np.arange(1.0, 17.0)


def test_an_hour_is_what_its_four_quarters_used():
    past = means(history(RISING)).past_kw(at(4, 8, 16), 3)
    np.testing.assert_array_equal(past[1], [5 + 6 + 7 + 8, 10, np.nan])
    np.testing.assert_array_equal(past[2], [58, 42, 26])


def test_an_instant_between_hours_has_the_hours_that_end_there():
    past = means(history(RISING)).past_kw(at(6, 13), 2)
    np.testing.assert_array_equal(past, [[3 + 4 + 5 + 6, np.nan], [46, 30]])


def test_nothing_after_an_instant_changes_what_was_known_at_it():
    later = np.concatenate((RISING[:9], 100 * RISING[9:]))
    before = means(history(RISING)).past_kw(at(8), 3)
    np.testing.assert_array_equal(means(history(later)).past_kw(at(8), 3), before)


def test_a_quarter_with_too_little_coverage_is_not_known():
    coverage = np.where(np.arange(16) == 5, 0.9, 1.0)
    past = means(history(RISING, coverage=coverage)).past_kw(at(4, 8, 12), 1)
    np.testing.assert_array_equal(past[:, 0], [10, np.nan, 42])


def test_a_missing_quarter_is_not_known():
    places = np.delete(np.arange(16), 5)
    past = means(history(RISING[places], places=places)).past_kw(at(8, 12), 1)
    np.testing.assert_array_equal(past[:, 0], [np.nan, 42])


def test_within_a_step_of_the_counter_the_last_hour_is_not_known_yet():
    hourly = np.repeat([4.0, 8.0, 6.0, 2.0], 4)  # read once an hour
    past = means(history(hourly)).past_kw(at(8, 9, 10, 12), 2)
    np.testing.assert_array_equal(past[:, 0], [32, np.nan, np.nan, 24])
    np.testing.assert_array_equal(past[:, 1], [16, 20, 24, 32])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_less_than_an_hour_of_history_is_nothing_known(count):
    known = means(history(np.ones(count)))
    assert np.isnan(known.past_kw(at(0, 4, 8), 2)).all()
    assert np.isnan(known.occupied(at(0, 4, 8))).all()


def test_occupancy_is_the_mean_of_the_last_hours_known_quarters():
    rate = np.array([0.0, 0.5, np.nan, 0.7] * 4)
    found = means(history(RISING, occupancy=rate)).occupied(at(4, 8))
    np.testing.assert_allclose(found, 0.4)
