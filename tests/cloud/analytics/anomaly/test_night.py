from dataclasses import replace
from datetime import date

import pytest

from cloud.analytics.anomaly import Kind


def left_on(building, nights, kw=15.0):
    for night in nights:
        evening, morning = f"2025-03-{night:02}T22:00", f"2025-03-{night + 1:02}T06:00"
        building = building.plus(evening, morning, kw)
    return building


def test_two_nights_are_one_episode_with_its_size(office):
    (told,) = left_on(office, [12, 13]).told()
    assert told.kind == Kind.NIGHT_LOAD
    assert told.evidence["nights"] == 2
    assert told.evidence["above_kw"] == pytest.approx(15, abs=1.5)
    assert told.size_kwh == pytest.approx(2 * 8 * 15, rel=0.05)
    begin = office.course.start_s[office.place("2025-03-12T22:00")]
    end = office.course.start_s[office.place("2025-03-14T06:00")]
    assert (told.start_s, told.end_s) == (begin, end)


def test_a_night_is_judged_at_noon(office):
    (told,) = left_on(office, [12, 13]).told()
    assert told.found_s == office.course.start_s[office.place("2025-03-13T12:00")]


def test_a_day_that_is_higher_as_a_whole_was_not_left_on(office):
    building = office.plus("2025-03-12T07:00", "2025-03-14T00:00", 15.0)
    assert building.told(Kind.NIGHT_LOAD) == []


def test_a_tenth_of_the_mean_is_not_worth_telling(office):
    assert left_on(office, [12], kw=3.0).told() == []


def test_after_a_week_the_level_is_taken_as_usual(office):
    building = left_on(office, range(2, 29))
    (told,) = building.told(Kind.NIGHT_LOAD)  # seven, and until the median has moved
    assert 7 <= told.evidence["nights"] <= 14


def test_feedback_makes_a_higher_night_needed(office):
    building = left_on(office, [12], kw=9.0)
    assert building.told(Kind.NIGHT_LOAD)
    heeded = replace(building.watch, factors={Kind.NIGHT_LOAD: 2.0})
    assert replace(building, watch=heeded).told(Kind.NIGHT_LOAD) == []


def test_a_closed_day_is_held_against_free_days(office):
    """A Thursday without work: its base load is that of weekends, 4 kW more."""
    day = date(2025, 3, 13)
    quiet = office.plus("2025-03-13T08:00", "2025-03-13T18:00", -36.0)
    quiet = quiet.plus("2025-03-13T00:00", "2025-03-14T00:00", 9.0)
    assert [e.evidence["nights"] for e in quiet.told(Kind.NIGHT_LOAD)] == [1]
    closed = replace(quiet.watch.calendar, closed=frozenset({day}))
    heeded = replace(quiet, watch=replace(quiet.watch, calendar=closed))
    assert heeded.told(Kind.NIGHT_LOAD) == []
