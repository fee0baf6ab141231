import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.features import SEED_NEXT_HOUR
from contract.forecast_status import ForecastStatus, State
from contract.inventory import Inventory
from contract.promise import ManifestError
from contract.reading import Quality
from gateway.forecaster import device
from tests.gateway.forecaster.lived import (
    NOON,
    SUBJECT,
    Lived,
    bundled,
    good,
    load_kw,
    published,
)
from tests.published import PUBLIC_KEY, onnx_of, packed, seed_promise

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OTHER_KEY = "0f" * 32


@pytest.fixture
def new(tmp_path):
    """A forecaster that knows nothing yet."""

    def started(**options):
        return Lived(tmp_path / "models", **options)

    return started


@pytest.fixture
def old(new):
    """A forecaster that has been in the house for a while, without a model."""

    def started(days=15, **options):
        house = new(**options)
        house.pass_by(days * DAY, forecasting=False)
        house.step()
        return house

    return started


def refused(house, offer, reason):
    before = house.status.model
    with pytest.raises(ManifestError, match=reason):
        house.accept(offer)
    assert house.status.model == before
    assert house.status.refused is not None
    return house.status.refused


# --- without a model ---------------------------------------------------------------


def test_before_the_first_model_the_naive_forecasts_are_told(old):
    house = old()
    status = house.status
    assert (status.state, status.why) == (State.NAIVE, "no model yet")
    mean, low, middle, high = status.next_hour
    assert low < middle < high
    assert mean == pytest.approx(load_kw(house.now), abs=15)
    assert len(status.day_ahead) == 24


def test_after_a_few_hours_of_life_there_is_a_forecast_already(new):
    house = new()
    house.pass_by(5 * HOUR)
    assert house.status.next_hour is not None
    assert house.sent[-1].value == pytest.approx(load_kw(house.now), rel=0.3)


def test_before_anything_was_measured_it_says_why_there_is_none(new):
    house = new()
    house.now += timedelta(minutes=3)
    house.step()
    assert "nothing is known of the last week" in house.status.why
    assert house.sent == []


def test_a_house_without_a_counter_says_so(tmp_path):
    from gateway.forecaster.forecaster import Forecaster

    house = Lived(tmp_path / "models")
    house.forecaster = Forecaster(tmp_path / "models", SUBJECT, Inventory(()))
    house.now += HOUR
    house.step()
    assert "no main meter counts energy" in house.status.why


# --- what is told ------------------------------------------------------------------


def test_each_quarter_hour_is_forecast_once_as_a_reading(old):
    house = old()
    house.accept(published(good()))
    house.pass_by(3 * HOUR)
    at = [reading.at for reading in house.sent]
    assert {later - earlier for earlier, later in pairwise(at)} == {
        timedelta(minutes=15)
    }
    last = house.sent[-1]
    assert last.point == f"{SUBJECT}/forecast/forecast_power_kw"
    assert last.point in Inventory((device.entry(SUBJECT, simulated=False),)).index
    assert last.quality is Quality.ESTIMATED
    assert last.value == house.status.next_hour[0]


def test_the_reading_that_ends_the_hour_may_come_a_little_later(old):
    house = old()
    house.now += timedelta(minutes=15, seconds=1)
    assert not house.forecaster.is_due(house.now)
    house.now += timedelta(seconds=9)
    house.read()
    assert house.forecaster.is_due(house.now)


def test_a_meter_that_stays_away_does_not_silence_the_forecast(old):
    house = old()
    house.accept(published(good()))
    house.now += timedelta(minutes=17)
    assert house.forecaster.is_due(house.now)
    house.step()
    assert house.status.origin_s == int(house.now.timestamp()) // 900 * 900


def test_quantiles_never_cross_and_quarters_add_up_to_their_hours(old):
    house = old()
    shape = np.tile([0.7, 0.9, 1.1, 1.3], 24)
    model = bundled({"mean_alike": 1.0}, quarter_shape=(tuple(shape),) * 2)
    house.accept(published(model))
    house.pass_by(2 * HOUR)
    hours = np.array(house.status.day_ahead)
    quarters = np.array(house.forecaster.details()["quarters"])
    assert quarters.shape == (96, 4)
    np.testing.assert_allclose(
        quarters[:, 0].reshape(24, 4).mean(axis=1), hours[:, 0], atol=1e-3
    )
    for told in (hours, quarters):
        assert (np.diff(told[:, 1:], axis=1) >= 0).all()
    narrow = hours[:, 3] - hours[:, 1]
    wide = (quarters[:, 3] - quarters[:, 1]).reshape(24, 4).mean(axis=1)
    assert (wide > narrow).all()
    assert quarters[1, 0] == pytest.approx(0.9 * hours[0, 0], abs=1e-3)


def test_the_peak_of_the_next_day_is_named(old):
    house = old()
    details = house.forecaster.details()
    hours = house.status.day_ahead
    place = (details["peak"]["start_s"] - house.status.origin_s) // 3600
    assert hours[place][0] == max(hour[0] for hour in hours)


def test_the_status_is_small_and_comes_back_as_it_was_sent(old):
    house = old()
    house.accept(published(good()))
    house.pass_by(HOUR)
    raw = json.dumps(house.status.to_json())
    assert len(raw) < 2_500
    again = ForecastStatus.from_json(json.loads(raw))
    assert again.model == house.status.model
    assert again.day_ahead[5] == pytest.approx(house.status.day_ahead[5], abs=1e-3)


def test_what_was_told_is_on_disk_for_who_asks_without_a_gateway(old):
    house = old()
    told = json.loads((house.folder / device.TOLD).read_bytes())
    assert ForecastStatus.from_json(told).origin_s == house.status.origin_s
    assert len(told["quarters"]) == 96


# --- what is accepted --------------------------------------------------------------


def test_a_model_runs_once_it_was_verified(old):
    house = old()
    house.accept(published(good()))
    status = house.status
    assert (status.state, status.why, status.refused) == (State.RUNNING, "", None)
    assert (status.model.version, status.ran) == (3, 3)


def test_the_random_forest_of_five_features_runs_as_well(new):
    house = new()
    house.pass_by(5 * HOUR)
    forest = packed(seed_promise(), onnx_of(SEED_NEXT_HOUR, {"last_hour_load_kw": 1.0}))
    house.accept(published(forest))
    house.pass_by(2 * HOUR)
    assert house.status.model.kind == "seed_forest"
    assert house.status.next_hour[0] == pytest.approx(load_kw(house.now), rel=0.2)
    assert len(house.status.day_ahead) == 24


@given(st.data())
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_changed_byte_of_bundle_or_manifest_is_refused(tmp_path, data):
    house = Lived(tmp_path / "models")
    offer = published(good())
    part = data.draw(st.sampled_from(["manifest", "bundle"]))
    changed = bytearray(getattr(offer, part))
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    refused(house, replace(offer, **{part: bytes(changed)}), r".")
    assert not house.status.refused.does_worse


GOOD = good()
NOISE = packed(seed_promise(), b"noise")
NARROW = packed(seed_promise(), onnx_of(("hour", "moon")))
NOT_A_NUMBER = bundled({"mean_alike": float("nan")})
REFUSED = {
    "other subject": (published(GOOD, subject="campus"), "made for campus, not for"),
    "other bundle": (
        replace(published(GOOD), bundle=bundled()),
        "bundle has|not the one the manifest names",
    ),
    "expired": (published(GOOD, expires_at=NOON), "expired at"),
    "older": (published(GOOD, version=4), "version 4 is older than 5"),
    "same version, other model": (
        published(bundled({"mean_alike": 0.9}), version=5),
        "another model than the version 5",
    ),
    "not a model": (published(NOISE, version=6), "can't be loaded"),
    "other width": (published(NARROW, version=6), "does not run"),
    "no number": (published(NOT_A_NUMBER, version=6), "does not answer with numbers"),
    "unsigned": (replace(published(GOOD), manifest=b"{}"), "first format"),
    "another key": (
        published(GOOD, version=6, key=OTHER_KEY),
        "another key than the first that was met.*cloud.key",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_match_is_refused_in_words_and_what_runs_goes_on(old, case):
    house = old()
    house.accept(published(GOOD, version=5))
    offer, reason = REFUSED[case]
    assert not refused(house, offer, f"(?s){reason}").does_worse
    house.pass_by(HOUR)
    assert house.status.state is State.RUNNING
    assert house.status.model.version == 5


def test_a_rollback_is_a_new_version_and_replaying_the_old_one_is_refused(old):
    house, first = old(), published(GOOD, version=5)
    house.accept(first)
    house.accept(published(bundled({"mean_alike": 0.98}), version=6))
    refused(house, first, "version 5 is older than 6")
    house.accept(published(GOOD, version=7, rolls_back_to=5))
    assert house.status.model.version == 7
    assert house.status.model.rolls_back_to == 5
    refused(house, first, "version 5 is older than 7")


def test_the_configured_key_counts_from_the_start(new):
    house = new(key=PUBLIC_KEY)
    refused(house, published(GOOD, key=OTHER_KEY), r"gateway\.toml.*key signing")
    house.accept(published(GOOD))
    assert house.status.model.version == 3


def test_a_changed_key_is_taken_when_it_is_configured(old):
    house = old()
    house.accept(published(GOOD))
    house.key = PUBLIC_KEY
    house.restart()
    house.accept(published(GOOD, version=4))
    assert house.status.model.version == 4


def test_a_damaged_key_trusts_nobody(old):
    house = old()
    house.accept(published(GOOD))
    (house.folder / "cloud.key").write_text("nonsense")
    refused(house, published(GOOD, version=4), "holds no key of 64 hex digits")


def test_a_refused_version_is_not_fetched_again_at_once(new):
    house = new()
    assert house.forecaster.wants(4, NOON)
    refused(house, replace(published(GOOD), bundle=b"x"), "bundle has 1 bytes")
    assert not house.forecaster.wants(4, NOON + timedelta(minutes=1))
    assert house.forecaster.wants(4, NOON + HOUR)
    assert house.forecaster.wants(5, NOON)
    assert not house.forecaster.wants(None, NOON)


def test_what_runs_is_not_fetched_again_and_what_is_older_is_to_be_refused(old):
    house = old()
    house.accept(published(GOOD))
    assert not house.forecaster.wants(3, house.now)
    assert house.forecaster.wants(2, house.now)


# --- on disk -----------------------------------------------------------------------


def test_model_and_memory_outlive_a_restart(old):
    house = old()
    house.accept(published(GOOD))
    house.pass_by(30 * HOUR)
    before = house.status
    house.restart()
    house.pass_by(timedelta(minutes=15))
    assert house.status.state is State.RUNNING
    assert house.status.day_ahead_errors.hours >= before.day_ahead_errors.hours
    assert house.status.next_hour[0] == pytest.approx(load_kw(house.now), rel=0.2)


def test_a_power_cut_costs_no_more_than_what_was_since_the_last_hour(old):
    house = old()
    house.accept(published(GOOD))
    house.save()
    house.pass_by(timedelta(minutes=45))
    house.start()  # without saving
    house.pass_by(timedelta(minutes=15))
    assert house.status.state is State.RUNNING
    known = house.forecaster.memory.known(house.site, house.now)
    past_kw = known.past_kw(np.array([known.until_s]), 24)
    assert np.isfinite(past_kw).all()  # the counter went on


@given(st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_memory_is_said_and_begun_anew(tmp_path, data):
    house = Lived(tmp_path / "models")
    house.pass_by(3 * HOUR, forecasting=False)
    house.save()
    path = house.folder / "memory.bin"
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(raw))
    house.start()
    assert "memory.bin is damaged" in house.status.note
    assert "begun anew" in house.status.note
    house.pass_by(3 * HOUR)
    assert house.status.next_hour is not None


@pytest.mark.parametrize("name", ["v3.model", "roles.json", "ran.json"])
def test_a_model_damaged_on_disk_is_not_run_and_is_fetched_again(old, name):
    house = old()
    house.accept(published(GOOD))
    house.save()
    path = house.folder / name
    path.write_bytes(path.read_bytes()[:-9] + b"?")
    house.start()
    assert house.status.note
    assert house.forecaster.wants(3, house.now) is (name != "ran.json")
    house.step()
    assert house.status.next_hour is not None
    if name != "ran.json":
        assert house.status.state is State.NAIVE
        house.accept(published(GOOD))
    assert house.status.model.version == 3


def test_a_model_of_the_first_format_is_refused_in_words_and_replaced(old):
    house = old()
    for name in ("manifest.json", "3.onnx", "memory.json"):
        (house.folder / name).write_bytes(b"{}")
    house.start()
    assert "first format" in house.status.refused.why
    assert "first format" in house.status.why
    house.accept(published(GOOD))
    left = {path.name for path in house.folder.iterdir()}
    assert not left & {"manifest.json", "3.onnx", "memory.json"}


def test_disk_use_is_bounded(old):
    house = old()
    for version in range(3, 9):
        house.accept(published(GOOD, version=version))
        house.pass_by(HOUR)
        house.save()
    models = sorted(path.name for path in house.folder.glob("*.model"))
    assert models == ["v7.model", "v8.model"]  # and the one before
    assert sum(path.stat().st_size for path in house.folder.iterdir()) < 1_000_000


# --- without the cloud -------------------------------------------------------------


@pytest.mark.slow
def test_forecasts_go_on_for_weeks_without_the_cloud_and_then_in_words(old):
    house = old()
    house.accept(published(GOOD, expires_at=house.now + 21 * DAY))
    house.pass_by(20 * DAY, every=HOUR)
    assert house.status.state is State.RUNNING
    assert len(house.sent) == 20 * 24 + 1
    assert house.status.next_hour_errors.ours_percent < 6
    house.pass_by(2 * DAY, every=HOUR)
    assert house.status.state is State.NAIVE
    assert "version 3 expired at" in house.status.why
    assert len(house.sent) == 22 * 24 + 1
