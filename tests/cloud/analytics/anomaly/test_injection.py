from collections import Counter

import numpy as np
import pytest

from cloud.analytics.anomaly import Kind
from cloud.analytics.anomaly.course import clock_of
from cloud.analytics.anomaly.injection import Field, injected
from tests.cloud.analytics.anomaly.conftest import made


@pytest.fixture(scope="module")
def year():
    return made("2025-01-06", 52)


def put_in(building, seed):
    course = building.course
    clock = clock_of(course, building.watch.calendar)
    usable = np.isfinite(course.load_kw)
    return injected(Field(course, clock, usable, np.random.default_rng(seed)))


def test_the_same_seed_puts_the_same_in(year):
    one, other = put_in(year, 1), put_in(year, 1)
    assert one[1] == other[1]
    assert np.array_equal(one[0], other[0])
    assert put_in(year, 2)[1] != one[1]


def test_a_year_gets_four_of_each_short_kind_and_one_drift(year):
    counts = Counter(each.kind for each in put_in(year, 1)[1])
    short = {Kind.STUCK: 4, Kind.SPIKE: 4, Kind.NIGHT_LOAD: 4}
    assert counts == {**short, Kind.DRIFT: 1}


@pytest.mark.parametrize("seed", range(5))
def test_what_is_put_in_is_as_large_and_long_as_is_written_down(year, seed):
    _, put = put_in(year, seed)
    mean_kw = np.mean(year.course.load_kw)
    for each in put:
        hours = (each.end_s - each.start_s) / 3600
        if each.kind == Kind.STUCK:
            assert 12 <= hours == each.size <= 72
        elif each.kind == Kind.SPIKE:
            assert hours in (1, 2)
            assert 3 <= each.size <= 6
        elif each.kind == Kind.NIGHT_LOAD:
            assert 6 <= hours <= 3 * 24 + 11
            assert 0.3 <= each.size / mean_kw <= 0.6
        else:
            assert 21 <= hours / 24 <= 42
            assert 0.15 <= each.size / mean_kw <= 0.3


def test_a_night_load_is_on_at_night_only_and_a_drift_stays(year):
    load_kw, put = put_in(year, 1)
    more_kw = load_kw - year.course.load_kw
    (drift,) = [each for each in put if each.kind == Kind.DRIFT]
    assert more_kw[-1] == pytest.approx(drift.size)
    for each in put:
        if each.kind == Kind.NIGHT_LOAD:
            noon = (year.course.start_s - each.start_s) // 3600 == 15
            assert abs(more_kw[noon]).max() <= drift.size + 1e-9
