import json
from datetime import UTC, datetime

import pytest

from contract.quantity import DEFINITIONS, Quantity
from gateway.drivers.http_push.body import MOST_POSTS
from gateway.drivers.http_push.decode import decode
from gateway.telegram import TelegramError
from tests.gateway.drivers.mangling import TELEGRAMS, mangled

POST = {
    "energy_produced": 0.0,
    "energy_consumed": 0.31,
    "current_load": 35.8,
    "voltage": 229.4,
    "timestamp": 1772440200,
}


def test_a_captured_post_says_each_value_with_its_instant():
    found = decode(json.dumps([POST, POST | {"device_id": "b"}]).encode())
    voltages = [
        (each.value, each.meter_id, each.at)
        for each in found.measured
        if each.quantity is Quantity.VOLTAGE_V
    ]
    at = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert voltages == [(229.4, "", at), (229.4, "b", at)]
    assert len(found.records) == 8


def test_a_post_that_would_be_refused_says_why():
    with pytest.raises(TelegramError, match="voltage: must be a number"):
        decode(json.dumps(POST | {"voltage": "high"}).encode())
    with pytest.raises(TelegramError, match="no JSON"):
        decode(b"energy=1")


@pytest.mark.parametrize("good", [POST, [POST] * 3], ids=["one", "list"])
def test_mangled_posts_never_crash_and_give_only_plausible_values(good):
    for data in mangled(json.dumps(good).encode(), seed=23, times=TELEGRAMS):
        try:
            found = decode(data)
        except TelegramError:
            continue
        assert len(found.measured) <= MOST_POSTS * len(DEFINITIONS)
        for each in found.measured:
            definition = DEFINITIONS[each.quantity]
            assert definition.low <= each.value <= definition.high
