"""Devices without a firmware of their own fame: announced ones, and own JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from firmware_sim.mqtt_devices.client import Message
from firmware_sim.mqtt_devices.kinds import Values, as_json
from firmware_sim.mqtt_devices.spots import Spot, Spots, nested

_CLASSES: Final = {
    "temperature_c": ("temperature", "°C"),
    "humidity_percent": ("humidity", "%"),
    "pressure_hpa": ("pressure", "hPa"),
}


@dataclass(frozen=True, slots=True)
class DiscoveredSensor:
    """A sensor that announces each value to Home Assistant."""

    topic: str

    spots: ClassVar[Spots] = {
        "temperature_c": Spot("air.t", 1, 1),
        "humidity_percent": Spot("air.h", 1, 1),
        "pressure_hpa": Spot("air.p", 1, 1),
    }

    @property
    def _name(self) -> str:
        return self.topic.replace("/", "-")

    def birth(self) -> Iterator[Message]:
        """Yield its configs, and that it is there."""
        for name, (device_class, unit) in _CLASSES.items():
            config = {
                "~": self.topic,
                "uniq_id": f"{self._name}-{name}",
                "stat_t": "~/state",
                "avty_t": "~/availability",
                "dev_cla": device_class,
                "unit_of_meas": unit,
                "val_tpl": f"{{{{ value_json.{self.spots[name].key} }}}}",
                "dev": {"ids": [self._name], "name": self._name},
            }
            where = f"homeassistant/sensor/{self._name}/{name}/config"
            yield as_json(where, config, retain=True)
        yield Message(f"{self.topic}/availability", b"online", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"{self.topic}/availability", b"offline", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield its state as one object."""
        del at_ms
        yield as_json(f"{self.topic}/state", nested(self.spots, values))

    def words(self) -> dict[str, Any]:
        """Return its payload and discovery topic."""
        return {
            "payload": "homeassistant",
            "topic": f"homeassistant/sensor/{self._name}/+",
        }


@dataclass(frozen=True, slots=True)
class WeatherStation:
    """A station that publishes JSON of its own making."""

    topic: str

    spots: ClassVar[Spots] = {
        "temperature_c": Spot("air.temp", 1, 1),
        "humidity_percent": Spot("air.hum", 1, 0),
        "pressure_hpa": Spot("air.baro", 1, 1),
        "wind_speed_m_s": Spot("wind.kmh", 3.6, 1),
        "wind_direction_deg": Spot("wind.dir", 1, 0),
        "irradiance_w_m2": Spot("sun.ghi", 1, 0),
        "rain_mm": Spot("rain.tips", 5, 0),
    }

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"{self.topic}/alive", b"1", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"{self.topic}/alive", b"0", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield its state as one object, with its clock."""
        state = {"when": at_ms // 1000, **nested(self.spots, values)}
        yield as_json(self.topic, state)

    def words(self) -> dict[str, Any]:
        """Return its payload, topics and paths."""
        values: dict[str, object] = {
            name: f"$.{spot.key}" for name, spot in self.spots.items()
        }
        values["wind_speed_m_s"] = {"path": "$.wind.kmh", "unit": "km/h"}
        values["rain_mm"] = {"path": "$.rain.tips", "scale": 0.2}
        return {
            "payload": "json",
            "topic": self.topic,
            "availability": f"{self.topic}/alive",
            "time": "$.when",
            "values": values,
        }
