from dataclasses import replace

import pytest

from cloud.analytics.anomaly import Kind


def test_a_spike_is_told_with_its_size_when_it_is_over(office):
    building = office.plus("2025-03-12T22:00", "2025-03-12T23:00", 60.0)
    (told,) = building.told()
    assert told.kind == Kind.SPIKE
    assert told.size_kwh == pytest.approx(60, abs=2)
    assert told.evidence["peak_kw"] == pytest.approx(80, abs=2)
    assert told.evidence["expected_kw"] == pytest.approx(20, abs=2)
    assert (told.found_s - told.start_s) / 3600 == 2


def test_what_lasts_four_hours_is_no_spike(office):
    building = office.plus("2025-03-12T19:00", "2025-03-12T23:00", 60.0)
    assert building.told(Kind.SPIKE) == []


def test_a_load_that_jumps_every_day_is_not_told_daily(office):
    local_h = (office.course.start_s // 3600 + 1) % 24  # until the clock changes

    def jumps(load_kw):
        bell = local_h == 22
        load_kw[bell] *= 3 + 0.5 * (office.course.start_s[bell] // 86_400 % 3)

    before = office.with_load(jumps).until(office.course.start_s[12 * 7 * 24 - 24])
    assert before.told(Kind.SPIKE) == []


def test_a_quarter_of_an_hour_is_enough_in_quarter_hours(quarters):
    building = quarters.plus("2025-04-16T22:00", "2025-04-16T22:15", 80.0)
    (told,) = building.told()
    assert told.kind == Kind.SPIKE
    assert told.size_kwh == pytest.approx(80 / 4, abs=1)


def test_feedback_makes_a_higher_spike_needed(office):
    building = office.plus("2025-03-12T22:00", "2025-03-12T23:00", 30.0)
    assert building.told(Kind.SPIKE)
    heeded = replace(building.watch, factors={Kind.SPIKE: 2.0})
    assert replace(building, watch=heeded).told(Kind.SPIKE) == []
