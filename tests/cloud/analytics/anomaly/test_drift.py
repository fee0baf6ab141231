from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.anomaly import Kind


def risen(building, start, days, kw):
    def change(load_kw):
        hours = np.arange(len(load_kw)) - building.place(start)
        load_kw += kw * np.clip(hours / (24 * days), 0, 1)

    return building.with_load(change)


def test_a_base_load_that_creeps_up_is_told(office):
    (told,) = risen(office, "2025-03-24T00:00", 35, 9.0).told()
    assert told.kind == Kind.DRIFT
    assert told.evidence["rise_kw"] == pytest.approx(9, abs=2.5)
    start = office.course.start_s[office.place("2025-03-24T00:00")]
    assert abs(told.start_s - start) < 14 * 86_400
    assert start < told.found_s < start + 42 * 86_400


def test_its_size_is_the_rise_since_it_began(office):
    (told,) = risen(office, "2025-03-24T00:00", 35, 9.0).told()
    days = (told.end_s - told.start_s) / 86_400
    at_most = days * 24 * told.evidence["rise_kw"]
    assert 0.3 * at_most < told.size_kwh < at_most


def test_a_level_that_jumps_is_no_drift(office):
    assert office.plus("2025-04-07T00:00", "2025-05-26T00:00", 9.0).told("drift") == []


def test_what_the_cold_explains_is_no_drift(office):
    days = office.course.start_s / 86_400
    winter = 10 - 12 * np.cos((days - days[0] - 98) / 20) + 3 * np.sin(days * 1.7)
    heating = np.maximum(12 - winter, 0) * 0.8

    def heated(load_kw):
        load_kw += heating

    building = office.with_load(heated)
    course = replace(building.course, temperature_c=winter)
    assert replace(building, course=course).told("drift") == []


def test_feedback_makes_a_larger_rise_needed(office):
    building = risen(office, "2025-03-24T00:00", 35, 6.5)
    assert building.told(Kind.DRIFT)
    heeded = replace(building.watch, factors={Kind.DRIFT: 2.0})
    assert replace(building, watch=heeded).told(Kind.DRIFT) == []
