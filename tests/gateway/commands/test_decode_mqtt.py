"""`voltonic-gateway decode` of what devices publish by MQTT."""

import json

import pytest
from click.testing import CliRunner

from gateway.__main__ import main

TASMOTA = '{"Time":"2023-02-05T20:31:48","ENERGY":{"Total":1290.396,"Power":47.11}}'
LINES = """
shellies/shelly1pm-1/online true
shellies/shelly1pm-1/relay/0/power 37.60
shellies/shelly1pm-1/relay/0/energy 90000
"""
ZIGBEE = '{"temperature": 27.34, "humidity": 144.72}'


def decode(driver, given):
    arguments = ["decode", "--driver", driver, "--json", "-"]
    return CliRunner().invoke(main, arguments, input=given)


def readings(driver, given):
    result = decode(driver, given)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["readings"]
    return {each["quantity"]: each["value"] for each in found}


def test_a_payload_alone_is_decoded():
    assert readings("tasmota", TASMOTA) == {
        "active_power_kw": 0.04711,
        "energy_import_kwh": 1290.396,
    }


def test_lines_as_a_subscriber_prints_them_are_decoded():
    assert readings("shelly1", LINES) == {
        "active_power_kw": 0.0376,
        "energy_import_kwh": 1.5,
    }
    assert readings("esphome", "node/sensor/mains_voltage/state 231.4") == {
        "voltage_v": 231.4
    }


def test_what_no_working_device_reports_is_refused():
    refused = json.loads(decode("zigbee2mqtt", ZIGBEE).stdout)["refused"]
    assert refused == ["humidity_percent: 144.72 is outside 0 to 100 %"]


@pytest.mark.parametrize(
    ("driver", "given", "why"),
    [
        ("tasmota", "{", "payload is not JSON"),
        ("tasmota", "", "nothing in it is known"),
        ("shelly1", "hello world", "nothing in it is known"),
        ("shelly2", "x/events/rpc {]", "payload is not JSON"),
        ("esphome", "x/sensor/y/state " + "1" * 70_000, "at most 65536"),
    ],
)
def test_what_is_broken_exits_with_2_and_the_reason(driver, given, why):
    result = decode(driver, given)
    assert result.exit_code == 2
    assert why in result.output
