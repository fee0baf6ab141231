"""Shelly, first generation: one value a topic below `shellies/<id>`.

Source: shelly-api-docs.shelly.cloud/gen1 (MQTT support of Shelly1/1PM, EM, 3EM, H&T):
`energy` of a relay counts watt-minutes, `total` of an energy meter watt-hours.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.findings import Findings
from gateway.drivers.mqtt.payload import is_online, text

_Row = tuple[Quantity, str]

_PART: Final = re.compile(
    r"(relay|light|roller|emeter|ext_temperature|ext_humidity)/(\d{1,2})(?:/(\w+))?$"
)
_RELAY: Final[Mapping[str | None, _Row]] = {
    None: (Quantity.SWITCH, ""),
    "power": (Quantity.ACTIVE_POWER_KW, "W"),
    "energy": (Quantity.ENERGY_IMPORT_KWH, "Wmin"),
}
_DRIVE: Final[Mapping[str | None, _Row]] = {
    name: row for name, row in _RELAY.items() if name
}
_EMETER: Final[Mapping[str | None, _Row]] = {
    "power": (Quantity.ACTIVE_POWER_KW, "W"),
    "reactive_power": (Quantity.REACTIVE_POWER_KVAR, "var"),
    "voltage": (Quantity.VOLTAGE_V, ""),
    "current": (Quantity.CURRENT_A, ""),
    "pf": (Quantity.POWER_FACTOR, ""),
    "total": (Quantity.ENERGY_IMPORT_KWH, "Wh"),
    "total_returned": (Quantity.ENERGY_EXPORT_KWH, "Wh"),
}
_PARTS: Final[Mapping[str, Mapping[str | None, _Row]]] = {
    "relay": _RELAY,
    "light": _RELAY,
    "roller": _DRIVE,
    "emeter": _EMETER,
    "ext_temperature": {None: (Quantity.TEMPERATURE_C, "")},
    "ext_humidity": {None: (Quantity.HUMIDITY_PERCENT, "")},
}
_PHASES: Final[Mapping[str, tuple[Quantity, ...]]] = {
    "power": (
        Quantity.ACTIVE_POWER_L1_KW,
        Quantity.ACTIVE_POWER_L2_KW,
        Quantity.ACTIVE_POWER_L3_KW,
    ),
    "voltage": (Quantity.VOLTAGE_L1_V, Quantity.VOLTAGE_L2_V, Quantity.VOLTAGE_L3_V),
    "current": (Quantity.CURRENT_L1_A, Quantity.CURRENT_L2_A, Quantity.CURRENT_L3_A),
}
_SENSORS: Final[Mapping[str, _Row]] = {
    "sensor/temperature": (Quantity.TEMPERATURE_C, ""),
    "sensor/humidity": (Quantity.HUMIDITY_PERCENT, ""),
    "sensor/lux": (Quantity.ILLUMINANCE_LX, ""),
    "sensor/motion": (Quantity.OCCUPANCY, ""),
}


class Shelly1:
    """A device below its `shellies/<id>`."""

    def __init__(self, topic: str) -> None:
        self._topic = topic.rstrip("/")

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        yield f"{self._topic}/#"

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says."""
        return read(topic, payload)


def read(topic: str, payload: bytes) -> Said:
    """Return what a message on any device's topic says."""
    if topic.endswith("/online"):
        return Said(online=is_online(payload))
    findings = Findings()
    for name, row in _SENSORS.items():
        if topic.endswith(f"/{name}"):
            findings.add(row[0], text(payload), row[1], name)
    found = _PART.search(topic)
    if found is not None:
        _part(findings, found, payload)
    told = findings.telegram()
    return Said(told) if told.records or told.refused else NOTHING


def _part(findings: Findings, found: re.Match[str], payload: bytes) -> None:
    kind, channel, name = found.groups()
    row = _PARTS[kind].get(name)
    if row is None:
        return
    raw = text(payload)
    findings.add(row[0], raw, row[1], found[0], channel)
    phases = _PHASES.get(name or "", ())
    if kind == "emeter" and int(channel) < len(phases):
        findings.add(phases[int(channel)], raw, row[1], found[0])
