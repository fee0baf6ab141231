"""What every dialect gives: its topics, and what a message on one of them says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from gateway.telegram import Telegram


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says.

    Attributes:
        online: Whether the device is there; None where the message is not about that.
    """

    telegram: Telegram | None = None
    online: bool | None = None


NOTHING = Said()
"""A message that is none of a device's values and nothing about its state."""


class Dialect(Protocol):
    """How one device publishes. Pure: it sees only topics and payloads."""

    def topics(self) -> Iterable[str]:
        """Return the topic filters to subscribe to; they may grow by what was read."""

    def read(self, topic: str, payload: bytes) -> Said:
        """Return what a message says.

        Raises:
            TelegramError: It cannot be believed; the message says why.
        """
