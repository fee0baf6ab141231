"""Which dialect a device speaks, and recorded messages read in it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gateway.drivers.mqtt import esphome, shelly1, shelly2, tasmota, zigbee2mqtt
from gateway.drivers.mqtt.dialect import Dialect, Said
from gateway.drivers.mqtt.homeassistant import HomeAssistant
from gateway.drivers.mqtt.line import MqttPlace
from gateway.drivers.mqtt.own_json import OwnJson
from gateway.telegram import Measured, Record, Telegram, TelegramError

_Read = Callable[[str, bytes], Said]

READERS: Final[Mapping[str, _Read]] = {
    "tasmota": tasmota.read,
    "shelly1": shelly1.read,
    "shelly2": shelly2.read,
    "esphome": esphome.read,
    "zigbee2mqtt": zigbee2mqtt.read,
}
"""Payloads that say by themselves what is in them."""

_MOST_MESSAGES: Final = 1000


def dialect(place: MqttPlace) -> Dialect:
    """Return how the device at `place` publishes."""
    match place.payload:
        case "tasmota":
            return tasmota.Tasmota(place.topic)
        case "shelly1":
            return shelly1.Shelly1(place.topic)
        case "shelly2":
            return shelly2.Shelly2(place.topic)
        case "esphome":
            return esphome.EspHome(place.topic, place.values)
        case "zigbee2mqtt":
            return zigbee2mqtt.Zigbee2Mqtt(place.topic)
        case "homeassistant":
            return HomeAssistant(place.topic)
        case "json":
            return OwnJson(place)


def decode(name: str, data: bytes) -> Telegram:
    """Return what recorded messages say: one JSON payload, or `topic payload` lines.

    `mosquitto_sub -v` prints such lines.

    Raises:
        TelegramError: One cannot be believed, or nothing in them is known.
    """
    read = READERS[name]
    measured: list[Measured] = []
    refused: list[str] = []
    records: list[Record] = []
    for topic, payload in _messages(data):
        said = read(topic, payload)
        if said.telegram is not None:
            measured += said.telegram.measured
            refused += said.telegram.refused
            records += said.telegram.records
        elif said.online is not None:
            records.append(Record(topic, "online" if said.online else "offline"))
    if not records and not refused:
        raise TelegramError(
            "nothing in it is known; give one JSON payload, or lines of topic and"
            " payload as mosquitto_sub -v prints them"
        )
    return Telegram(tuple(measured), tuple(refused), tuple(records))


def _messages(data: bytes) -> Iterator[tuple[str, bytes]]:
    stripped = data.strip()
    if stripped.startswith((b"{", b"[")):
        yield "", stripped
        return
    lines = stripped.splitlines()
    if len(lines) > _MOST_MESSAGES:
        raise TelegramError(f"more than {_MOST_MESSAGES} messages")
    for line in lines:
        topic, _, payload = line.strip().partition(b" ")
        try:
            yield topic.decode("utf-8"), payload
        except UnicodeDecodeError as error:
            raise TelegramError("a topic is not UTF-8 text") from error
