"""Devices that announce themselves to Home Assistant, by their discovery topic."""

from collections.abc import Iterator
from typing import Final

from gateway.drivers.mqtt.dialect import NOTHING, Said
from gateway.drivers.mqtt.discovery import Availability, Entity, entities
from gateway.drivers.mqtt.findings import Findings
from gateway.drivers.mqtt.path import JsonPath
from gateway.drivers.mqtt.payload import fields, parsed, text
from gateway.telegram import TelegramError

MOST_ENTITIES: Final = 100


class HomeAssistant:
    """A device by its discovery topic without `/config`; `+` takes several values."""

    def __init__(self, topic: str) -> None:
        self._filter = f"{topic.removesuffix('/config').rstrip('/')}/config"
        self._entities: dict[str, Entity] = {}
        self._availability: dict[str, Availability] = {}

    def topics(self) -> Iterator[str]:
        """Return its topics: those of its configs, and those that the configs name."""
        yield self._filter
        yield from {each.topic for each in self._entities.values()}
        yield from self._availability

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says; a config is remembered.

        Raises:
            TelegramError: It cannot be believed, or is a config that cannot be used.
        """
        if topic.endswith("/config"):
            self._configured(topic.removesuffix("/config"), payload)
            return NOTHING
        if topic in self._availability:
            return Said(online=_is_there(self._availability[topic], payload))
        findings = Findings()
        for each in self._entities.values():
            if each.topic == topic:
                raw = _raw(each.path, payload)
                findings.add(each.quantity, _as_number(each, raw), each.unit, each.name)
        told = findings.telegram()
        return Said(told) if told.records or told.refused else NOTHING

    def _configured(self, name: str, payload: bytes) -> None:
        for key in [key for key in self._entities if key.startswith(f"{name}\0")]:
            del self._entities[key]
        if not payload:  # how a config is withdrawn
            return
        for each in entities(name, fields(payload)):
            if isinstance(each, Availability):
                if len(self._availability) < MOST_ENTITIES:
                    self._availability[each.topic] = each
            elif len(self._entities) < MOST_ENTITIES:
                self._entities[f"{name}\0{each.name}"] = each
            else:
                raise TelegramError(f"more than {MOST_ENTITIES} values are announced")


def _raw(path: JsonPath | None, payload: bytes) -> object:
    return text(payload) if path is None else path.value(parsed(payload))


def _as_number(entity: Entity, raw: object) -> object:
    """Return what the entity's own words for on and off mean, else `raw`."""
    if str(raw) in entity.words:
        return float(str(raw) == entity.words[0])
    return raw


def _is_there(each: Availability, payload: bytes) -> bool | None:
    raw = str(_raw(each.path, payload))
    return raw == each.words[0] if raw in each.words else None
