"""ESPHome: `<prefix>/<component>/<object id>/state` and `<prefix>/status`.

Source: esphome.io/components/mqtt. A state carries no unit: it counts only if the
object id is a quantity, its last words name one with a settled unit or a unit, or the
configuration says what it is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.findings import Findings, number
from gateway.drivers.mqtt.line import Source
from gateway.drivers.mqtt.payload import is_online, text

_STATE: Final = re.compile(r"(?:^|/)(sensor|binary_sensor|switch)/([^/]{1,120})/state$")
_SETTLED: Final[Mapping[str, Quantity]] = {
    "voltage": Quantity.VOLTAGE_V,
    "current": Quantity.CURRENT_A,
    "frequency": Quantity.FREQUENCY_HZ,
    "power_factor": Quantity.POWER_FACTOR,
    "temperature": Quantity.TEMPERATURE_C,
    "humidity": Quantity.HUMIDITY_PERCENT,
    "co2": Quantity.CO2_PPM,
    "illuminance": Quantity.ILLUMINANCE_LX,
}
_WITH_UNIT: Final[Mapping[str, Quantity]] = {
    "power": Quantity.ACTIVE_POWER_KW,
    "energy": Quantity.ENERGY_IMPORT_KWH,
    "pressure": Quantity.PRESSURE_HPA,
}
_UNITS: Final = {"w": "W", "kw": "kW", "wh": "Wh", "kwh": "kWh", "hpa": "hPa"}
_BINARY: Final[Mapping[str, Quantity]] = {
    "occupancy": Quantity.OCCUPANCY,
    "motion": Quantity.OCCUPANCY,
    "presence": Quantity.OCCUPANCY,
}


class EspHome:
    """A node below its topic prefix."""

    def __init__(self, topic: str, values: Mapping[Quantity, Source]) -> None:
        self._topic = topic.rstrip("/")
        self._values = values

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        for name in ("status", *(f"{kind}/+/state" for kind in _KINDS)):
            yield f"{self._topic}/{name}"

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says."""
        return read(topic, payload, self._values)


_KINDS: Final = ("sensor", "binary_sensor", "switch")


def read(
    topic: str, payload: bytes, values: Mapping[Quantity, Source] | None = None
) -> Said:
    """Return what a message on any node's topic says."""
    if topic.endswith("/status"):
        return Said(online=is_online(payload))
    found = _STATE.search(topic)
    if found is None:
        return NOTHING
    kind, name = found.groups()
    findings = Findings()
    raw = text(payload)
    given = {
        quantity: each
        for quantity, each in (values or {}).items()
        if each.path in (name, f"{kind}/{name}")
    }
    for quantity, each in given.items():
        value = number(raw)
        scaled = raw if value is None else value * each.scale
        findings.add(quantity, scaled, each.unit, f"{kind}/{name}")
    if not given:
        _named(findings, kind, name, raw)
    told = findings.telegram()
    return Said(told) if told.records or told.refused else NOTHING


def _named(findings: Findings, kind: str, name: str, raw: str) -> None:
    """Take a state for what its object id says it is."""
    source = f"{kind}/{name}"
    if name in set(Quantity):
        quantity = Quantity(name)
        findings.add(quantity, raw, DEFINITIONS[quantity].unit, source)
        return
    if kind == "switch":
        findings.add(Quantity.SWITCH, raw, "", source, name)
        return
    for table in (_SETTLED, _BINARY) if kind == "sensor" else (_BINARY,):
        for word, quantity in table.items():
            if name == word or name.endswith(f"_{word}"):
                channel = name.removesuffix(word).rstrip("_")
                findings.add(quantity, raw, "", source, channel)
                return
    stem, _, unit = name.rpartition("_")
    for word, quantity in _WITH_UNIT.items():
        if unit in _UNITS and (stem == word or stem.endswith(f"_{word}")):
            channel = stem.removesuffix(word).rstrip("_")
            findings.add(quantity, raw, _UNITS[unit], source, channel)
        elif name == word or name.endswith(f"_{word}"):
            findings.refuse(
                f"{source}: no unit; name it {name}_<unit>, or say so in values"
            )
