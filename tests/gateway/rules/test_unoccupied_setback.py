from datetime import UTC, datetime, timedelta

import pytest

from contract.reading import Reading
from gateway.proposal import Priority
from gateway.rules.unoccupied_setback import Room, UnoccupiedSetback
from gateway.snapshot import Snapshot, Use

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
MAX_LEASE = timedelta(hours=8)
RULE = UnoccupiedSetback(
    (Room("site/room", "site/room/meter/occupancy", ("ac", "light")),), MAX_LEASE
)
VACANT = Use(is_scheduled=False, next_start=None)


def proposed(occupancy=0.0, use=VACANT, age=timedelta(0)):
    latest = {}
    if occupancy is not None:
        point = "site/room/meter/occupancy"
        latest[point] = Reading(point, NOW - age, occupancy)
    uses = {} if use is None else {"site/room": use}
    return RULE.propose(Snapshot(NOW, latest, timedelta(minutes=3), uses))


def test_an_empty_room_is_set_back():
    proposals = proposed()
    assert [(each.setpoint, each.value) for each in proposals] == [
        ("ac", 0.0),
        ("light", 0.0),
    ]
    assert {each.priority for each in proposals} == {Priority.ECONOMY}
    assert {each.until for each in proposals} == {NOW + MAX_LEASE}


def test_it_ends_when_the_room_is_scheduled_next():
    start = NOW + timedelta(hours=2)
    assert {each.until for each in proposed(use=Use(False, start))} == {start}


@pytest.mark.parametrize(
    "known",
    [
        {"occupancy": 1.0},
        {"occupancy": 0.4},
        {"occupancy": None},
        {"use": Use(is_scheduled=True, next_start=None)},
        {"use": None},
        {"age": timedelta(minutes=4)},
    ],
    ids=["occupied", "perhaps", "unknown", "scheduled", "no timetable", "stale"],
)
def test_a_room_that_is_not_known_to_be_empty_is_left_alone(known):
    assert proposed(**known) == []
