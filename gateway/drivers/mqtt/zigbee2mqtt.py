"""Zigbee2MQTT: one JSON object of a device's state on `zigbee2mqtt/<friendly name>`.

Source: zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages (topics, availability,
bridge/state) and the "Exposes" of its supported devices (names and units).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.findings import Findings
from gateway.drivers.mqtt.payload import fields, instant, is_online

_Row = tuple[Quantity, str]

_FULL_BRIGHTNESS: Final = 254
_EXPOSES: Final[Mapping[str, _Row]] = {
    "temperature": (Quantity.TEMPERATURE_C, ""),
    "local_temperature": (Quantity.TEMPERATURE_C, ""),
    "occupied_heating_setpoint": (Quantity.SETPOINT_TEMPERATURE_C, ""),
    "current_heating_setpoint": (Quantity.SETPOINT_TEMPERATURE_C, ""),
    "humidity": (Quantity.HUMIDITY_PERCENT, ""),
    "co2": (Quantity.CO2_PPM, ""),
    "pressure": (Quantity.PRESSURE_HPA, ""),
    "occupancy": (Quantity.OCCUPANCY, ""),
    "presence": (Quantity.OCCUPANCY, ""),
    "state": (Quantity.SWITCH, ""),
    "power": (Quantity.ACTIVE_POWER_KW, "W"),
    "current": (Quantity.CURRENT_A, ""),
    "energy": (Quantity.ENERGY_IMPORT_KWH, ""),
    "produced_energy": (Quantity.ENERGY_EXPORT_KWH, ""),
    "ac_frequency": (Quantity.FREQUENCY_HZ, ""),
    "power_factor": (Quantity.POWER_FACTOR, ""),
}
_FIRST: Final = {"temperature": "local_temperature", "occupancy": "presence"}
_METERED: Final = ("power", "current", "energy")


class Zigbee2Mqtt:
    """A device by the topic that ends in its friendly name."""

    def __init__(self, topic: str) -> None:
        self._topic = topic.rstrip("/")
        self._bridge = f"{self._topic.partition('/')[0]}/bridge/state"

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        yield from (self._topic, f"{self._topic}/availability", self._bridge)

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says."""
        return read(topic, payload)


def read(topic: str, payload: bytes) -> Said:
    """Return what a message on any device's topic says."""
    if topic.endswith(("/availability", "/bridge/state")):
        return Said(online=is_online(payload))
    found = fields(payload)
    findings = Findings(instant(found.get("last_seen")))
    for name, (quantity, unit) in _EXPOSES.items():
        if name in _FIRST.values() and any(
            other in found for other, later in _FIRST.items() if later == name
        ):
            continue
        findings.add(quantity, found.get(name), unit, name)
    _brightness(findings, found)
    lux = "illuminance_lux" if "illuminance_lux" in found else "illuminance"
    findings.add(Quantity.ILLUMINANCE_LX, found.get(lux), "", lux)
    if any(name in found for name in _METERED):  # elsewhere it is the battery's, in mV
        findings.add(Quantity.VOLTAGE_V, found.get("voltage"), "", "voltage")
    told = findings.telegram()
    return Said(told) if told.records or told.refused else NOTHING


def _brightness(findings: Findings, found: Mapping[str, object]) -> None:
    raw = found.get("brightness")
    if isinstance(raw, int | float) and abs(raw) <= _FULL_BRIGHTNESS:
        percent = raw / _FULL_BRIGHTNESS * 100
        findings.add(Quantity.DIM_LEVEL_PERCENT, percent, "", "brightness")
