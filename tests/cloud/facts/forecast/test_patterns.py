"""What is usual for a node, and what could be saved there."""

import pytest

from cloud.analytics.savings import Prices
from cloud.facts.forecast.patterns import patterns
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS, lessons

PRICES = Prices(8.0, "INR", 0.82)


def test_the_usual_day_is_told_on_the_clock_of_the_site(database, measured):
    measured(56)
    found = patterns(database, NOW, PHYSICS, PRICES)
    assert found["why_none"] is None
    working = found["profiles"][0]
    assert working["type"] == "working day"
    highest = max(working["hours"], key=lambda hour: hour["mean_kw"])
    assert highest["hour"] in (12, 13)
    assert found["figures"]["base_kw"] == pytest.approx(20.2, abs=0.5)
    assert found["week"][0]["weekday"] == "Monday"
    assert found["months"][-1]["month"] == "2026-03"
    assert found["trend"]["low"] <= 0 <= found["trend"]["high"]
    assert found["weather"] == []


def test_nights_are_compared_with_the_other_buildings_by_area(database, measured):
    measured(56, kw=lambda at: lessons(at) + 20)
    for other in ("biology", "chemistry", "botany"):
        measured(56, path=f"campus/science/{other}")
    found = patterns(database, NOW, PHYSICS, PRICES)["opportunities"]
    night = next(each for each in found if each["kind"] == "night_base")
    assert night["kwh_per_year"] == pytest.approx(20 * 5 * 365.25, rel=0.05)
    assert night["cost_per_year"] == pytest.approx(8 * night["kwh_per_year"], rel=1e-6)
    assert night["evidence"]["peers"] == 3
    for other in found:
        assert other["sentence"].endswith(".")
        assert other["how"].endswith(".")


def test_timetables_tell_early_starts_and_late_stops(database, measured, timetable):
    timetable("10:00", "14:00")
    measured(56)
    found = patterns(database, NOW, PHYSICS, PRICES)["opportunities"]
    kinds = {each["kind"]: each for each in found}
    assert kinds["outside_hours"]["evidence"]["early_kwh_per_day"] > 20
    assert kinds["outside_hours"]["evidence"]["late_kwh_per_day"] > 20


def test_a_node_without_data_has_nothing_made_up(database):
    found = patterns(database, NOW, PHYSICS, PRICES)
    assert found["why_none"] == "no day of the last 8 weeks is known whole"
    assert found["figures"] is found["trend"] is None
    for name in ("profiles", "week", "months", "weather", "opportunities"):
        assert found[name] == []


def test_a_load_of_nothing_has_patterns_of_nothing(database, measured):
    measured(56, kw=lambda at: 0.0)
    found = patterns(database, NOW, PHYSICS, PRICES)
    assert found["figures"]["peak_kw"] == 0
    assert found["figures"]["load_factor"] is None
    assert found["opportunities"] == found["stands_out"] == []
