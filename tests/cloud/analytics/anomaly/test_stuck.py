from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.anomaly import Kind


def held(building, start, hours):
    def change(load_kw):
        at = building.place(start)
        load_kw[at : at + hours] = load_kw[at - 1]

    return building.with_load(change)


def test_a_meter_that_repeats_its_value_stands_still(office):
    building = held(office, "2025-03-12T20:00", 30)
    (told,) = building.told()
    assert told.kind == Kind.STUCK
    assert told.start_s == building.course.start_s[building.place("2025-03-12T20:00")]
    assert (told.end_s - told.start_s) / 3600 == 30
    assert told.evidence["hours"] == 31


def test_it_is_found_after_six_equal_hours(office):
    (told,) = held(office, "2025-03-12T20:00", 30).told()
    assert (told.found_s - told.start_s) / 3600 == 5  # the first of six was measured


def test_five_equal_hours_are_none(office):
    assert held(office, "2025-03-12T20:00", 4).told() == []


def test_its_size_is_what_it_shows_less_what_was_expected(office):
    building = held(office, "2025-03-12T18:00", 10)  # the last hour of work: 60 kW
    (told,) = building.told(Kind.STUCK)
    assert told.size_kwh == pytest.approx(10 * (60 - 20), abs=15)


def test_a_coarse_meter_that_repeats_itself_by_nature_is_left_alone(office):
    def coarse(load_kw):
        load_kw[:] = 20 * np.round(load_kw / 20)

    assert office.with_load(coarse).told(Kind.STUCK) == []


def test_a_load_that_is_constant_by_nature_is_left_alone(office):
    def quiet_is_constant(load_kw):
        load_kw[load_kw < 30] = 20.0

    assert office.with_load(quiet_is_constant).told(Kind.STUCK) == []


def test_standing_still_becomes_a_habit_with_the_fourth_time(office):
    building = office
    for day in (4, 11, 18, 25):
        building = held(building, f"2025-03-{day:02}T20:00", 20)
    assert len(building.told(Kind.STUCK)) == 3


def test_feedback_makes_a_longer_run_needed(office):
    building = held(office, "2025-03-12T20:00", 8)
    assert building.told(Kind.STUCK)
    heeded = replace(building.watch, factors={Kind.STUCK: 2.0})
    assert replace(building, watch=heeded).told(Kind.STUCK) == []
