"""What every driver gives: a connection for a line, and the devices behind it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Protocol

from contract.quantity import DEFINITIONS, Quantity
from contract.reading import Reading
from gateway.lines import DeviceSettings, NoAnswerError


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of a device gave.

    Attributes:
        refused: Values that cannot be used, each in words.
        state: Rows to commit together with the readings; None removes one.
    """

    readings: list[Reading]
    refused: list[str] = field(default_factory=list)
    state: Mapping[str, bytes | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value with where it came from, for a technician.

    Attributes:
        value: None where the device has none, or no finite one.
        register: Its place as the model or the protocol names it, e.g. `input 0x0034`.
        raw: As it came, e.g. the registers in hexadecimal.
    """

    quantity: Quantity
    value: float | None
    register: str
    raw: str
    at: datetime

    def to_json(self, now: datetime) -> dict[str, object]:
        """Return the value as JSON values, with its age at `now`."""
        value = self.value
        return {
            "quantity": self.quantity.value,
            "value": value if value is not None and isfinite(value) else None,
            "unit": DEFINITIONS[self.quantity].unit,
            "register": self.register,
            "raw": self.raw,
            "at": self.at.isoformat(timespec="milliseconds"),
            "age_s": round((now - self.at).total_seconds(), 3),
        }


class AwaitedError(NoAnswerError):
    """A silent device is called in the background, which takes none of its line's time.

    Its polls may come as often as the poller likes: they say at once how it is.
    """


class Device(Protocol):
    """A device, whatever it speaks; both raise `DeviceError` with the reason."""

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return its readings; without new ones, an empty poll says that it is well."""

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Shown]:
        """Return all it has, also what is no reading."""


class Connection(Protocol):
    """The connection of a line, which only its owner may use."""

    @property
    def is_connected(self) -> bool:
        """Whether the line can be used."""

    async def connect(self) -> None:
        """Open the line unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """

    def close(self) -> None:
        """Close the line; called in the running loop, any number of times."""

    def device(self, settings: DeviceSettings) -> Device:
        """Return the device behind the line."""


class Keep(Protocol):
    """Commits readings that came by themselves; returns once they are safe."""

    def __call__(
        self,
        readings: Sequence[Reading],
        state: Mapping[str, bytes | None] = ...,
        /,
    ) -> Awaitable[None]:
        """Commit `readings` and, in the same transaction, the rows of `state`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection may ask of the gateway it runs in.

    Attributes:
        keep: For readings of which none may be lost between two polls.
        kept: Returns the committed rows of `Poll.state` whose key starts so.
    """

    now: Callable[[], datetime]
    keep: Keep
    kept: Callable[[str], Mapping[str, bytes]]
