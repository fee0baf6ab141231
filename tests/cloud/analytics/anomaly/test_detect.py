from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.anomaly import Course, Forecast, Kind, anomalies, usual_kw
from cloud.analytics.anomaly.course import clock_of
from cloud.analytics.anomaly.injection import Field, injected


def mixed(building, seed=3):
    """The building with anomalies of all kinds in it."""
    course = building.course
    clock = clock_of(course, building.watch.calendar)
    usable = np.isfinite(course.load_kw)
    dice = np.random.default_rng(seed)
    load_kw, _ = injected(Field(course, clock, usable, dice))
    return replace(building, course=replace(course, load_kw=load_kw))


def test_a_smooth_load_has_no_anomalies(office, quarters):
    assert office.told() == []
    assert quarters.told() == []


def test_days_of_23_and_25_hours_are_ordinary_days(office):
    """The clock changes on 30 March 2025; the load follows it."""
    around = office.course.start_s[office.place("2025-04-05T00:00")]
    assert office.until(around).told() == []


def test_whatever_is_found_was_found_from_the_past_alone(office):
    """Nothing after `found_s` is looked at to find an episode."""
    building = mixed(office).plus("2025-04-08T22:00", "2025-04-10T06:00", 25.0)
    found = building.told()
    assert {each.kind for each in found} >= {Kind.STUCK, Kind.SPIKE, Kind.NIGHT_LOAD}
    for each in found:
        then = building.until(each.found_s).told(each.kind)
        assert (each.start_s, each.found_s) in [(e.start_s, e.found_s) for e in then]


def test_what_was_told_is_told_later_as_well(office):
    building = mixed(office)
    final = {(each.kind, each.start_s) for each in building.told()}
    for week in range(10, 20, 3):
        known = building.until(building.course.start_s[week * 168 - 9])
        assert {(each.kind, each.start_s) for each in known.told()} <= final


def test_hours_and_quarter_hours_tell_the_same(quarters):
    start_s = quarters.course.start_s[::4]
    hourly = Course(
        start_s,
        quarters.course.load_kw.reshape(-1, 4).mean(axis=1),
        np.full(len(start_s), 14.0),
    )
    by_hour = replace(quarters, course=hourly)
    for start, end in (("2025-04-08T22:00", "2025-04-09T06:00"),):
        (fine,) = quarters.plus(start, end, 15.0).told()
        (coarse,) = by_hour.plus(start, end, 15.0).told()
        assert (fine.kind, fine.start_s, fine.end_s) == (
            coarse.kind,
            coarse.start_s,
            coarse.end_s,
        )
        assert fine.size_kwh == pytest.approx(coarse.size_kwh, rel=0.02)


def test_a_forecast_takes_the_place_of_habit(office):
    """A burst that was forecast is no spike."""
    start, end = "2025-03-12T22:00", "2025-03-12T23:00"
    building = office.plus(start, end, 60.0)
    unknown = np.full(len(office.course.start_s), np.nan)
    told = unknown.copy()
    told[building.place(start)] = 81.0
    forecast = Forecast(told - 5, told, told + 5)
    watch = replace(building.watch, forecast=forecast)
    assert building.told()
    assert replace(building, watch=watch).told() == []
    assert usual_kw(building.course, watch)[building.place(start)] == 81.0


@pytest.mark.parametrize(
    "load_kw",
    [
        np.full(2000, np.nan),
        np.full(2000, 0.0),
        np.full(2000, 5.0),
        np.full(30, 5.0),
        np.full(1, 5.0),
        np.full(0, 5.0),
        np.where(np.arange(2000) % 7, np.nan, 5.0),
        -np.abs(np.sin(np.arange(2000.0))),
    ],
    ids=["nothing", "zero", "constant", "short", "one", "none", "holes", "negative"],
)
def test_odd_loads_are_borne(office, load_kw):
    start_s = office.course.start_s[: len(load_kw)]
    course = Course(start_s, load_kw, np.full(len(load_kw), np.nan))
    for each in anomalies(course, office.watch):
        assert each.start_s < each.end_s
        assert each.start_s < each.found_s <= course.end_s
        assert 0.5 <= each.confidence <= 1
