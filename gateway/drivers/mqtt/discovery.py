"""Home Assistant discovery: a retained config message says what a state topic means.

Source: home-assistant.io/integrations/mqtt (discovery topic, payload, abbreviations,
base topic `~`, availability) and /integrations/sensor.mqtt, /binary_sensor.mqtt.
Of templates only the plain look-up is read: `{{ value_json.a.b }}`, `{{ value }}`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.path import JsonPath
from gateway.telegram import TelegramError

MOST_TOPIC: Final = 256

_TEMPLATE: Final = re.compile(
    r"\{\{-?\s*value(_json)?((?:\.[^\W\d]\w*|\[[^\]]{1,80}\])*)"
    r"(?:\s*\|\s*(?:float|int|round)(?:\([^()|]{0,20}\))?)*\s*-?\}\}"
)
_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "stat_t": "state_topic",
    "val_tpl": "value_template",
    "unit_of_meas": "unit_of_measurement",
    "dev_cla": "device_class",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "avty": "availability",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_on": "payload_on",
    "pl_off": "payload_off",
    "t": "topic",
    "cmps": "components",
    "p": "platform",
}
_CLASSES: Final[Mapping[str, Quantity]] = {
    "power": Quantity.ACTIVE_POWER_KW,
    "apparent_power": Quantity.APPARENT_POWER_KVA,
    "reactive_power": Quantity.REACTIVE_POWER_KVAR,
    "energy": Quantity.ENERGY_IMPORT_KWH,
    "voltage": Quantity.VOLTAGE_V,
    "current": Quantity.CURRENT_A,
    "frequency": Quantity.FREQUENCY_HZ,
    "power_factor": Quantity.POWER_FACTOR,
    "temperature": Quantity.TEMPERATURE_C,
    "humidity": Quantity.HUMIDITY_PERCENT,
    "carbon_dioxide": Quantity.CO2_PPM,
    "illuminance": Quantity.ILLUMINANCE_LX,
    "pressure": Quantity.PRESSURE_HPA,
    "atmospheric_pressure": Quantity.PRESSURE_HPA,
    "wind_speed": Quantity.WIND_SPEED_M_S,
    "wind_direction": Quantity.WIND_DIRECTION_DEG,
    "irradiance": Quantity.IRRADIANCE_W_M2,
    "precipitation": Quantity.RAIN_MM,
    "gas": Quantity.GAS_M3,
    "water": Quantity.WATER_M3,
    "volume_flow_rate": Quantity.VOLUME_FLOW_M3_H,
    "occupancy": Quantity.OCCUPANCY,
    "motion": Quantity.OCCUPANCY,
    "presence": Quantity.OCCUPANCY,
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One value: where it comes, what it is.

    Attributes:
        path: Within JSON; None where the payload is the value itself.
        words: Payloads that mean 1 and 0.
    """

    name: str
    topic: str
    quantity: Quantity
    unit: str
    path: JsonPath | None
    words: tuple[str, str] = ("ON", "OFF")


@dataclass(frozen=True, slots=True)
class Availability:
    """A topic on which the device says that it is there, in its own words."""

    topic: str
    path: JsonPath | None
    words: tuple[str, str] = ("online", "offline")


def entities(name: str, found: Mapping[str, object]) -> Iterator[Entity | Availability]:
    """Yield what a config message defines.

    Args:
        name: Discovery topic without `/config`; tells kind and object.

    Raises:
        TelegramError: It cannot be used; the message says why.
    """
    config = _spelled(found)
    kind = name.split("/")[-3:] if "components" not in config else []
    components = config.get("components")
    if isinstance(components, dict):
        for key, inner in list(components.items())[:100]:
            if isinstance(inner, dict):
                whole = {**config, **_spelled(inner)}
                yield from _entity(key, str(whole.get("platform", "sensor")), whole)
    else:
        yield from _entity(name, _kind(kind), config)
    yield from _availability(config)


def _kind(parts: list[str]) -> str:
    kinds = [each for each in parts[:-1] if each in ("sensor", "binary_sensor")]
    return kinds[-1] if kinds else "switch" if "switch" in parts[:-1] else "other"


def _entity(name: str, kind: str, config: Mapping[str, object]) -> Iterator[Entity]:
    if kind not in ("sensor", "binary_sensor", "switch"):
        return
    wanted = _CLASSES.get(str(config.get("device_class", "")))
    quantity = Quantity.SWITCH if kind == "switch" else wanted
    if quantity is None:
        return
    topic = _topic(config, "state_topic")
    unit = str(config.get("unit_of_measurement", ""))[:20]
    path = _path(config.get("value_template"))
    words = (str(config.get("payload_on", "ON")), str(config.get("payload_off", "OFF")))
    yield Entity(name.rpartition("/")[2], topic, quantity, unit, path, words)


def _availability(config: Mapping[str, object]) -> Iterator[Availability]:
    listed = config.get("availability")
    items = listed if isinstance(listed, list) else [listed]
    for item in items[:8]:
        if isinstance(item, dict):
            each = {**config, **_spelled(item)}
            path = _path(each.get("value_template") if "value_template" in item else "")
            yield Availability(_topic(each, "topic"), path, _words(each))
    if "availability_topic" in config:
        path = _path(config.get("availability_template"))
        yield Availability(_topic(config, "availability_topic"), path, _words(config))


def _words(config: Mapping[str, object]) -> tuple[str, str]:
    return (
        str(config.get("payload_available", "online")),
        str(config.get("payload_not_available", "offline")),
    )


def _spelled(found: Mapping[str, object]) -> dict[str, object]:
    return {_ABBREVIATIONS.get(key, key): value for key, value in found.items()}


def _topic(config: Mapping[str, object], key: str) -> str:
    base, topic = str(config.get("~", "")), str(config.get(key, ""))
    if topic.startswith("~"):
        topic = base + topic[1:]
    elif topic.endswith("~"):
        topic = topic[:-1] + base
    if not topic or len(topic) > MOST_TOPIC or set("#+\0") & set(topic):
        raise TelegramError(f"config has no usable {key}: {topic[:40]!r}")
    return topic


def _path(template: object) -> JsonPath | None:
    if not template:
        return None
    found = _TEMPLATE.fullmatch(str(template)[:400].strip())
    if found is None or (found[2] and not found[1]):
        raise TelegramError(
            f"template {str(template)[:60]!r} computes; only a plain look-up as"
            " {{ value_json.power }} is read"
        )
    if not found[1]:
        return None
    try:
        return JsonPath.parse("$" + found[2])
    except ValueError as error:
        raise TelegramError(str(error)) from error
