"""A device behind a broker: its newest values, and whether it is there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown
from gateway.drivers.mqtt.dialect import Dialect
from gateway.drivers.mqtt.line import MqttPlace
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError
from gateway.telegram import Measured, Telegram, TelegramError

_MOST_POINTS: Final = 500
_MOST_TROUBLES: Final = 50
_MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class _Heard:
    measured: Measured
    at: datetime


class MqttDevice:
    """One device.

    Attributes:
        refusals: Messages that could not be believed.
        stale: Retained messages that tell no recent instant of their own.
    """

    def __init__(
        self,
        settings: DeviceSettings,
        place: MqttPlace,
        dialect: Dialect,
        now: Callable[[], datetime],
    ) -> None:
        self.settings = settings
        self.refusals = 0
        self.stale = 0
        self._entry = settings.entry
        self._quality = (
            Quality.SIMULATED if settings.entry.simulated else Quality.MEASURED
        )
        self._place = place
        self._dialect = dialect
        self._now = now
        self._heard: dict[tuple[Quantity, str], _Heard] = {}
        self._told: dict[tuple[Quantity, str], datetime] = {}
        self._away: set[str] = set()
        self._troubles: dict[str, Sequence[str]] = {}

    def topics(self) -> Iterable[str]:
        """Return the topic filters it wants."""
        return self._dialect.topics()

    def take(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Take a message on one of its topics."""
        try:
            said = self._dialect.read(topic, payload)
        except TelegramError as error:
            self._trouble(topic, (f"{topic}: {error}",))
            return
        if said.online is not None:
            (self._away.discard if said.online else self._away.add)(topic)
        if said.telegram is not None:
            self._keep(topic, said.telegram, retained=retained)

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return what came since the last poll, each with the instant it came at.

        Raises:
            NoAnswerError: It is offline, or was not heard for its time-out.
            DeviceError: Its messages have none of its quantities.
        """
        mine = self._mine()
        newest = max((each.at for each in mine.values()), default=None)
        self._raise_if_silent(newest, now())
        readings: list[Reading] = []
        refused = self._in_words()
        for key, each in mine.items():
            rivals = [channel for quantity, channel in mine if quantity is key[0]]
            if len(rivals) > 1:
                words = f"{key[0]}: of {' and '.join(rivals)}; set channel"
                refused += [words] if words not in refused else []
            elif self._told.get(key) != each.at:
                self._told[key] = each.at
                point = self._entry.point(key[0])
                value = each.measured.value
                readings.append(Reading(point, each.at, value, self._quality))
        return Poll(readings, refused)

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Shown]:
        """Return all it was heard to say.

        Raises:
            NoAnswerError: It is offline, or was not heard for its time-out.
        """
        newest = max((each.at for each in self._heard.values()), default=None)
        self._raise_if_silent(newest, now())
        return [
            Shown(quantity, each.measured.value, each.measured.source, channel, each.at)
            for (quantity, channel), each in self._heard.items()
        ]

    def _trouble(self, topic: str, words: Sequence[str]) -> None:
        """Keep what is wrong with a topic, until a good message comes on it."""
        self.refusals += bool(words)
        self._troubles.pop(topic, None)
        if words:
            self._troubles[topic] = words
        if len(self._troubles) > _MOST_TROUBLES:
            del self._troubles[next(iter(self._troubles))]

    def _in_words(self) -> list[str]:
        words = [each for topic in self._troubles.values() for each in topic]
        more = len(words) - _MOST_TOLD
        return words[:_MOST_TOLD] + ([f"and {more} more"] if more > 0 else [])

    def _keep(self, topic: str, telegram: Telegram, *, retained: bool) -> None:
        """Keep the values of a message that is not old news."""
        arrived = self._now()
        if retained:
            instants = {each.at for each in telegram.measured}
            told = instants.pop() if len(instants) == 1 else None
            if told is None or not timedelta() <= arrived - told <= self._patience:
                self.stale += 1
                return
            arrived = told
        self._away.clear()  # who speaks is there
        self._trouble(topic, telegram.refused)
        for each in telegram.measured:
            key = each.quantity, each.meter_id
            if key in self._heard or len(self._heard) < _MOST_POINTS:
                self._heard[key] = _Heard(each, arrived)

    @property
    def _patience(self) -> timedelta:
        return timedelta(seconds=self._place.timeout_s)

    def _mine(self) -> dict[tuple[Quantity, str], _Heard]:
        channel = self._place.channel
        return {
            key: heard
            for key, heard in self._heard.items()
            if key[0] in self._entry.quantities and channel in ("", key[1])
        }

    def _raise_if_silent(self, newest: datetime | None, now: datetime) -> None:
        topic = self._place.topic
        if self._away:
            raise NoAnswerError(f"it is offline, says {min(self._away)}")
        if newest is not None and now - newest <= self._patience:
            return
        if self._troubles:
            newest_words = list(self._troubles.values())[-1][0]
            raise NoAnswerError(f"nothing usable came; newest: {newest_words}")
        if newest is None and self._heard:
            heard = sorted({f"{name} of {channel}" for name, channel in self._heard})
            raise DeviceError(f"no message has its quantities; heard: {heard}")
        old = " but retained ones, which may be old" if self.stale else ""
        since = "yet" if newest is None else f"for {self._place.timeout_s:g} s"
        raise NoAnswerError(f"no message came on {topic} {since}{old}")
