"""An MQTT broker as a line, and where on it a device is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from contract.quantity import Quantity

Payload = Literal[
    "tasmota", "shelly1", "shelly2", "esphome", "zigbee2mqtt", "homeassistant", "json"
]
PAYLOADS: Final[tuple[Payload, ...]] = get_args(Payload)


@dataclass(frozen=True, slots=True)
class MqttLine:
    """A broker.

    Attributes:
        password_file: Holds the password; only with a username.
        ca_file: Whom to trust with TLS; None trusts what the machine trusts.
        client_id: Empty lets the broker tell clients apart.
    """

    name: str
    host: str
    port: int = 1883
    username: str = ""
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    client_id: str = ""
    keepalive_s: int = 30
    simulated: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a payload has a quantity's value.

    Attributes:
        path: Within JSON, as `$.meter.power`; for ESPHome, as `sensor/plug_power`.
        unit: The value stands in; empty is the quantity's own.
        scale: The value is multiplied with it first.
    """

    path: str
    unit: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class MqttPlace:
    """What a device publishes where.

    Attributes:
        topic: As the payload's firmware calls its base topic.
        channel: Which of the device's parts; empty where it has only one.
        timeout_s: Without a message for this long it is silent. [s]
        values: Where own payloads have each quantity.
        time: Where own payloads have their instant; empty for nowhere.
        availability: Topic on which an own device says that it is there.
    """

    payload: Payload
    topic: str
    channel: str = ""
    timeout_s: float = 900.0
    values: Mapping[Quantity, Source] = field(default_factory=dict)
    time: str = ""
    availability: str = ""
