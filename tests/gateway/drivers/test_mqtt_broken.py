"""Payloads by MQTT that are broken: refused in words, whatever is in them."""

import os

import pytest

from contract.quantity import Quantity, implausible
from gateway.drivers.mqtt import dialects, tasmota
from gateway.drivers.mqtt import zigbee2mqtt as zigbee
from gateway.drivers.mqtt.line import MqttPlace, Source
from gateway.telegram import TelegramError
from tests.gateway.drivers.mangling import mangled
from tests.gateway.drivers.test_mqtt_payloads import (
    ANNOUNCED,
    SHELLY_NOTIFIED,
    ZIGBEE_CLIMATE,
    values,
)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"sensor fault", "not JSON"),
        (b'{"ENERGY":{"Power":4', "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[1,2]", "no object"),
        (b"[" * 30 + b"]" * 30, "deeper than 16"),
        (b"[" * 60_000, "deeper than 16"),
        (b'"' + b"x" * 70_000 + b'"', "70002 bytes; at most 65536"),
        (b'{"ENERGY":{"Power":' + b"9" * 5000 + b"}}", "not JSON"),
    ],
)
def test_a_payload_that_cannot_be_believed_is_refused_in_words(payload, why):
    with pytest.raises(TelegramError, match=why):
        tasmota.read("tele/plug/SENSOR", payload)


NO_NUMBERS = ["NaN", "Infinity", "1e999", "9" * 400, '"12x"', "[]"]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_number_that_is_none_is_refused_and_the_others_kept(number):
    payload = f'{{"power": {number}, "current": 0.5}}'.encode()
    said = zigbee.read("zigbee2mqtt/plug", payload)
    assert values(said) == {"current_a": 0.5}
    assert len(said.telegram.refused) == 1


MANGLED = {
    "tasmota": (
        "tele/p/SENSOR",
        b'{"Time":"2020-09-25T12:47:15","ENERGY":{"Total":0.0'
        b'17,"Power":[7.5,8,9],"Factor":0.39},"AM2301":{"Temperature":2.4}}',
    ),
    "shelly1": ("shellies/em/emeter/0/power", b"-512.40"),
    "shelly2": ("x/events/rpc", SHELLY_NOTIFIED),
    "esphome": ("node/sensor/mains_voltage/state", b"231.4"),
    "zigbee2mqtt": ("zigbee2mqtt/hall", ZIGBEE_CLIMATE),
    "homeassistant": ("homeassistant/sensor/x/config", ANNOUNCED),
    "json": (
        "shed",
        b'{"t":1700000000,"meter":{"power":1500},"list":[1,2,{"a":null}]}',
    ),
}
MESSAGES = 100_000 if os.environ.get("SIZE") == "release" else 10_000


@pytest.mark.parametrize("name", MANGLED)
def test_mangled_payloads_never_crash(name):
    topic, good = MANGLED[name]
    place = MqttPlace(
        name, "t", values={Quantity.ACTIVE_POWER_KW: Source("$.meter.power", "W")}
    )
    read = dialects.READERS.get(name) or dialects.dialect(place).read
    for data in mangled(good, seed=7, times=MESSAGES):
        try:
            said = read(topic, data)
        except TelegramError:
            continue
        for each in said.telegram.measured if said.telegram else ():
            assert implausible(each.quantity, each.value) is None
