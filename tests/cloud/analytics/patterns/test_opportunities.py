"""Where energy could be saved: the size, and when nothing is said."""

import numpy as np
import pytest

from cloud.analytics.patterns import opportunities
from cloud.analytics.patterns.opportunities import Night
from contract.calendar import DAY_S, Calendar
from tests.cloud.analytics.patterns.conftest import BERLIN


def careful(hour, weekday):
    return 40.0 if weekday < 5 and 8 <= hour < 16 else 10.0


def careless(hour, weekday):
    """Starts at 6, stops at 20, and has 30 kW on by day at weekends."""
    if 6 <= hour < 20:
        return 40.0 if weekday < 5 else 30.0
    return 10.0


def night(days, area_m2):
    """The usual night of local days, whose hours are told on the clock of UTC."""
    calendar = Calendar(BERLIN)
    local_s = days.kinds.first * DAY_S + 3_600 * np.arange(days.load_kw.size)
    start_s = local_s - calendar.offset_s(local_s)
    return opportunities.night(start_s, days.load_kw.ravel(), calendar, area_m2)


def peers(*w_per_m2):
    return [Night(each, 56, 1000.0) for each in w_per_m2]


def test_a_night_above_its_peers_is_worth_the_difference(school):
    own = night(school(careful), 1000.0)
    assert (own.kw, own.nights) == (10.0, 56)
    found = opportunities.night_base(own, peers(4.0, 5.0, 6.0))
    assert found.kwh_per_year == pytest.approx(5.0 * 5 * 365.25)
    assert found.evidence["peers_w_per_m2"] == 5.0
    assert "10 W/m²" in found.sentence


@pytest.mark.parametrize("others", [(9.5, 10.0, 10.5), (4.0, 5.0), ()])
def test_a_night_like_its_peers_or_without_enough_of_them_is_none(school, others):
    own = night(school(careful), 1000.0)
    assert opportunities.night_base(own, peers(*others)) is None


def test_without_a_floor_area_nights_are_not_compared(school):
    own = night(school(careful), None)
    assert opportunities.night_base(own, peers(4.0, 5.0, 6.0)) is None


def test_too_few_nights_are_no_usual_night(school):
    assert night(school(careful, count=13), 1000.0) is None


def test_weekends_are_worth_what_they_are_above_the_night(school):
    days = school(careless)
    found = opportunities.weekend(days, night(days, None))
    a_day_kwh = 14 * 20
    assert found.kwh_per_year == pytest.approx(a_day_kwh * 365.25 * 2 / 7)


def test_quiet_weekends_are_none(school):
    days = school(careful)
    assert opportunities.weekend(days, night(days, None)) is None


def test_without_timetables_a_quiet_weekend_is_told_and_says_so(school):
    def quiet(hour, weekday):
        return 10.0 if hour < 6 else 40.0 if weekday < 5 else 15.0

    days = school(quiet, lessons=None)
    found = opportunities.weekend(days, night(days, None))
    assert "no timetable" in found.sentence
    assert found.kwh_per_year == pytest.approx(18 * 5 * 365.25 * 2 / 7, rel=0.06)


def test_without_timetables_a_weekend_like_any_day_may_well_be_used(school):
    days = school(careless, lessons=None)
    assert opportunities.weekend(days, night(days, None)) is None


def test_early_starts_and_late_stops_leave_an_hour_around_lessons(school):
    days = school(careless)  # lessons 9 to 15
    found = opportunities.outside_hours(days, night(days, None))
    assert found.evidence["early_kwh_per_day"] == pytest.approx(2 * 30)  # 6 and 7 h
    assert found.evidence["late_kwh_per_day"] == pytest.approx(4 * 30)  # 16 to 20 h
    assert found.kwh_per_year == pytest.approx(180 * 365.25 * 5 / 7, rel=0.03)


def test_without_timetables_nothing_is_said_of_hours_outside_them(school):
    days = school(careless, lessons=None)
    assert opportunities.outside_hours(days, night(days, None)) is None


def test_a_building_that_keeps_its_hours_is_left_alone(school):
    days = school(careful)
    assert opportunities.outside_hours(days, night(days, None)) is None


def test_a_rare_peak_is_worth_shaving():
    quarter_kw = np.full(56 * 96, 50.0)
    quarter_kw[1000:1004] = 80.0
    found = opportunities.peak(quarter_kw)
    assert (found.kw, found.kwh_per_year) == (30.0, None)
    assert found.evidence["largest_stretch_kwh"] == 30.0


def test_a_flat_load_a_short_history_and_nothing_have_no_peak_to_shave():
    assert opportunities.peak(np.full(56 * 96, 50.0)) is None
    assert opportunities.peak(np.array([1.0, 50.0])) is None
    assert opportunities.peak(np.zeros(56 * 96)) is None
    assert opportunities.peak(np.full(56 * 96, np.nan)) is None
