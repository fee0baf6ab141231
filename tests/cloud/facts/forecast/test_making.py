"""Forecasts of the cloud itself: with a model, without one, and when it is bad."""

from datetime import timedelta

import numpy as np
import pytest

from cloud.domain.outlook import Horizon, Source
from cloud.facts.forecast.making import make
from cloud.store import forecasts
from contract.promise import Kind
from tests import published
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS, lessons

HOUR_S = 3_600
AT_S = int(NOW.timestamp())


@pytest.fixture
def made(database, know):
    def at(now=NOW):
        with database.read() as connection:
            return make(connection, know(connection, now=now), int(now.timestamp()))

    return at


def by_horizon(found):
    return {each.horizon: each for each in found.outlooks}


def expected(now=NOW, hours=24):
    quarter = timedelta(minutes=15)
    return np.array(
        [
            np.mean([lessons(now + timedelta(hours=h) + n * quarter) for n in range(4)])
            for h in range(hours)
        ]
    )


def test_a_model_makes_both_horizons(made, measured, publish):
    measured(36)
    version = publish("days_before_7")
    found = made()
    assert found.why_naive == ""
    for horizon, outlook in by_horizon(found).items():
        assert (outlook.source, outlook.version) == (Source.CLOUD, version)
        assert outlook.origin_s == AT_S
        assert outlook.kw.shape == (horizon.hours, 4)
        kw = expected(hours=horizon.hours)
        np.testing.assert_allclose(outlook.kw[:, 0], kw, atol=1.0)


def test_without_a_model_earlier_times_are_told_and_it_is_said(made, measured):
    measured(36)
    found = made()
    assert found.why_naive == "no model yet"
    day = by_horizon(found)[Horizon.DAY_AHEAD]
    assert (day.source, day.version) == (Source.NAIVE, None)
    np.testing.assert_allclose(day.kw[:, 0], expected(), rtol=0.3)


@pytest.mark.parametrize("days", [1, 3, 36])
def test_quantiles_never_cross_and_no_load_is_below_nothing(made, measured, days):
    measured(days)
    for outlook in made().outlooks:
        assert (np.diff(outlook.kw[:, 1:], axis=1) >= 0).all()
        assert (outlook.kw >= 0).all()


def test_a_day_of_data_is_told_with_a_wide_interval(made, measured, publish):
    measured(1)
    day = by_horizon(made())[Horizon.DAY_AHEAD].kw
    width = (day[:, 3] - day[:, 1]) / day[:, 0]
    assert width.mean() > 0.3


def test_three_days_of_data_are_told_no_worse_than_by_the_day_before(made, measured):
    measured(3)
    day = by_horizon(made())[Horizon.DAY_AHEAD].kw[:, 0]
    np.testing.assert_allclose(day, expected(NOW - timedelta(days=1)), rtol=1e-6)


def test_without_any_data_of_the_last_week_there_is_nothing(made, measured):
    measured(3, until=NOW - timedelta(days=10))
    assert made().outlooks == ()


def test_a_zero_load_is_forecast_as_one(made, measured):
    measured(10, kw=lambda at: 0.0)
    for outlook in made().outlooks:
        np.testing.assert_allclose(outlook.kw, 0, atol=1e-3)


def test_an_expired_model_is_not_used(made, measured, publish):
    measured(36, until=NOW + timedelta(days=40))
    publish()
    found = made(NOW + timedelta(days=40))
    assert "expired" in found.why_naive
    assert {each.source for each in found.outlooks} == {Source.NAIVE}


def test_a_model_of_the_next_hour_only_leaves_the_day_to_earlier_times(
    made, measured, publish
):
    measured(36)
    publish(day_ahead=None)
    found = by_horizon(made())
    assert found[Horizon.NEXT_HOUR].source is Source.CLOUD
    assert found[Horizon.DAY_AHEAD].source is Source.NAIVE


SEED = {
    "kind": Kind.SEED_FOREST,
    "next_hour": published.SEED,
    "day_ahead": None,
}


def test_the_seeds_forest_is_asked_by_its_five_features(made, measured, publish):
    measured(36)
    publish("last_hour_load_kw", 1.5, **SEED)
    hour = by_horizon(made())[Horizon.NEXT_HOUR]
    assert hour.source is Source.CLOUD
    before = expected(NOW - timedelta(hours=1), 1)
    np.testing.assert_allclose(hour.kw[:, 0], 1.5 * before, rtol=0.02)


def test_where_a_feature_of_the_forest_is_not_known_earlier_times_are_told(
    made, measured, publish
):
    measured(36, until=NOW - timedelta(hours=2))
    publish("last_hour_load_kw", 100.0, **SEED)
    assert by_horizon(made())[Horizon.NEXT_HOUR].kw[0, 0] < 200


def test_nothing_later_than_the_origin_moves_a_forecast(
    database, know, measured, publish
):
    measured(36, until=NOW + timedelta(days=2))
    publish()
    early = NOW - timedelta(hours=5)
    with database.read() as connection:
        one = make(connection, know(connection, now=early), int(early.timestamp()))
        two = make(connection, know(connection, now=NOW), int(early.timestamp()))
    for before, after in zip(one.outlooks, two.outlooks, strict=True):
        np.testing.assert_array_equal(before.kw, after.kw)


@pytest.fixture
def live(database, made, id_of):
    """Make forecasts again and again, and keep what they have learnt."""

    def through(instants):
        for at in instants:
            found = made(at)
            with database.write() as connection:
                for horizon, track in found.tracks.items():
                    forecasts.keep_track(connection, id_of[PHYSICS], horizon, track)

    return through


def test_a_record_learns_from_what_came_and_outlives_a_restart(
    live, made, measured, publish
):
    measured(36, until=NOW + timedelta(days=2))
    publish()
    first = by_horizon(made())[Horizon.NEXT_HOUR].kw[0]
    live(NOW + timedelta(hours=hours) for hours in range(26))
    lately = by_horizon(made(NOW + timedelta(hours=26)))[Horizon.NEXT_HOUR].kw[0]
    assert np.ptp(lately[1:]) / lately[0] < 0.9 * np.ptp(first[1:]) / first[0]


def test_a_model_that_does_worse_than_naive_is_not_told(live, made, measured, publish):
    measured(36, until=NOW + timedelta(days=4))
    publish("days_before_1", weight=3.0)
    live(NOW + timedelta(days=days) for days in range(3))
    at = NOW + timedelta(days=3)
    day = by_horizon(made(at))[Horizon.DAY_AHEAD].kw[:, 0]
    np.testing.assert_allclose(day, expected(at), rtol=0.8)
