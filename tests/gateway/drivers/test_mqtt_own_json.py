"""JSON of one's own making, read by configured paths."""

import pytest

from contract.quantity import Quantity
from gateway.drivers.mqtt.line import MqttPlace, Source
from gateway.drivers.mqtt.own_json import OwnJson
from gateway.drivers.mqtt.path import JsonPath
from gateway.telegram import TelegramError
from tests.gateway.drivers.test_mqtt_payloads import values


def own(**values):
    sources = {Quantity(name): source for name, source in values.items()}
    place = MqttPlace(
        "json", "shed", values=sources, time="$.t", availability="shed/up"
    )
    return OwnJson(place)


def test_own_json_is_read_by_paths_with_unit_and_scale():
    device = own(
        active_power_kw=Source("$.meter.power", "W"),
        rain_mm=Source("$.rain[1]['tips total']", scale=0.2),
    )
    payload = b'{"t":1700000000,"meter":{"power":1500},"rain":[0,{"tips total":12}]}'
    said = device.read("shed", payload)
    assert values(said) == {"active_power_kw": 1.5, "rain_mm": pytest.approx(2.4)}
    assert {each.at.timestamp() for each in said.telegram.measured} == {1.7e9}
    assert device.read("shed/up", b"0").online is False
    with pytest.raises(TelegramError, match=r"nothing at \$\.meter\.power"):
        device.read("shed", b'{"other": 1}')


@pytest.mark.parametrize("text", ["meter", "$meter", "$.a..b", "$[x]", "$.a[", "$" * 9])
def test_a_path_that_is_none_is_told(text):
    with pytest.raises(ValueError, match="path"):
        JsonPath.parse(text)
