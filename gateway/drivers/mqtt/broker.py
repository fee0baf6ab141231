"""The connection to a broker, and which of its messages is for which device."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.drivers.mqtt.device import MqttDevice
from gateway.drivers.mqtt.dialects import dialect
from gateway.drivers.mqtt.line import MqttLine, MqttPlace
from gateway.drivers.mqtt.session import Session
from gateway.lines import DeviceSettings, LineDownError

_MOST_TOPICS: Final = 5000


class Broker:
    """A broker; what comes from it is shared out to the devices as it comes.

    Attributes:
        strays: Messages that no device takes.
    """

    def __init__(self, line: MqttLine, now: Callable[[], datetime]) -> None:
        self.line = line
        self.strays = 0
        self._now = now
        self._session: Session | None = None
        self._devices: dict[str, MqttDevice] = {}
        self._asked: set[str] = set()
        self._routes: dict[str, list[MqttDevice]] = {}

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be heard."""
        return self._session is not None and not self._session.lost

    async def connect(self) -> None:
        """Connect unless connected, and ask for the devices' topics.

        Raises:
            LineDownError: The broker is away or refuses; the message says why.
        """
        if self.is_connected:
            return
        complaint = self._session.complaint if self._session is not None else ""
        self.close()
        if complaint:  # told once; the next attempt connects
            raise LineDownError(f"{complaint}: more than is taken at {self.line}")
        session = Session(self.line, self._take)
        await session.open()
        if session.lost:
            raise LineDownError(f"the broker at {self.line} left: {session.lost}")
        self._session = session
        for each in self._devices.values():
            self._ask(each)

    def close(self) -> None:
        """Leave the broker."""
        session, self._session = self._session, None
        self._asked.clear()
        if session is not None:
            session.close()

    def device(self, settings: DeviceSettings) -> MqttDevice:
        """Return the device that publishes where `settings` say."""
        known = self._devices.get(settings.path)
        if known is not None and known.settings == settings:
            return known
        place = settings.place
        if not isinstance(place, MqttPlace):
            raise TypeError(f"{settings.path} has no place on a broker")
        made = MqttDevice(settings, place, dialect(place), self._now)
        self._devices[settings.path] = made
        self._routes.clear()
        self._ask(made)
        return made

    def _ask(self, device: MqttDevice) -> None:
        """Subscribe to what a device wants and has not been asked for yet."""
        if self._session is None or self._session.lost:
            return
        wanted = set(device.topics()) - self._asked
        if wanted and len(self._asked) + len(wanted) <= _MOST_TOPICS:
            self._asked |= wanted
            self._routes.clear()
            self._session.subscribe(wanted)

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:
        takers = self._routes.get(topic)
        if takers is None:
            takers = self._takers(topic)
        for device in takers:
            device.take(topic, payload, retained=retained)
            if topic.endswith("/config"):  # it may name more topics
                self._ask(device)
        self.strays += not takers

    def _takers(self, topic: str) -> list[MqttDevice]:
        """Return whom a topic is for, remembered for the next message."""
        if len(self._routes) >= _MOST_TOPICS:
            self._routes.clear()
        found = [
            device
            for device in self._devices.values()
            if any(_matches(each, topic) for each in device.topics())
        ]
        self._routes[topic] = found
        return found


def _matches(wanted: str, topic: str) -> bool:
    """Return whether a topic is one that a filter asks for."""
    names = topic.split("/")
    for place, part in enumerate(wanted.split("/")):
        if part == "#":
            return True
        if place >= len(names) or part not in ("+", names[place]):
            return False
    return len(names) == wanted.count("/") + 1
