"""Brokers and the devices that publish there, as they are configured."""

from pathlib import Path

import pytest

from contract.quantity import Quantity
from gateway.config import ConfigError, load
from gateway.drivers.mqtt.line import MqttLine, MqttPlace, Source

WHOLE = """
[gateway]
name = "physics"
node = "campus/physics"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.broker]
type = "mqtt"
host = "10.0.0.5"
[[devices]]
name = "plug"
line = "broker"
role = "sub"
payload = "tasmota"
topic = "plug"
quantities = ["active_power_kw"]
"""
OWN = """
[[devices]]
name = "weather"
line = "broker"
role = "sensor"
payload = "json"
topic = "roof/weather"
availability = "roof/weather/alive"
time = "$.when"
quantities = ["wind_speed_m_s", "temperature_c"]
[devices.values]
temperature_c = "$.air.temp"
wind_speed_m_s = { path = "$.wind[0]", unit = "km/h" }
"""


@pytest.fixture
def loaded(tmp_path):
    def settings(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path)

    return settings


def test_a_broker_and_devices_that_publish_there(loaded):
    settings = loaded(WHOLE + OWN)
    assert settings.lines["broker"] == MqttLine("broker", "10.0.0.5", 1883)
    plug, weather = settings.devices
    assert plug.place == MqttPlace("tasmota", "plug")
    assert plug.entry.model == "mqtt"
    assert weather.place.time == "$.when"
    assert weather.place.values == {
        Quantity.TEMPERATURE_C: Source("$.air.temp"),
        Quantity.WIND_SPEED_M_S: Source("$.wind[0]", "km/h"),
    }


def test_a_ca_file_means_tls_on_its_port(loaded):
    more = 'host = "10.0.0.5"\nca_file = "/etc/ca.pem"\nusername = "gateway"'
    line = loaded(WHOLE.replace('host = "10.0.0.5"', more)).lines["broker"]
    assert line.tls
    assert line.port == 8883
    assert line.ca_file == Path("/etc/ca.pem")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"tasmota"', '"sonoff"', "payload"),
        ('topic = "plug"', "", "topic: is missing"),
        ('topic = "plug"', 'topic = "plug/#"', "is no topic; write names"),
        ('topic = "plug"', 'topic = "plug/+"', "+ is for discovery"),
        ('topic = "plug"', 'topic = "plug"\nunit = 3', "unit: has no meaning"),
        ('host = "10.0.0.5"', "", "host: is missing"),
        ('host = "10.0.0.5"', 'host = "a"\nca_file = "ca.pem"', "is no whole path"),
        ('["active_power_kw"]', "[]", "quantities: is missing; list what to take"),
        ('"$.air.temp"', '"air.temp"', "values.temperature_c: 'air.temp' is no path"),
        ('temperature_c = "$.air.temp"', "", "says not where temperature_c stands"),
        ('unit = "km/h"', 'unit = "kWh"', "values.wind_speed_m_s.unit: kWh is no"),
        ('time = "$.when"', 'time = "when"', "time: 'when' is no path"),
        ('payload = "json"', 'payload = "tasmota"', "values: has no meaning with"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(loaded, old, new, why):
    with pytest.raises(ConfigError) as caught:
        loaded((WHOLE + OWN).replace(old, new))
    assert why in str(caught.value)
