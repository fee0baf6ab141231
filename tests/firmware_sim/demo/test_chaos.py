import pytest

from firmware_sim.demo.chaos import CLOUD, Fault, plan
from firmware_sim.demo.forwarder import State

GATEWAYS = ("physics", "history", "law")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("duration_s", [50, 110, 170])
def test_ten_kills_and_ten_cuts_are_over_in_time(seed, duration_s):
    events = plan(seed, duration_s, GATEWAYS)
    kills = [event for event in events if event.fault is Fault.KILL]
    cuts = [event for event in events if event.fault is Fault.CUT]
    assert len(kills) >= 10
    assert len(cuts) >= 10
    assert all(event.at_s + event.span_s <= duration_s for event in events)
    assert {event.target for event in kills} > {CLOUD}
    assert all(event.state is not State.OPEN for event in cuts)


def test_a_seed_repeats_itself():
    assert plan(7, 100, GATEWAYS) == plan(7, 100, GATEWAYS) != plan(8, 100, GATEWAYS)
