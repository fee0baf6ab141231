from datetime import timedelta

import pytest

from cloud.facts.fleet import fleet
from contract.interval import from_ms

NOON = 1_789_992_000_000
ROOM = "campus/science/physics/floor-1/room-101"
POWER = f"{ROOM}/meter/active_power_kw"


@pytest.fixture
def physics(gateway, meter):
    return gateway("campus/science/physics", meter(ROOM))


@pytest.fixture
def row(database, physics):
    def found(age=timedelta(0), **options):
        answer = fleet(database, from_ms(physics.now_ms) + age, **options)
        [only] = answer["gateways"]
        return only

    return found


def test_a_gateway_that_never_called_says_so(row):
    assert row()["state"] == "never"
    assert row()["last_contact"] is None


def test_its_state_follows_from_its_last_contact(physics, row):
    physics.send()
    assert row()["state"] == "online"
    assert row(timedelta(minutes=5))["state"] == "late"
    assert row(timedelta(hours=1))["state"] == "offline"


def test_produced_is_delivered_and_declared_and_missing(physics, row):
    first = physics.batch((POWER, NOON, 1), (POWER, NOON + 1, 1))
    physics.batch((POWER, NOON + 2, 1))
    physics.batch((POWER, NOON + 3, 1))
    physics.declared = 1
    last = physics.batch((POWER, NOON + 4, 1))
    physics.send(first, last)
    figures = row()
    assert (figures["produced"], figures["delivered"]) == (5, 3)
    assert (figures["declared_lost"], figures["missing"]) == (1, 1)
    [why] = figures["missing_why"]
    assert "batches 2 to 3 have not arrived" in why


def test_what_was_put_aside_is_named_with_its_reason(physics, row):
    damaged = bytearray(physics.batch((POWER, NOON, 1)))
    damaged[-40] ^= 1
    physics.send(bytes(damaged), physics.batch((POWER, NOON + 1, 1)))
    assert row()["missing"] == 1
    assert any("checksum" in why for why in row()["missing_why"])


def test_batches_sent_again_are_counted_and_stored_once(physics, row):
    batch = physics.batch((POWER, NOON, 1))
    physics.send(batch)
    physics.send(batch)
    figures = row(verify=True)
    assert (figures["resent"], figures["duplicates"]) == (1, 0)


def test_duplicates_are_found_in_the_readings_themselves(physics, row):
    physics.send(physics.batch((POWER, NOON, 1)), physics.batch((POWER, NOON, 2)))
    assert row(verify=True)["duplicates"] == 1


def test_what_the_gateway_says_of_itself_is_shown(physics, row):
    status = {
        "buffer": {"batches": 3, "hours_left": 900},
        "devices": [
            {"node": ROOM, "name": "meter", "state": "online", "error": None},
            {"node": ROOM, "name": "pv", "state": "offline", "error": "timed out"},
        ],
    }
    physics.send(status=status)
    figures = row()
    assert figures["buffer"]["hours_left"] == 900
    assert figures["devices"] == {"online": 1, "stale": 0, "offline": 1}
    [error] = figures["device_errors"]
    assert (error["device"], error["error"]) == (f"{ROOM}/pv", "timed out")


def test_nonsense_in_the_status_is_passed_over(physics, row):
    physics.send(status={"buffer": "full", "devices": [1, {"state": 2}]})
    assert row()["devices"] == {"online": 0, "stale": 0, "offline": 0}
