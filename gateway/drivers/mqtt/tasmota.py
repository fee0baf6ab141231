"""Tasmota: `tele/<topic>/SENSOR`, `STATE` and `LWT`.

Sources: tasmota.github.io/docs/MQTT (topics, LWT), /docs/Commands (TelePeriod,
SetOption4), /docs/Smart-Meter-Interface (names of meter values).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.findings import Findings
from gateway.drivers.mqtt.payload import fields, is_online

_Row = tuple[Quantity, str]

_ENERGY: Final[Mapping[str, _Row]] = {
    "Power": (Quantity.ACTIVE_POWER_KW, "W"),
    "ApparentPower": (Quantity.APPARENT_POWER_KVA, "VA"),
    "ReactivePower": (Quantity.REACTIVE_POWER_KVAR, "var"),
    "Factor": (Quantity.POWER_FACTOR, ""),
    "Frequency": (Quantity.FREQUENCY_HZ, ""),
    "Voltage": (Quantity.VOLTAGE_V, ""),
    "Current": (Quantity.CURRENT_A, ""),
    "ExportActive": (Quantity.ENERGY_EXPORT_KWH, ""),
}
_PHASES: Final[Mapping[str, tuple[Quantity, Quantity, Quantity]]] = {
    "Power": (
        Quantity.ACTIVE_POWER_L1_KW,
        Quantity.ACTIVE_POWER_L2_KW,
        Quantity.ACTIVE_POWER_L3_KW,
    ),
    "Voltage": (Quantity.VOLTAGE_L1_V, Quantity.VOLTAGE_L2_V, Quantity.VOLTAGE_L3_V),
    "Current": (Quantity.CURRENT_L1_A, Quantity.CURRENT_L2_A, Quantity.CURRENT_L3_A),
}
_SENSOR: Final[Mapping[str, _Row]] = {
    "Humidity": (Quantity.HUMIDITY_PERCENT, ""),
    "CarbonDioxide": (Quantity.CO2_PPM, ""),
    "Illuminance": (Quantity.ILLUMINANCE_LX, ""),
    "Total_in": (Quantity.ENERGY_IMPORT_KWH, ""),
    "Total_out": (Quantity.ENERGY_EXPORT_KWH, ""),
    "Power_curr": (Quantity.ACTIVE_POWER_KW, "W"),
}
_TELE: Final = ("SENSOR", "STATE", "LWT")
_STAT: Final = ("STATUS8", "STATUS10", "STATUS11", "RESULT")
_MOST_CHANNELS: Final = 8


class Tasmota:
    """A device whose full topic is Tasmota's own, or tells where `%prefix%` stands."""

    def __init__(self, topic: str) -> None:
        full = topic if "%prefix%" in topic else f"%prefix%/{topic}"
        self._full = full.rstrip("/")

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        for prefix, names in (("tele", _TELE), ("stat", _STAT)):
            base = self._full.replace("%prefix%", prefix)
            yield from (f"{base}/{name}" for name in names)

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says."""
        return read(topic, payload)


def read(topic: str, payload: bytes) -> Said:
    """Return what a message on any Tasmota's topic says."""
    if topic.endswith("/LWT"):
        return Said(online=is_online(payload))
    found = fields(payload)
    for wrapper in ("StatusSNS", "StatusSTS"):
        inner = found.get(wrapper)
        found = inner if isinstance(inner, dict) else found
    findings = Findings()
    _state(findings, found)
    for name, group in found.items():
        if name == "ENERGY" and isinstance(group, dict):
            _energy(findings, group)
        elif isinstance(group, dict):
            _sensor(findings, name, group, found)
    told = findings.telegram()
    return Said(told) if told.records or told.refused else NOTHING


def _energy(findings: Findings, group: Mapping[str, object]) -> None:
    """Take a meter's values; its own import counter goes before Tasmota's total."""
    counter = "ImportActive" if "ImportActive" in group else "Total"
    wanted = {**_ENERGY, counter: (Quantity.ENERGY_IMPORT_KWH, "")}
    for name, (quantity, unit) in wanted.items():
        raw, source = group.get(name), f"ENERGY.{name}"
        if not isinstance(raw, list):
            findings.add(quantity, raw, unit, source, "ENERGY")
            continue
        for place, each in enumerate(raw[:_MOST_CHANNELS]):
            part = f"{source}[{place}]"
            findings.add(quantity, each, unit, part, f"ENERGY{place + 1}")
            if name in _PHASES and len(raw) == len(_PHASES[name]):
                findings.add(_PHASES[name][place], each, unit, part, "ENERGY")


def _sensor(
    findings: Findings,
    name: str,
    group: Mapping[str, object],
    whole: Mapping[str, object],
) -> None:
    units = {
        "Temperature": (Quantity.TEMPERATURE_C, _unit(whole, "TempUnit", "C")),
        "Pressure": (Quantity.PRESSURE_HPA, _unit(whole, "PressureUnit", "hPa")),
    }
    for key, (quantity, unit) in {**_SENSOR, **units}.items():
        findings.add(quantity, group.get(key), unit, f"{name}.{key}", name)


def _unit(whole: Mapping[str, object], key: str, usual: str) -> str:
    return str(whole.get(key, usual))[:8]


def _state(findings: Findings, found: Mapping[str, object]) -> None:
    for name, raw in found.items():
        if name == "POWER" or (name.startswith("POWER") and name[5:].isdigit()):
            findings.add(Quantity.SWITCH, raw, "", name, name)
    findings.add(Quantity.DIM_LEVEL_PERCENT, found.get("Dimmer"), "", "Dimmer")
