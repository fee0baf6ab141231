import numpy as np
import pytest

from cloud.analytics.anomaly import Kind


def gap(building, start, hours):
    def change(load_kw):
        at = building.place(start)
        load_kw[at : at + hours] = np.nan

    return building.with_load(change)


def test_a_gap_is_told_with_what_was_probably_used(office):
    (told,) = gap(office, "2025-03-11T10:00", 5).told()
    assert told.kind == Kind.MISSING
    assert told.evidence["hours"] == 5
    assert told.size_kwh == pytest.approx(5 * 60, abs=5)
    assert (told.found_s - told.start_s) / 3600 == 3
    assert not told.is_ongoing


def test_two_hours_are_not_worth_telling(office):
    assert gap(office, "2025-03-11T10:00", 2).told() == []


def test_a_gap_at_the_end_goes_on(office):
    (told,) = gap(office, "2025-05-25T10:00", 99).told()
    assert told.is_ongoing
