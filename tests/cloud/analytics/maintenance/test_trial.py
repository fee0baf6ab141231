"""An injected drift is found soon, and none where nothing drifts."""

import pytest

from cloud.analytics.maintenance import trial

SEED = 1
METERED = ("hvac", "pv", "battery")


@pytest.mark.parametrize("kind", METERED)
def test_a_drift_of_15_percent_is_found_within_30_days(kind):
    score = trial.score(kind, list(trial.draws(kind, 8, SEED)))
    assert score.soon[1] >= 7 / 8
    assert score.soon_full[30] >= 6 / 8
    assert score.false_per_year <= 0.5


def test_the_same_seed_draws_the_same_assets():
    [first], [second] = (list(trial.draws("pv", 1, 7)) for _ in range(2))
    assert (first.onset, first.delays) == (second.onset, second.delays)
    [other] = trial.draws("pv", 1, 8)
    assert (other.onset, other.delays) != (first.onset, first.delays)


@pytest.mark.slow
@pytest.mark.parametrize("kind", trial.KINDS)
def test_over_100_assets_the_promise_holds(kind):
    score = trial.score(kind, list(trial.draws(kind, 100, SEED)))
    assert score.false_per_year <= 1
    assert score.most_false <= 0.25
    if kind in METERED:
        assert score.soon[1] >= 0.95
        assert score.soon[30] >= 0.85
        assert score.false_per_year <= 0.2
    else:
        assert score.soon[1] >= 0.75
        assert score.soon_full[30] >= 0.75
