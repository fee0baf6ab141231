"""Each device's health: whether it answers, since when not, and why, in plain words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

_FAILURES_UNTIL_OFFLINE: Final = 3


class State(StrEnum):
    """What a technician wants to know first."""

    ONLINE = "online"
    """It answered the last time it was asked."""
    STALE = "stale"
    """It failed lately, and its values are still fresh enough to use."""
    OFFLINE = "offline"
    """It has not answered for so long that its values are not used."""


@dataclass(slots=True)
class Health:
    """What is known about one device.

    Attributes:
        last_ok: When it answered last.
        error: What is wrong with it or with some of its values; empty if nothing.
        failures: Requests in a row that failed.
    """

    last_ok: datetime | None = None
    error: str = ""
    failures: int = 0

    def answered(self, at: datetime, complaint: str = "") -> bool:
        """Note an answer; `complaint` names values refused. Return whether news."""
        is_news = self.failures > 0 or complaint != self.error
        self.last_ok, self.error, self.failures = at, complaint, 0
        return is_news

    def failed(self, error: str) -> bool:
        """Note a failure. Return whether it is news."""
        is_news = self.failures == 0
        self.error = error
        self.failures += 1
        return is_news

    def state(self, now: datetime, max_age: timedelta) -> State:
        """Return how the device is at `now`."""
        if self.last_ok is None or self.failures >= _FAILURES_UNTIL_OFFLINE:
            return State.OFFLINE
        if now - self.last_ok > max_age:
            return State.OFFLINE
        return State.STALE if self.failures else State.ONLINE
