"""JSON of one's own making: the configuration says where each quantity stands."""

from collections.abc import Iterator

from gateway.drivers.mqtt.dialect import Said
from gateway.drivers.mqtt.findings import Findings, number
from gateway.drivers.mqtt.line import MqttPlace
from gateway.drivers.mqtt.path import JsonPath
from gateway.drivers.mqtt.payload import instant, is_online, parsed
from gateway.telegram import TelegramError


class OwnJson:
    """A device that publishes all its values on one topic."""

    def __init__(self, place: MqttPlace) -> None:
        self._topic = place.topic
        self._availability = place.availability
        self._time = JsonPath.parse(place.time) if place.time else None
        self._values = {
            quantity: (JsonPath.parse(source.path), source)
            for quantity, source in place.values.items()
        }

    def topics(self) -> Iterator[str]:
        """Return its topics."""
        yield self._topic
        if self._availability:
            yield self._availability

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says.

        Raises:
            TelegramError: It has none of the paths, or is not JSON.
        """
        if topic == self._availability:
            return Said(online=is_online(payload))
        whole = parsed(payload)
        at = None if self._time is None else instant(self._time.value(whole))
        findings = Findings(at)
        for quantity, (path, source) in self._values.items():
            raw = path.value(whole)
            value = number(raw)
            scaled = raw if value is None else value * source.scale
            findings.add(quantity, scaled, source.unit, path.text)
        told = findings.telegram()
        if not told.records and not told.refused:
            paths = ", ".join(path.text for path, _ in self._values.values())
            raise TelegramError(f"payload has nothing at {paths}")
        return Said(told)
