"""Which part plays a type of line, loaded when one is played."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from firmware_sim.scenario.part import Clock, Part
from firmware_sim.scenario.spec import LineSpec, ScenarioError

_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "modbus_tcp": ("modbus", "ModbusPart"),
    "modbus_rtu": ("modbus", "ModbusPart"),
    "modbus_rtu_tcp": ("modbus", "ModbusPart"),
    "bacnet": ("bacnet", "BacnetPart"),
    "mqtt": ("mqtt", "MqttPart"),
    "http_push": ("http_push", "PushPart"),
    "ocpp": ("ocpp", "OcppPart"),
    "mbus": ("asked", "MbusPart"),
    "iec62056": ("asked", "IecPart"),
    "dsmr": ("telling", "TellingPart"),
    "sml": ("telling", "TellingPart"),
    "text_line": ("telling", "TellingPart"),
    "pulse": ("telling", "TellingPart"),
}


def part(line: LineSpec, clock: Clock) -> Part:
    """Return what plays `line`.

    Raises:
        ScenarioError: Nobody plays lines of its type, or one of its devices.
    """
    if line.type not in _PARTS:
        known = ", ".join(sorted(_PARTS))
        raise ScenarioError(f"lines.{line.name}.type: {line.type!r}; known: {known}")
    module, name = _PARTS[line.type]
    loaded = import_module(f"firmware_sim.scenario.{module}")
    make = cast(Callable[[LineSpec, Clock], Part], getattr(loaded, name))
    return make(line, clock)
