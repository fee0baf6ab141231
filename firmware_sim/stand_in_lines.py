"""Which kind of simulated device stands in for one of a gateway.toml, by its line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from firmware_sim.scenario.spec import DeviceSpec, LineSpec

_KEPT: Final = ("timeout_s", "baudrate", "parity", "columns")
"""What of a line holds for its stand-in as well."""

_MBUS: Final[Mapping[str, str]] = {
    "heat_kwh": "mbus_heat",
    "water_m3": "mbus_water",
    "gas_m3": "mbus_gas",
    "humidity_percent": "mbus_climate",
}
_PAYLOADS: Final[Mapping[str, str]] = {
    "tasmota": "tasmota_plug",
    "shelly1": "shelly_1pm",
    "shelly2": "shelly_pro_3em",
    "esphome": "esphome_meter",
    "zigbee2mqtt": "zigbee_climate",
    "homeassistant": "homeassistant_sensor",
    "json": "json_weather_station",
}
_PULSES: Final[Mapping[str, str]] = {
    "gas_m3": "gas_pulses",
    "water_m3": "water_pulses",
    "energy_import_kwh": "energy_pulses",
}

Table = Mapping[str, object]


def _quantities(device: Table) -> list[str]:
    listed = device.get("quantities")
    return [str(each) for each in listed] if isinstance(listed, list) else []


def _by_quantity(kinds: Mapping[str, str], otherwise: str) -> Callable[[Table], str]:
    def kind(device: Table) -> str:
        names = _quantities(device)
        return next((kinds[name] for name in names if name in kinds), otherwise)

    return kind


def _dsmr(device: Table) -> str:
    return "dsmr_gas" if _quantities(device) == ["gas_m3"] else "dsmr_meter"


_KINDS: Final[Mapping[str, Callable[[Table], str]]] = {
    "modbus_tcp": lambda device: str(device.get("model")),
    "modbus_rtu": lambda device: str(device.get("model")),
    "modbus_rtu_tcp": lambda device: str(device.get("model")),
    "mbus": _by_quantity(_MBUS, "mbus_electricity"),
    "iec62056": lambda _: "iec62056_meter",
    "dsmr": _dsmr,
    "sml": lambda _: "sml_meter",
    "text_line": lambda _: "json_board",
    "pulse": _by_quantity(_PULSES, "gas_pulses"),
    "mqtt": lambda device: _PAYLOADS.get(str(device.get("payload")), "tasmota_plug"),
    "ocpp": lambda _: "charge_point",
}

PLAYED: Final = tuple(_KINDS)
"""Types of line that are played so."""


def line_spec(name: str, kind: str, line: Table, devices: Sequence[Table]) -> LineSpec:
    """Return what plays a line of a gateway.toml with its devices."""
    specs = [
        DeviceSpec(
            str(each.get("name")),
            str(each.get("node", "")),
            _KINDS[kind](each),
            options=each,
        )
        for each in devices
    ]
    specs.sort(key=lambda device: device.kind == "dsmr_gas")
    options = {key: line[key] for key in _KEPT if key in line}
    return LineSpec(name, kind, None, options, tuple(specs))
