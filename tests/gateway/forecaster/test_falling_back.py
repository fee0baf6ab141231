"""Bad models are not run, or are fallen back from; good ones come back."""

from datetime import timedelta

import pytest

from contract.forecast_status import State
from contract.promise import ManifestError
from tests.gateway.forecaster.lived import Lived, bundled, good, published
from tests.published import onnx_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

TENFOLD = {"mean_alike": 10.0}
GOOD = good()


@pytest.fixture
def house(tmp_path):
    """A forecaster that has been in the house for two weeks, without a model."""
    house = Lived(tmp_path / "models")
    house.pass_by(15 * DAY, forecasting=False)
    house.step()
    return house


@pytest.fixture
def young(tmp_path):
    """One that remembers too little to try a model on."""
    house = Lived(tmp_path / "models")
    house.pass_by(5 * HOUR)
    return house


def only_day_ahead(weights):
    """A model that is good for the next hour only."""
    from contract.features import DAY_AHEAD, NEXT_HOUR
    from tests.published import packed, promise

    made = onnx_of(NEXT_HOUR, {"mean_alike": 1.0}), onnx_of(DAY_AHEAD, weights)
    return packed(promise(), *made)


BAD = {
    "ten times the load": bundled(TENFOLD),
    "always the same": bundled(constant=2.0),
    "nothing at all": bundled(),
    "the day ahead only": only_day_ahead(TENFOLD),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_model_is_not_run_at_all_where_there_is_something_to_try_it_on(
    house, kind
):
    house.accept(published(GOOD, version=3))
    with pytest.raises(ManifestError, match="worse than the naive forecasts on what"):
        house.accept(published(BAD[kind], version=4))
    status = house.status
    assert (status.state, status.model.version, status.ran) == (State.FALLBACK, 3, 4)
    assert status.refused.does_worse
    assert "version 4 did worse" in status.refused.why
    assert not house.forecaster.wants(4, house.now + DAY)
    house.pass_by(2 * HOUR)
    assert house.status.model.version == 3


def test_the_first_model_that_is_bad_leaves_the_naive_forecasts(house):
    with pytest.raises(ManifestError):
        house.accept(published(bundled(TENFOLD)))
    status = house.status
    assert (status.state, status.model) == (State.FALLBACK, None)
    assert "version 3 did worse than the naive forecasts" in status.why
    assert status.next_hour is not None


def test_a_good_model_after_a_bad_one_runs_and_all_is_well(house):
    with pytest.raises(ManifestError):
        house.accept(published(bundled(TENFOLD)))
    house.accept(published(GOOD, version=4))
    assert (house.status.state, house.status.refused) == (State.RUNNING, None)


def test_a_bad_model_that_could_not_be_tried_is_fallen_back_from(young):
    young.accept(published(bundled(TENFOLD)))
    assert young.status.state is State.RUNNING
    young.pass_by(12 * HOUR)
    status = young.status
    assert (status.state, status.model) == (State.FALLBACK, None)
    assert "version 3 did worse than the naive forecasts: next hour" in status.why
    assert status.next_hour[0] < 200


def test_it_falls_back_to_the_model_that_did_well_before(house):
    house.accept(published(GOOD, version=3))
    house.forecaster._models._try = lambda *_: None  # as if nothing were remembered
    house.accept(published(bundled(TENFOLD), version=4))
    assert house.status.model.version == 4
    house.pass_by(10 * HOUR, every=HOUR)
    assert house.status.state is State.FALLBACK
    assert house.status.model.version == 3
    house.restart()
    house.pass_by(HOUR)
    assert (house.status.state, house.status.model.version) == (State.FALLBACK, 3)
    assert "version 4 did worse" in house.status.why


@pytest.mark.slow
def test_a_model_returns_once_it_does_well_again(house, monkeypatch):
    house.accept(published(GOOD))
    runs, times = house.forecaster._models.roles.active.runs, [10.0]
    for lead, run in dict(runs).items():
        monkeypatch.setitem(runs, lead, lambda rows, run=run: times[0] * run(rows))
    house.pass_by(DAY / 2, every=HOUR)
    assert house.status.state is State.FALLBACK
    times[0] = 1.0
    house.pass_by(5 * DAY, every=HOUR)
    assert (house.status.state, house.status.why) == (State.RUNNING, "")


def test_a_model_that_stops_answering_with_numbers_is_not_run(house, monkeypatch):
    house.accept(published(GOOD))
    roles = house.forecaster._models.roles

    def broken(rows):
        raise ManifestError("the model does not run: no")

    monkeypatch.setitem(roles.active.runs, 1, broken)
    house.pass_by(timedelta(minutes=15))
    status = house.status
    assert (status.state, status.model) == (State.FALLBACK, None)
    assert "version 3 is not run: the model does not run" in status.why
    assert status.origin_s == int(house.now.timestamp())  # naive, at once


# --- shadow ------------------------------------------------------------------------


@pytest.fixture
def careful(tmp_path):
    """A house where new models run in shadow for a day."""
    house = Lived(tmp_path / "models", shadow=DAY)
    house.pass_by(15 * DAY, forecasting=False)
    house.step()
    return house


def test_the_first_model_runs_beside_the_naive_forecasts_and_takes_over(careful):
    careful.accept(published(GOOD))
    status = careful.status
    assert (status.state, status.model) == (State.SHADOW, None)
    assert status.shadow.version == 3
    assert status.shadow.until_s == int((careful.now + DAY).timestamp())
    careful.pass_by(DAY - HOUR, every=HOUR)
    assert careful.status.state is State.SHADOW
    careful.restart()
    careful.pass_by(2 * HOUR)
    assert careful.status.state is State.RUNNING
    assert (careful.status.model.version, careful.status.shadow) == (3, None)


def test_a_model_that_is_worse_in_shadow_does_not_take_over(careful):
    careful.accept(published(GOOD))
    careful.pass_by(DAY + HOUR, every=HOUR)
    careful.forecaster._models._try = lambda *_: None  # as if nothing were remembered
    careful.accept(published(bundled({"mean_alike": 1.4}), version=4))
    assert (careful.status.state, careful.status.model.version) == (State.RUNNING, 3)
    careful.pass_by(DAY + HOUR, every=HOUR)
    status = careful.status
    assert (status.state, status.model.version) == (State.FALLBACK, 3)
    assert "version 4 did worse in shadow than version 3" in status.refused.why


def test_a_rollback_does_not_wait_in_shadow(careful):
    careful.accept(published(GOOD, version=3))
    careful.accept(published(bundled({"mean_alike": 0.97}), version=4))
    careful.accept(published(GOOD, version=5, rolls_back_to=3))
    status = careful.status
    assert (status.state, status.model.version) == (State.RUNNING, 5)


def test_without_measured_hours_nobody_takes_over(careful):
    careful.accept(published(GOOD))
    careful.pass_by(2 * DAY, every=HOUR, measuring=False)
    assert careful.status.state is State.SHADOW
