"""Shelly, second generation and later: `events/rpc` and `status/<component>`.

Source: shelly-api-docs.shelly.cloud/gen2: General/Notifications and, below
ComponentsAndServices, Mqtt, Switch, Light, PM1, EM, EMData, EM1, EM1Data,
Temperature, Humidity, Illuminance. Powers in W, energies in Wh.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.findings import Findings
from gateway.drivers.mqtt.payload import fields, instant, is_online
from gateway.telegram import TelegramError

_Rows = Mapping[str, tuple[Quantity, str]]

_SWITCH: Final[_Rows] = {
    "output": (Quantity.SWITCH, ""),
    "brightness": (Quantity.DIM_LEVEL_PERCENT, ""),
    "apower": (Quantity.ACTIVE_POWER_KW, "W"),
    "voltage": (Quantity.VOLTAGE_V, ""),
    "current": (Quantity.CURRENT_A, ""),
    "freq": (Quantity.FREQUENCY_HZ, ""),
    "pf": (Quantity.POWER_FACTOR, ""),
    "aenergy.total": (Quantity.ENERGY_IMPORT_KWH, "Wh"),
    "ret_aenergy.total": (Quantity.ENERGY_EXPORT_KWH, "Wh"),
}
_EM: Final[_Rows] = {
    "total_act_power": (Quantity.ACTIVE_POWER_KW, "W"),
    "total_aprt_power": (Quantity.APPARENT_POWER_KVA, "VA"),
    "total_current": (Quantity.CURRENT_A, ""),
    "a_act_power": (Quantity.ACTIVE_POWER_L1_KW, "W"),
    "b_act_power": (Quantity.ACTIVE_POWER_L2_KW, "W"),
    "c_act_power": (Quantity.ACTIVE_POWER_L3_KW, "W"),
    "a_voltage": (Quantity.VOLTAGE_L1_V, ""),
    "b_voltage": (Quantity.VOLTAGE_L2_V, ""),
    "c_voltage": (Quantity.VOLTAGE_L3_V, ""),
    "a_current": (Quantity.CURRENT_L1_A, ""),
    "b_current": (Quantity.CURRENT_L2_A, ""),
    "c_current": (Quantity.CURRENT_L3_A, ""),
    "a_freq": (Quantity.FREQUENCY_HZ, ""),
}
_COMPONENTS: Final[Mapping[str, _Rows]] = {
    "switch": _SWITCH,
    "light": _SWITCH,
    "cover": {name: row for name, row in _SWITCH.items() if name != "output"},
    "pm1": _SWITCH,
    "em": _EM,
    "emdata": {
        "total_act": (Quantity.ENERGY_IMPORT_KWH, "Wh"),
        "total_act_ret": (Quantity.ENERGY_EXPORT_KWH, "Wh"),
    },
    "em1": {
        "act_power": (Quantity.ACTIVE_POWER_KW, "W"),
        "aprt_power": (Quantity.APPARENT_POWER_KVA, "VA"),
        "voltage": (Quantity.VOLTAGE_V, ""),
        "current": (Quantity.CURRENT_A, ""),
        "pf": (Quantity.POWER_FACTOR, ""),
        "freq": (Quantity.FREQUENCY_HZ, ""),
    },
    "em1data": {
        "total_act_energy": (Quantity.ENERGY_IMPORT_KWH, "Wh"),
        "total_act_ret_energy": (Quantity.ENERGY_EXPORT_KWH, "Wh"),
    },
    "temperature": {"tC": (Quantity.TEMPERATURE_C, "")},
    "humidity": {"rh": (Quantity.HUMIDITY_PERCENT, "")},
    "illuminance": {"lux": (Quantity.ILLUMINANCE_LX, "")},
}
_METHODS: Final = ("NotifyStatus", "NotifyFullStatus")
_MOST_COMPONENTS: Final = 64


class Shelly2:
    """A device below its topic prefix."""

    def __init__(self, topic: str) -> None:
        self._topic = topic.rstrip("/")

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        for name in ("online", "events/rpc", "status/+"):
            yield f"{self._topic}/{name}"

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says."""
        return read(topic, payload)


def read(topic: str, payload: bytes) -> Said:
    """Return what a message on any device's topic says.

    Raises:
        TelegramError: It is no notification and no status.
    """
    if topic.endswith("/online"):
        return Said(online=is_online(payload))
    found = fields(payload)
    component = topic.rpartition("/")[2] if "/status/" in topic else ""
    if component:
        findings = Findings()
        _component(findings, component, found)
    else:
        findings = _notified(found)
    told = findings.telegram()
    return Said(told) if told.records or told.refused else NOTHING


def _notified(found: Mapping[str, object]) -> Findings:
    """Return what a notification tells, or a bare status of the whole device."""
    params: object = found
    if "method" in found:
        if found["method"] not in _METHODS:
            return Findings()
        params = found.get("params")
    if not isinstance(params, dict):
        raise TelegramError("a notification without params")
    findings = Findings(instant(params.get("ts")))
    for name, state in list(params.items())[:_MOST_COMPONENTS]:
        if isinstance(state, dict):
            _component(findings, name, state)
    return findings


def _component(findings: Findings, name: str, state: Mapping[str, object]) -> None:
    kind, _, number = name.partition(":")
    channel = f"{kind.removesuffix('data')}:{number}"
    for key, (quantity, unit) in _COMPONENTS.get(kind, {}).items():
        outer, _, inner = key.partition(".")
        raw = state.get(outer)
        if inner:
            raw = raw.get(inner) if isinstance(raw, dict) else None
        findings.add(quantity, raw, unit, f"{name}.{key}", channel)
