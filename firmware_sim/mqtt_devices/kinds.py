"""The kinds of device: what each publishes, and where.

Written from tasmota.github.io/docs/MQTT, shelly-api-docs.shelly.cloud (gen1, gen2),
esphome.io/components/mqtt, zigbee2mqtt.io and home-assistant.io/integrations/mqtt.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final, Protocol

from firmware_sim.mqtt_devices.client import Message
from firmware_sim.mqtt_devices.spots import Spot, Spots, nested

Values = Mapping[str, float]


SHELLY_1PM: Final[Spots] = {
    "active_power_kw": Spot("relay/0/power", 1000, 2),
    "energy_import_kwh": Spot("relay/0/energy", 60_000, 0),
}
"""A relay that measures."""

SHELLY_EM: Final[Spots] = {
    "active_power_kw": Spot("emeter/0/power", 1000, 2),
    "reactive_power_kvar": Spot("emeter/0/reactive_power", 1000, 2),
    "voltage_v": Spot("emeter/0/voltage", 1, 2),
    "energy_import_kwh": Spot("emeter/0/total", 1000, 1),
    "energy_export_kwh": Spot("emeter/0/total_returned", 1000, 1),
}
"""A meter with current clamps; only the first is used."""

SHELLY_PLUS_1PM: Final[Spots] = {
    "active_power_kw": Spot("switch:0/apower", 1000, 1),
    "voltage_v": Spot("switch:0/voltage", 1, 1),
    "current_a": Spot("switch:0/current", 1, 3),
    "frequency_hz": Spot("switch:0/freq", 1, 2),
    "energy_import_kwh": Spot("switch:0/aenergy/total", 1000, 3),
}
"""A relay that measures."""

SHELLY_PRO_3EM: Final[Spots] = {
    "active_power_kw": Spot("em:0/total_act_power", 1000, 1),
    "active_power_l1_kw": Spot("em:0/a_act_power", 1000, 1),
    "active_power_l2_kw": Spot("em:0/b_act_power", 1000, 1),
    "active_power_l3_kw": Spot("em:0/c_act_power", 1000, 1),
    "voltage_l1_v": Spot("em:0/a_voltage", 1, 1),
    "voltage_l2_v": Spot("em:0/b_voltage", 1, 1),
    "voltage_l3_v": Spot("em:0/c_voltage", 1, 1),
    "energy_import_kwh": Spot("emdata:0/total_act", 1000, 2),
    "energy_export_kwh": Spot("emdata:0/total_act_ret", 1000, 2),
}
"""A meter of three phases."""


class Kind(Protocol):
    """A kind of device at its topic."""

    @property
    def spots(self) -> Spots:
        """How it writes each quantity it has."""

    def birth(self) -> Iterator[Message]:
        """Yield what it publishes when it connects."""

    def will(self) -> Message | None:
        """Return what the broker publishes when it vanishes."""

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield what it publishes of `values`."""

    def words(self) -> dict[str, Any]:
        """Return what a gateway's configuration says of it, besides quantities."""


def as_json(topic: str, content: object, *, retain: bool = False) -> Message:
    """Return a message with JSON in it."""
    return Message(topic, json.dumps(content).encode(), retain)


def _local(at_ms: int) -> str:
    """Return an instant as a clock on the wall shows it, without its zone."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class TasmotaPlug:
    """A plug with an energy meter."""

    topic: str

    spots: ClassVar[Spots] = {
        "energy_import_kwh": Spot("Total", 1, 3),
        "active_power_kw": Spot("Power", 1000, 1),
        "apparent_power_kva": Spot("ApparentPower", 1000, 1),
        "reactive_power_kvar": Spot("ReactivePower", 1000, 1),
        "power_factor": Spot("Factor"),
        "voltage_v": Spot("Voltage", 1, 1),
        "current_a": Spot("Current", 1, 3),
        "frequency_hz": Spot("Frequency", 1, 2),
    }

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"tele/{self.topic}/LWT", b"Online", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"tele/{self.topic}/LWT", b"Offline", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield its state and its sensor, both with its local time."""
        time = _local(at_ms)
        state = {"Time": time, "Uptime": "0T00:10:00", "POWER": "ON"}
        yield as_json(f"tele/{self.topic}/STATE", state)
        energy = {"TotalStartTime": "2026-01-01T00:00:00", **nested(self.spots, values)}
        yield as_json(f"tele/{self.topic}/SENSOR", {"Time": time, "ENERGY": energy})

    def words(self) -> dict[str, Any]:
        """Return its payload and topic."""
        return {"payload": "tasmota", "topic": self.topic}


@dataclass(frozen=True, slots=True)
class Shelly1:
    """A Shelly of the first generation: one number a topic."""

    topic: str
    spots: Spots

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"{self.topic}/online", b"true", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"{self.topic}/online", b"false", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield its relay, its own temperature, and its values."""
        del at_ms
        yield Message(f"{self.topic}/relay/0", b"on")
        yield Message(f"{self.topic}/temperature", b"41.35")
        for name, spot in self.spots.items():
            if name in values:
                number = spot.written(values[name])
                yield Message(f"{self.topic}/{spot.key}", str(number).encode())

    def words(self) -> dict[str, Any]:
        """Return its payload and topic."""
        return {"payload": "shelly1", "topic": self.topic}


@dataclass(frozen=True, slots=True)
class Shelly2:
    """A Shelly of the second generation: notifications and statuses."""

    topic: str
    spots: Spots

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"{self.topic}/online", b"true", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"{self.topic}/online", b"false", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield a notification of all, and each component's status."""
        components = nested(self.spots, values, "/")
        for name, state in components.items():
            state["id"] = int(name.partition(":")[2])
        params = {"ts": at_ms / 1000, **components}
        source = self.topic.rpartition("/")[2]
        yield as_json(
            f"{self.topic}/events/rpc",
            {
                "src": source,
                "dst": f"{self.topic}/events",
                "method": "NotifyStatus",
                "params": params,
            },
        )
        for name, state in components.items():
            yield as_json(f"{self.topic}/status/{name}", state)

    def words(self) -> dict[str, Any]:
        """Return its payload and topic."""
        return {"payload": "shelly2", "topic": self.topic}


@dataclass(frozen=True, slots=True)
class EspHomeNode:
    """A node with a power meter whose states carry no unit."""

    topic: str

    spots: ClassVar[Spots] = {
        "voltage_v": Spot("mains_voltage", 1, 1),
        "current_a": Spot("mains_current", 1, 3),
        "frequency_hz": Spot("mains_frequency", 1, 1),
        "active_power_kw": Spot("mains_power", 1000, 1),
        "energy_import_kwh": Spot("mains_energy_kwh", 1, 3),
    }

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"{self.topic}/status", b"online", retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(f"{self.topic}/status", b"offline", retain=True)

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield each sensor's state, retained as ESPHome does."""
        del at_ms
        for name, spot in self.spots.items():
            if name in values:
                number = f"{spot.written(values[name]):.{spot.digits}f}".encode()
                yield Message(
                    f"{self.topic}/sensor/{spot.key}/state", number, retain=True
                )

    def words(self) -> dict[str, Any]:
        """Return its payload, topic, and the units its states are in."""
        return {
            "payload": "esphome",
            "topic": self.topic,
            "values": {
                "active_power_kw": {"path": "sensor/mains_power", "unit": "W"},
            },
        }


@dataclass(frozen=True, slots=True)
class ZigbeeClimate:
    """A sensor of climate, CO₂ and occupancy behind Zigbee2MQTT."""

    topic: str

    spots: ClassVar[Spots] = {
        "temperature_c": Spot("temperature"),
        "humidity_percent": Spot("humidity"),
        "co2_ppm": Spot("co2", 1, 0),
        "illuminance_lx": Spot("illuminance", 1, 0),
        "occupancy": Spot("occupancy", 1, 0),
    }

    def birth(self) -> Iterator[Message]:
        """Yield that it is there."""
        yield Message(f"{self.topic}/availability", b'{"state":"online"}', retain=True)

    def will(self) -> Message:
        """Return that it is gone."""
        return Message(
            f"{self.topic}/availability", b'{"state":"offline"}', retain=True
        )

    def messages(self, values: Values, at_ms: int) -> Iterator[Message]:
        """Yield its state as one object."""
        state = nested(self.spots, values)
        if "occupancy" in state:
            state["occupancy"] = bool(state["occupancy"])
        seen = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()
        more = {"battery": 87, "linkquality": 102, "voltage": 2985, "last_seen": seen}
        yield as_json(self.topic, state | more)

    def words(self) -> dict[str, Any]:
        """Return its payload and topic."""
        return {"payload": "zigbee2mqtt", "topic": self.topic}
