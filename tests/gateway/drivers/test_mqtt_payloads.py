"""What devices publish by MQTT, as their makers print it."""

import json

import pytest

from contract.quantity import Quantity
from gateway.drivers.mqtt import dialects, esphome, shelly1, shelly2, tasmota
from gateway.drivers.mqtt import zigbee2mqtt as zigbee
from gateway.drivers.mqtt.dialect import NOTHING
from gateway.drivers.mqtt.homeassistant import HomeAssistant
from gateway.drivers.mqtt.line import Source
from gateway.telegram import TelegramError
from tests.gateway.drivers.captures import capture

# shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/EM, "EM.GetStatus example".
SHELLY_EM = (
    b'{"id":0,"a_current":4.029,"a_voltage":236.1,"a_act_power":951.2,'
    b'"a_aprt_power":951.9,"a_pf":1,"a_freq":50,"b_current":4.027,"b_voltage":236.201,'
    b'"b_act_power":-951.1,"b_aprt_power":951.8,"b_pf":1,"b_freq":50,"c_current":3.03,'
    b'"c_voltage":236.402,"c_active_power":715.4,"c_aprt_power":716.2,"c_pf":1,'
    b'"c_freq":50,"n_current":11.029,"total_current":11.083,'
    b'"total_act_power":2484.782,"total_aprt_power":2486.7,'
    b'"user_calibrated_phase":[],"errors":["phase_sequence"]}'
)
# The example status of .../gen2/Components/FunctionalComponents/Switch, in the frame
# that .../gen2/General/Notifications describes.
SHELLY_NOTIFIED = (
    b'{"src":"shellyplus1pm-1","dst":"shellyplus1pm-1/events","method":"NotifyStatus",'
    b'"params":{"ts":1626942400.44,"switch:0":{"id":0,"source":"timer","output":false,'
    b'"timer_started_at":1626942399.36,"timer_duration":60,"apower":0,'
    b'"voltage":237.571,"aenergy":{"total":14.093}}}}'
)
# As a Shelly EM Gen3 was recorded by a reader of its meter.
SHELLY_EM1 = (
    b'{"src":"shellyemg3-dcb4d9c564f4","dst":"shellyemg3/events",'
    b'"method":"NotifyStatus","params":{"ts":1788820998.37,'
    b'"em1:0":{"id":0,"current":16.714,"act_power":-1899.8,"voltage":117.6}}}'
)
# zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages, "zigbee2mqtt/FRIENDLY_NAME".
ZIGBEE_CLIMATE = b'{"temperature": 27.34, "humidity": 44.72}'
ZIGBEE_BULB = b'{"state": "ON", "brightness": 215, "color_temp": 325}'
# home-assistant.io/integrations/mqtt, discovery of sensors with several values.
ANNOUNCED = (
    b'{"device_class":"temperature","state_topic":"homeassistant/sensor/sensorBedroom'
    b'/state","unit_of_measurement":"\xc2\xb0C","value_template":"{{ value_json.'
    b'temperature}}","unique_id":"temp01ae","device":{"identifiers":["bedroom01ae"],'
    b'"name":"Bedroom"}}'
)
STATE = b'{ "temperature":23.20, "humidity":43.70 }'
STATE_TOPIC = "homeassistant/sensor/sensorBedroom/state"


def values(said):
    return {
        f"{each.quantity}@{each.meter_id}".rstrip("@"): each.value
        for each in said.telegram.measured
    }


def test_a_tasmota_plug_as_recorded():
    said = tasmota.read("tele/plug/SENSOR", capture("tasmota/sensor_01.json"))
    found = {each.quantity: each.value for each in said.telegram.measured}
    assert found[Quantity.ENERGY_IMPORT_KWH] == 1290.396
    assert found[Quantity.ACTIVE_POWER_KW] == 0.04711


def test_a_tasmota_that_reads_a_smart_meter_and_the_climate_as_recorded():
    said = tasmota.read("stat/meter/STATUS8", capture("tasmota/sensor_02.json"))
    assert values(said) == {
        "temperature_c@HTU21": 25.2,
        "humidity_percent@HTU21": 45.5,
        "energy_import_kwh@SML": 34507.4761,
        "energy_export_kwh@SML": 14737.1422,
        "active_power_kw@SML": -0.894,
    }


def test_a_meters_own_import_counter_goes_before_tasmotas_total():
    said = tasmota.read("tele/meter/SENSOR", capture("tasmota/sensor_03.json"))
    found = values(said)
    assert found["energy_import_kwh@ENERGY"] == 12.58
    assert found["energy_export_kwh@ENERGY"] == 0.0
    assert found["reactive_power_kvar@ENERGY"] == -0.00721
    assert found["frequency_hz@ENERGY"] == 50.0


def test_a_tasmota_thermometer_in_either_unit():
    raw = capture("tasmota/sensor_04.json")
    assert values(tasmota.read("", raw)) == {"temperature_c@DS18B20": 2.4}
    fahrenheit = raw.replace(b"2.4", b"36.32").replace(b'"C"', b'"F"')
    found = values(tasmota.read("", fahrenheit))
    assert found["temperature_c@DS18B20"] == pytest.approx(2.4)


def test_a_tasmota_of_three_phases_has_a_value_for_each():
    said = tasmota.read(
        "", b'{"ENERGY":{"Power":[100,200,-50],"Voltage":[230,231,229]}}'
    )
    found = values(said)
    assert found["active_power_l2_kw@ENERGY"] == 0.2
    assert found["active_power_kw@ENERGY3"] == -0.05
    assert found["voltage_l3_v@ENERGY"] == 229


@pytest.mark.parametrize(
    ("read", "topic", "payload", "online"),
    [
        (tasmota.read, "tele/plug/LWT", b"Online", True),
        (tasmota.read, "tele/plug/LWT", b"Offline", False),
        (shelly1.read, "shellies/shelly1pm-1/online", b"false", False),
        (shelly2.read, "shellyplus1pm-1/online", b"true", True),
        (esphome.read, "node/status", b"offline", False),
        (zigbee.read, "zigbee2mqtt/hall/availability", b'{"state":"offline"}', False),
        (zigbee.read, "zigbee2mqtt/hall/availability", b"online", True),
        (zigbee.read, "zigbee2mqtt/bridge/state", b'{"state":"offline"}', False),
        (tasmota.read, "tele/plug/LWT", b"perhaps", None),
    ],
)
def test_a_last_will_tells_whether_the_device_is_there(read, topic, payload, online):
    assert read(topic, payload).online is online


def test_a_first_shelly_counts_watt_minutes_at_a_relay_and_watt_hours_at_a_meter():
    # shelly-api-docs.shelly.cloud/gen1: Shelly1/1PM: MQTT; Shelly EM: MQTT.
    recorded = b"""
shellies/shelly1pm-B1/relay/0 on
shellies/shelly1pm-B1/relay/0/power 37.60
shellies/shelly1pm-B1/relay/0/energy 90000
shellies/shelly1pm-B1/temperature 48.12
shellies/shellyem-C2/emeter/1/power -512.40
shellies/shellyem-C2/emeter/1/energy 77
shellies/shellyem-C2/emeter/1/total 1234567.8
shellies/shellyem-C2/emeter/1/total_returned 2500.0
shellies/shellyht-D3/sensor/temperature 21.50
"""
    found = dialects.decode("shelly1", recorded)
    assert [
        (each.quantity.value, each.meter_id, each.value) for each in found.measured
    ] == [
        ("switch", "0", 1.0),
        ("active_power_kw", "0", 0.0376),
        ("energy_import_kwh", "0", 1.5),
        ("active_power_kw", "1", -0.5124),
        ("active_power_l2_kw", "", -0.5124),
        ("energy_import_kwh", "1", 1234.5678),
        ("energy_export_kwh", "1", 2.5),
        ("temperature_c", "", 21.5),
    ]


def test_a_later_shelly_notifies_with_its_instant():
    said = shelly2.read("shellyplus1pm-1/events/rpc", SHELLY_NOTIFIED)
    assert values(said) == {
        "switch@switch:0": 0.0,
        "active_power_kw@switch:0": 0.0,
        "voltage_v@switch:0": 237.571,
        "energy_import_kwh@switch:0": 0.014093,
    }
    instants = {each.at.isoformat() for each in said.telegram.measured}
    assert instants == {"2021-07-22T08:26:40.440000+00:00"}
    assert values(shelly2.read("shellyemg3/events/rpc", SHELLY_EM1)) == {
        "active_power_kw@em1:0": -1.8998,
        "voltage_v@em1:0": 117.6,
        "current_a@em1:0": 16.714,
    }


def test_a_later_shelly_of_three_phases_tells_its_status():
    found = values(shelly2.read("pro3em/status/em:0", SHELLY_EM))
    assert found["active_power_kw@em:0"] == 2.484782
    assert found["active_power_l2_kw@em:0"] == -0.9511
    assert found["voltage_l3_v@em:0"] == 236.402
    counters = b'{"id":0,"total_act":1234567.0,"total_act_ret":89000.0}'
    assert values(shelly2.read("pro3em/status/emdata:0", counters)) == {
        "energy_import_kwh@em:0": 1234.567,
        "energy_export_kwh@em:0": 89.0,
    }


def test_what_a_shelly_answers_to_others_is_not_measured():
    other = b'{"id":1,"src":"x","dst":"y","method":"NotifyEvent","params":{"ts":1}}'
    assert shelly2.read("x/events/rpc", other) is NOTHING


@pytest.mark.parametrize(
    ("name", "payload", "found"),
    [
        ("livingroom_temperature", b"21.4", {"temperature_c@livingroom": 21.4}),
        ("active_power_kw", b"1.5", {"active_power_kw": 1.5}),
        ("pump_power_w", b"1500", {"active_power_kw@pump": 1.5}),
        ("pump_energy_wh", b"2500", {"energy_import_kwh@pump": 2.5}),
        ("co2", b"612", {"co2_ppm": 612}),
    ],
)
def test_an_esphome_state_counts_by_what_its_name_settles(name, payload, found):
    # esphome.io/components/mqtt: <topic_prefix>/sensor/<object id>/state
    assert values(esphome.read(f"livingroom/sensor/{name}/state", payload)) == found


def test_an_esphome_power_without_unit_is_not_guessed_but_may_be_configured():
    topic = "node/sensor/plug_power/state"
    said = esphome.read(topic, b"47.1")
    assert said.telegram.refused == (
        "sensor/plug_power: no unit; name it plug_power_<unit>, or say so in values",
    )
    given = {Quantity.ACTIVE_POWER_KW: Source("sensor/plug_power", "W")}
    assert values(esphome.read(topic, b"47.1", given)) == {"active_power_kw": 0.0471}


def test_zigbee_devices_as_the_guide_prints_them():
    assert values(zigbee.read("zigbee2mqtt/hall", ZIGBEE_CLIMATE)) == {
        "temperature_c": 27.34,
        "humidity_percent": 44.72,
    }
    assert values(zigbee.read("zigbee2mqtt/motion", b'{"occupancy": true}')) == {
        "occupancy": 1.0
    }
    bulb = values(zigbee.read("zigbee2mqtt/bulb", ZIGBEE_BULB))
    assert bulb == {"switch": 1.0, "dim_level_percent": pytest.approx(84.645669)}


def test_the_millivolts_of_a_zigbee_battery_are_no_mains_voltage():
    assert zigbee.read("", b'{"battery":80,"voltage":2985}') is NOTHING
    plug = values(zigbee.read("", b'{"power":12.5,"voltage":231,"energy":4.25}'))
    assert plug == {
        "active_power_kw": 0.0125,
        "voltage_v": 231,
        "energy_import_kwh": 4.25,
    }


def test_an_announced_device_is_read_as_its_config_says():
    device = HomeAssistant("homeassistant/sensor/sensorBedroomT")
    device.read("homeassistant/sensor/sensorBedroomT/config", ANNOUNCED)
    assert STATE_TOPIC in set(device.topics())
    assert values(device.read(STATE_TOPIC, STATE)) == {"temperature_c": 23.2}
    device.read("homeassistant/sensor/sensorBedroomT/config", b"")
    assert STATE_TOPIC not in set(device.topics())


def test_an_announcement_may_be_short_and_of_several_values_at_once():
    config = {
        "~": "pv/inverter",
        "dev": {"ids": "pv"},
        "o": {"name": "bridge"},
        "avty": [{"t": "~/up", "pl_avail": "yes", "pl_not_avail": "no"}],
        "cmps": {
            "p": {
                "p": "sensor",
                "dev_cla": "power",
                "unit_of_meas": "W",
                "stat_t": "~/state",
                "val_tpl": "{{ value_json['ac'][0].p | float(0) | round(1) }}",
            },
            "motion": {
                "p": "binary_sensor",
                "dev_cla": "occupancy",
                "stat_t": "~/motion",
                "pl_on": "seen",
                "pl_off": "none",
            },
        },
    }
    device = HomeAssistant("homeassistant/device/pv")
    device.read("homeassistant/device/pv/config", json.dumps(config).encode())
    state = b'{"ac": [{"p": 4200}]}'
    assert values(device.read("pv/inverter/state", state)) == {"active_power_kw": 4.2}
    assert values(device.read("pv/inverter/motion", b"seen")) == {"occupancy": 1.0}
    assert values(device.read("pv/inverter/motion", b"none")) == {"occupancy": 0.0}
    assert device.read("pv/inverter/up", b"no").online is False


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"value_json.temperature", b"value_json.t / 10", "computes"),
        (b"value_json.temperature", b"states('x')", "computes"),
        (b"homeassistant/sensor/sensorBedroom/state", b"a/#", "no usable state_topic"),
        (b"homeassistant/sensor/sensorBedroom/state", b"", "no usable state_topic"),
    ],
)
def test_an_announcement_that_cannot_be_used_is_told(old, new, why):
    device = HomeAssistant("homeassistant/sensor/x")
    with pytest.raises(TelegramError, match=why):
        device.read("homeassistant/sensor/x/config", ANNOUNCED.replace(old, new))
