from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.dispatch import resolve
from gateway.proposal import Priority, Proposal

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


def proposal(value, priority=Priority.ECONOMY, hours=1, setpoint="room/ac"):
    return Proposal(setpoint, value, NOW + timedelta(hours=hours), priority, "why")


PROPOSALS = st.builds(
    proposal,
    value=st.floats(0, 1),
    priority=st.sampled_from(Priority),
    hours=st.integers(1, 9),
    setpoint=st.sampled_from(["a", "b", "c"]),
)


def test_safety_outranks_economy_however_strict():
    safe, cheap = proposal(1, Priority.SAFETY), proposal(0)
    assert resolve([cheap, safe]) == {"room/ac": safe}


def test_within_a_priority_the_strictest_wins():
    assert resolve([proposal(1), proposal(0)]) == {"room/ac": proposal(0)}


def test_of_equal_wishes_the_longest_wins():
    assert resolve([proposal(0), proposal(0, hours=2)])["room/ac"].until == (
        NOW + timedelta(hours=2)
    )


@given(st.lists(PROPOSALS))
def test_the_order_of_proposals_does_not_matter(proposals):
    assert resolve(proposals) == resolve(reversed(proposals))


@given(st.lists(PROPOSALS), PROPOSALS)
def test_one_more_wish_of_the_same_priority_only_makes_it_stricter(proposals, more):
    before = resolve(proposals).get(more.setpoint)
    after = resolve([*proposals, more])[more.setpoint]
    if before is not None and before.priority == more.priority:
        assert after.value <= before.value
