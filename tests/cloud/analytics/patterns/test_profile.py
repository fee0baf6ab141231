"""The usual day and week, and what a load is at its least and most."""

from datetime import date

import numpy as np
import pytest

from cloud.analytics.patterns.profile import (
    DayType,
    by_type,
    figures,
    profiles,
    week_kw,
)


def lessons(hour, weekday):
    """10 kW by night, 40 during lessons, 60 at noon; weekends 10."""
    if weekday > 4 or not 8 <= hour < 16:
        return 10.0
    return 60.0 if hour == 12 else 40.0


def test_days_of_a_type_are_put_together(school):
    found = profiles(school(lessons))
    assert [(each.type, each.days) for each in found] == [
        (DayType.WORKING, 40),
        (DayType.SATURDAY, 8),
        (DayType.SUNDAY, 8),
    ]
    working = by_type(found, DayType.WORKING)
    expected = [lessons(hour, 0) for hour in range(24)]
    np.testing.assert_allclose(working.mean_kw, expected)
    np.testing.assert_allclose(working.p90_kw, expected)


def test_holidays_and_closed_days_are_a_type_of_their_own(school):
    off = {
        "holidays": frozenset({date(2026, 3, 4)}),
        "closed": frozenset({date(2026, 3, 5), date(2026, 3, 6)}),
    }
    found = profiles(school(lessons, **off))
    assert by_type(found, DayType.OFF).days == 3
    assert by_type(found, DayType.WORKING).days == 37


def test_the_week_begins_on_monday(school):
    week = week_kw(school(lambda hour, weekday: 100 * weekday + hour))
    assert week.shape == (7, 24)
    assert week[0, 5] == 5
    assert week[6, 23] == 623


def test_a_day_of_the_week_that_was_never_measured_is_not_known(school):
    assert np.isnan(week_kw(school(lessons, count=2))[2:]).all()


def test_figures_of_a_load(school):
    found = figures(school(lessons, count=14))
    assert found.base_kw == 10
    assert found.peak_kw == 60
    assert found.near_peak_kw == pytest.approx(48.5)  # of 5 days in 7; 40 + 0.425 × 20
    assert found.load_factor == pytest.approx(found.mean_kw / 60)
    assert (found.peak_hour, found.peak_share) == (12, 1.0)


def test_a_load_of_nothing_has_no_load_factor_and_no_peak_time(school):
    found = figures(school(lambda hour, weekday: 0.0))
    assert found.mean_kw == found.peak_kw == 0
    assert found.load_factor is None
    assert found.peak_hour is None


def test_without_a_day_there_are_no_figures(school):
    assert figures(school(lambda hour, weekday: np.nan)) is None
    assert profiles(school(lambda hour, weekday: np.nan)) == []
