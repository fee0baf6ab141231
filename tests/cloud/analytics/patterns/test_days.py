"""A load put on the wall's clock."""

from datetime import UTC, datetime

import numpy as np

from cloud.analytics.patterns.days import local_days, quarter_kw
from contract.calendar import Calendar
from tests.cloud.analytics.patterns.conftest import BERLIN


def quarters(day, count):
    at = datetime(*day, tzinfo=BERLIN).astimezone(UTC)
    return int(at.timestamp()) + 900 * np.arange(count)


def put(start_s, load_kw):
    nothing = np.full(len(start_s), np.nan)
    return local_days(start_s, np.asarray(load_kw, float), nothing, Calendar(BERLIN))


def test_every_hour_has_the_mean_of_its_quarters():
    days = put(quarters((2026, 3, 2), 96), np.arange(96))
    np.testing.assert_array_equal(days.load_kw, [4 * np.arange(24) + 1.5])
    assert np.isnan(days.scheduled).all()


def test_the_hour_that_spring_takes_is_not_known():
    start_s = quarters((2026, 3, 29), 23 * 4 + 96)
    days = put(start_s, np.ones(len(start_s)))
    assert np.isnan(days.load_kw[0, 2])
    assert np.isfinite(days.load_kw).sum() == 23 + 24


def test_the_hour_that_autumn_repeats_is_their_mean():
    start_s = quarters((2026, 10, 25), 25 * 4)
    load_kw = np.repeat(np.arange(25.0), 4)
    days = put(start_s, load_kw)
    assert days.load_kw.shape == (1, 24)
    assert days.load_kw[0, 2] == 2.5
    assert days.load_kw[0, 3] == 4.0


def test_an_hour_of_which_a_quarter_is_missing_is_not_known():
    load_kw = np.ones(96)
    load_kw[5] = np.nan
    days = put(quarters((2026, 3, 2), 96), load_kw)
    assert np.flatnonzero(np.isnan(days.load_kw[0])).tolist() == [1]


def test_energy_with_too_little_coverage_is_no_load():
    kw = quarter_kw(np.array([2.0, 2.0]), np.array([1.0, 0.5]))
    np.testing.assert_array_equal(kw, [8.0, np.nan])


def test_without_history_there_are_no_days():
    assert len(put(np.empty(0, dtype=np.int64), [])) == 0
