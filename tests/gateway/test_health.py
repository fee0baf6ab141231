from datetime import UTC, datetime, timedelta

from gateway.health import Health, State

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
AGE = timedelta(minutes=3)


def test_a_device_that_never_answered_is_offline():
    assert Health().state(NOW, AGE) is State.OFFLINE


def test_one_failure_makes_it_stale_three_offline_and_an_answer_online():
    health = Health()
    health.answered(NOW)
    states = []
    for _ in range(3):
        health.failed("no answer")
        states.append(health.state(NOW, AGE))
    assert states == [State.STALE, State.STALE, State.OFFLINE]
    assert health.error == "no answer"
    health.answered(NOW)
    assert (health.state(NOW, AGE), health.error) == (State.ONLINE, "")


def test_values_past_their_age_make_it_offline():
    health = Health()
    health.answered(NOW)
    assert health.state(NOW + AGE, AGE) is State.ONLINE
    assert health.state(NOW + AGE + timedelta(seconds=1), AGE) is State.OFFLINE


def test_only_a_change_is_news():
    health = Health()
    assert not health.answered(NOW)
    assert health.failed("no answer")
    assert not health.failed("no answer")
    assert health.answered(NOW)
    assert health.answered(NOW, "voltage_v: 9e9 is outside")
    assert not health.answered(NOW, "voltage_v: 9e9 is outside")
