"""Which hours are tested, on days of 23, 24 and 25 hours."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from cloud.forecasting.backtest.case import (
    NotTestableError,
    case_of,
    remarks,
)
from tests.cloud.forecasting.backtest.made_up import TEST, building, case

AUTUMN = {"start": datetime(2025, 8, 31, 22, tzinfo=UTC), "test": date(2025, 10, 24)}


def midnights(found):
    zone = found.series.calendar.zone
    at_s = found.series.start_s + 3_600 * found.tested_places()
    return [datetime.fromtimestamp(int(at), UTC).astimezone(zone) for at in at_s]


def test_the_test_begins_at_the_local_midnight_and_each_day_has_one_origin():
    at = midnights(case())
    assert at[0].isoformat() == "2025-03-22T00:00:00+01:00"
    assert {each.hour for each in at} == {0}
    assert len({each.date() for each in at}) == len(at)


def test_a_day_of_23_hours_counts_23_and_no_hour_counts_twice():
    found = case()
    counted = np.isfinite(found.measured_kw(found.tested_places()))
    by_day = dict(zip(midnights(found), counted.sum(axis=1), strict=True))
    short = next(n for at, n in by_day.items() if at.date() == date(2025, 3, 30))
    assert short == 23
    hours = found.tested_places()[:, None] + np.arange(24)
    assert len(np.unique(hours[counted])) == counted.sum()


def test_a_day_of_25_hours_is_forecast_as_far_as_24_hours_reach():
    found = case(**AUTUMN)
    counted = np.isfinite(found.measured_kw(found.tested_places())).sum(axis=1)
    assert set(counted.tolist()) == {24}
    gaps = np.diff(found.tested_places())
    assert sorted(set(gaps.tolist())) == [24, 25]


def test_the_next_hour_is_forecast_from_every_hour():
    found = case(lead_hours=1, **AUTUMN)
    assert set(np.diff(found.tested_places()).tolist()) == {1}
    assert np.isfinite(found.measured_kw(found.tested_places())).all()


def test_days_begin_on_the_wall_where_it_is_half_an_hour_off():
    (first, *_) = midnights(case(zone="Asia/Kolkata"))
    assert (first.hour, first.minute, first.date()) == (0, 30, TEST)


def test_a_cold_start_knows_its_own_days_only():
    found = case(own_days=14)
    places = found.places()
    origins = found.origins(places)
    assert np.isfinite(origins.load_kw[-1, : 14 * 24]).all()
    assert np.isnan(origins.load_kw[:, 14 * 24 :]).all()
    assert places.min() >= found.split - 14 * 24


def test_too_little_before_or_after_is_told_with_the_figure():
    hall = building(days=14)
    with pytest.raises(NotTestableError, match="0 hours can be tested from 2026"):
        case_of(hall, date(2026, 1, 1), 24, None)
    with pytest.raises(NotTestableError, match="24 hours are known before 2025-02-02"):
        case_of(hall, date(2025, 2, 2), 24, None)


def test_a_short_history_and_a_holed_test_are_remarked():
    hall = building(days=30)
    holed = replace(hall, load_kw=hall.load_kw.copy())
    holed.load_kw[20 * 24 : 22 * 24] = np.nan
    said = remarks(case_of(holed, date(2025, 2, 20), 24, None))
    assert said == [
        "only 19 days are known before the test",
        "18% of the test is not known and does not count",
    ]
