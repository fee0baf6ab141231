from datetime import UTC, datetime, timedelta
from itertools import pairwise

from firmware_sim.demo.history import instants, plan

NOW = datetime(2025, 1, 31, 12, 52, 7, tzinfo=UTC)


def test_hours_are_the_sites_own_and_the_last_day_is_finer():
    made = plan(NOW, 30, "Asia/Kolkata")
    ticked = list(instants(made, lambda: NOW))
    steps = [after - before for before, after in pairwise(ticked)]
    assert {at.minute for at in ticked[:696]} == {30}
    assert set(steps[:696]) == {timedelta(hours=1)}
    assert set(steps[696:-1]) == {timedelta(minutes=15)}
    assert abs(len(ticked) - made.ticks) <= 3


def test_the_last_instant_is_the_present_minute():
    now = NOW

    def passing():
        nonlocal now
        now += timedelta(seconds=1)
        return now

    *_, before, last = instants(plan(NOW, 2, "UTC"), passing)
    assert last == now.replace(second=0)
    assert before < last


def test_no_instant_comes_twice_when_the_minute_is_a_quarter():
    now = NOW.replace(minute=45, second=3)
    ticked = list(instants(plan(now, 1, "UTC"), lambda: now))
    assert len(set(ticked)) == len(ticked)
    assert ticked[-1] == now.replace(second=0)
