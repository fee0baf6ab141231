from contextlib import suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.calendar import Calendar
from contract.naive import NAIVE
from contract.origins import PAST_HOURS, Origins
from contract.track import MOST_PENDING, Track, TrackError

UTC = Calendar(ZoneInfo("UTC"))
START_S = 1_772_409_600  # 2026-03-02T00:00Z
HOUR_S = 3_600
DAYS = 70
CLOCK = np.arange(24 * DAYS) % 24


def load_kw(seed=0, noise=0.05):
    random = np.random.default_rng(seed)
    shape = 100 + 40 * np.sin(CLOCK / 24 * 2 * np.pi)
    return shape * (1 + noise * random.standard_normal(len(CLOCK)))


def origin(load, place):
    """The origin at the end of hour `place` − 1 of `load`."""
    past = np.full(PAST_HOURS, np.nan)
    known = load[max(0, place - PAST_HOURS) : place][::-1]
    past[: len(known)] = known
    at_s = np.array([START_S + place * HOUR_S])
    return Origins.of_load(at_s, past[None])


def walked(track, load, says, leads=24, first=24 * 35):
    """Forecast, keep and judge day by day; return the forecasts and the truths."""
    made = []
    start_s = START_S + HOUR_S * np.arange(len(load))
    for place in range(first, len(load) - leads + 1, leads):
        track.judge(start_s[:place], load[:place])
        forecast = track.predict(origin(load, place), UTC, says(load, place))
        track.keep(forecast)
        made.append((forecast, load[place : place + leads]))
    return made


def knows(load, place):
    """A member that knows the shape of the day."""
    scale = load[place - 168 : place].mean()
    shape = 100 + 40 * np.sin(np.arange(24) / 24 * 2 * np.pi)
    return (shape / scale).astype(np.float32)[:, None]


def knows_nothing(load, place):
    return np.full((24, 1), 3, np.float32)


@given(st.integers(0, 50), st.floats(0, 2))
def test_quantiles_never_cross(seed, noise):
    for forecast, _ in walked(Track(("line",), 24), load_kw(seed, noise), knows):
        assert (forecast.p10_kw <= forecast.p50_kw).all()
        assert (forecast.p50_kw <= forecast.p90_kw).all()


def test_a_good_model_is_not_worse_than_naive_and_a_bad_one_is():
    good, bad = Track(("line",), 24), Track(("line",), 24)
    walked(good, load_kw(), knows)
    walked(bad, load_kw(), knows_nothing)
    assert not good.is_worse_than_naive()
    assert not Track((), 1).is_worse_than_naive()


def test_what_is_packed_comes_back_and_forecasts_the_same():
    load = load_kw()
    track = Track(("line",), 24)
    walked(track, load, knows)
    again = Track.from_bytes(track.to_bytes())
    assert again.to_bytes() == track.to_bytes()
    assert again.members == ("line",)
    last = origin(load, len(load))
    outputs = knows(load, len(load))
    before = track.predict(last, UTC, outputs)
    after = again.predict(last, UTC, outputs)
    np.testing.assert_array_equal(before.p90_kw, after.p90_kw)
    assert len(again.pending) == len(track.pending)


def test_without_any_load_of_the_week_there_is_no_forecast():
    nothing = Origins.of_load(np.array([START_S]), np.full((1, PAST_HOURS), np.nan))
    assert Track((), 1).predict(nothing, UTC, np.empty((1, 0), np.float32)) is None


def test_three_days_of_load_and_no_model_are_enough_for_a_forecast():
    load = np.full(len(CLOCK), np.nan)
    load[-72:] = load_kw()[-72:]
    none = np.empty((24, 0), np.float32)
    forecast = Track((), 24).predict(origin(load, len(load)), UTC, none)
    assert np.isfinite(forecast.mean_kw).all()
    assert forecast.said.shape == (24, len(NAIVE))


def test_what_is_never_measured_is_forgotten():
    track, load = Track((), 24), load_kw()
    none = np.empty((24, 0), np.float32)
    for place in range(MOST_PENDING + 9):
        forecast = track.predict(origin(load, 24 * 35), UTC, none)
        track.keep(replace(forecast, origin_s=forecast.origin_s + place * 86_400))
    assert len(track.pending) == MOST_PENDING


def test_a_day_is_learnt_from_once_however_often_it_is_forecast():
    often, once, load = Track((), 24), Track((), 24), load_kw()
    none = np.empty((24, 0), np.float32)
    start_s = START_S + HOUR_S * np.arange(len(load))
    for place in range(24 * 35, 24 * 45):
        for track, every in ((often, 1), (once, 24)):
            if place % every == 0:
                track.judge(start_s[:place], load[:place])
                track.keep(track.predict(origin(load, place), UTC, none))
    assert len(once.missed) == 9 * 24
    assert 9 * 24 <= len(often.missed) <= 10 * 24


def test_the_next_hour_is_learnt_from_each_hour():
    track, load = Track((), 1), load_kw()
    none = np.empty((1, 0), np.float32)
    for place in range(24 * 35, 24 * 35 + 10):
        track.keep(track.predict(origin(load, place), UTC, none))
    assert len(track.pending) == 10


def none_of(load, place):
    return np.empty((24, 0), np.float32)


def test_without_a_model_naive_forecasts_count_by_how_they_did_lately():
    weekend = np.arange(24 * DAYS) // 24 % 7 >= 5
    load = load_kw(noise=0.01) * np.where(weekend, 0.3, 1.0)
    made = walked(Track((), 24), load, none_of)[7:]
    came = np.array([came for _, came in made])
    ours = np.array([each.mean_kw for each, _ in made])
    day = np.array([each.said[:, 0] * each.scale_kw for each, _ in made])
    assert ((ours - came) ** 2).mean() < 0.3 * ((day - came) ** 2).mean()


def test_three_days_without_a_model_are_told_as_the_day_before():
    load = np.full(len(CLOCK), np.nan)
    load[-96:] = load_kw()[-96:]
    made = walked(Track((), 24), load, none_of, first=len(load) - 24)
    ((forecast, _),) = made
    np.testing.assert_allclose(forecast.mean_kw, load[-48:-24])


def test_few_judged_days_are_told_with_wider_quantiles():
    missed = 0.1 * np.random.default_rng(0).standard_normal(24)
    width = []
    for days in (2, 7, 28):
        track = Track(("line",), 24, missed=np.tile(missed, days))
        told = track.predict(origin(load_kw(), 24 * 40), UTC, knows(load_kw(), 24 * 40))
        width.append((told.p90_kw - told.p10_kw).mean())
    assert width[0] > 1.2 * width[1]
    assert width[1] == pytest.approx(width[2], rel=0.1)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_track_is_refused_or_still_a_track(place, value):
    track = Track(("line",), 24)
    walked(track, load_kw(), knows, first=24 * 60)
    raw = bytearray(track.to_bytes())
    raw[place] = value
    with suppress(TrackError):
        assert Track.from_bytes(bytes(raw)).lead_hours in range(1, 25)


@pytest.mark.parametrize("cut", [0, 3, 4, 40, 100, -1])
def test_a_track_cut_short_is_refused(cut):
    raw = Track(("line",), 24).to_bytes()
    with pytest.raises(TrackError, match="not a track"):
        Track.from_bytes(raw[:cut] if cut >= 0 else raw + b"more")
