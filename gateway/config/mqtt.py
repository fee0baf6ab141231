"""MQTT brokers and the devices that publish there, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from contract.inventory import DeviceEntry
from contract.quantity import DEFINITIONS, Quantity
from gateway.config.tables import LineTable, ListedTable, Port
from gateway.drivers.mqtt.line import MqttLine, MqttPlace, Payload, Source
from gateway.drivers.mqtt.path import JsonPath
from gateway.drivers.mqtt.units import converted
from gateway.lines import DeviceSettings
from gateway.meters import Models
from gateway.meters.toml_file import Table

_MAPPED: Final = ("json", "esphome")


def _whole_path(value: Path) -> Path:
    if not value.is_absolute():
        raise ValueError(f"{value} is no whole path; write it from / on")
    return value


def _topic(value: str) -> str:
    if "#" in value or "\0" in value or value.startswith("/") or value.endswith("/"):
        raise ValueError(f"{value!r} is no topic; write names joined by /")
    return value


_WholePath = Annotated[Path, AfterValidator(_whole_path)]
_Topic = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_topic)]


class MqttTable(LineTable):
    """[lines.…] with type mqtt."""

    type: Literal["mqtt"]
    host: str = Field(min_length=1)
    port: Port | None = None
    username: str = ""
    password_file: _WholePath | None = None
    tls: bool = False
    ca_file: _WholePath | None = None
    client_id: str = Field(default="", max_length=64)
    keepalive_s: int = Field(default=30, ge=5, le=3600)

    def settings(self, name: str) -> MqttLine:
        """Return the line as its driver wants it; a ca_file means TLS."""
        tls = self.tls or self.ca_file is not None
        return MqttLine(
            name,
            self.host,
            self.port or (8883 if tls else 1883),
            self.username,
            self.password_file,
            tls,
            self.ca_file,
            self.client_id,
            self.keepalive_s,
            self.simulated,
        )


class SourceTable(Table):
    """A value in `values`, written whole."""

    path: str = Field(min_length=1, max_length=200)
    unit: str = Field(default="", max_length=20)
    scale: float = Field(default=1.0, allow_inf_nan=False)


def _source(raw: object) -> object:
    return {"path": raw} if isinstance(raw, str) else raw


_Source = Annotated[SourceTable, BeforeValidator(_source)]


class MqttDevice(ListedTable):
    """[[devices]] on a broker."""

    line_type: Literal["mqtt"]
    payload: Payload
    topic: _Topic
    channel: str = ""
    timeout_s: float = Field(default=900, gt=0, le=86_400)
    values: dict[Quantity, _Source] = Field(default_factory=dict)
    time: str = ""
    availability: str = ""

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from its messages"

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its list, its topic or its paths."""
        yield from super().faults(line, models)
        if "+" in self.topic and self.payload != "homeassistant":
            yield "topic: + is for discovery (payload homeassistant) only"
        if self.values and self.payload not in _MAPPED:
            yield f"values: has no meaning with payload {self.payload}; remove it"
        if self.payload == "json":
            yield from self._path_faults()
        for quantity, source in self.values.items():
            if converted(quantity, 1.0, source.unit) is None:
                ours = DEFINITIONS[quantity].unit
                yield (
                    f"values.{quantity}.unit: {source.unit} is not known for it; write"
                    f" one like {ours}, or give scale, which makes {ours} of the number"
                )

    def _path_faults(self) -> Iterator[str]:
        for quantity in self.quantities:
            if quantity not in self.values:
                yield f"values: says not where {quantity} stands; add a path for it"
        paths = {f"values.{name}": each.path for name, each in self.values.items()}
        for key, path in {**paths, "time": self.time or "$"}.items():
            try:
                JsonPath.parse(path)
            except ValueError as error:
                yield f"{key}: {error}"

    def place(self) -> str:
        """Return itself: several devices may take from one topic."""
        return f"name: {self.node}/{self.name}"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        place = MqttPlace(
            self.payload,
            self.topic,
            self.channel,
            self.timeout_s,
            {
                quantity: Source(each.path, each.unit, each.scale)
                for quantity, each in self.values.items()
            },
            self.time,
            self.availability,
        )
        return DeviceSettings(entry, self.line, 0, interval, place=place)
