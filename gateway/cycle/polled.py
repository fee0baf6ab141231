"""One polled device: how to read it, and how it has been."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from contract.interval import EPOCH
from gateway.driver import Device
from gateway.health import Health
from gateway.lines import DeviceSettings

_PHASE: Final = timedelta(seconds=2)
_START: Final = EPOCH + _PHASE


@dataclass(slots=True)
class Polled:
    """A device and its run-time state.

    Attributes:
        slot: Number of the interval it was polled in last, counted from 1970.
        is_silent: Whether the last request was not answered.
        tried_s: Monotonic time of the last request. [s]
    """

    settings: DeviceSettings
    meter: Device
    health: Health = field(default_factory=Health)
    slot: int | None = None
    is_silent: bool = False
    tried_s: float = 0.0

    @property
    def path(self) -> str:
        """Node path and name."""
        return self.settings.path


class Slots:
    """Which interval an instant is in, counted from 1970, for any length.

    All devices change interval at the same phase, a little after whole minutes, so
    that a step on the minute is seen by all of them or by none.
    """

    def __init__(self, now: datetime) -> None:
        self._elapsed = now - _START
        self._numbers: dict[timedelta, int] = {}

    def number(self, interval: timedelta) -> int:
        """Return the number of the interval the instant is in."""
        number = self._numbers.get(interval)
        if number is None:
            number = self._numbers[interval] = self._elapsed // interval
        return number

    def is_due(self, device: Polled) -> bool:
        """Return whether the device has not been polled in this interval."""
        return device.slot != self.number(device.settings.interval)

    def next_start(self, interval: timedelta) -> datetime:
        """Return when the next interval starts."""
        return _START + (self.number(interval) + 1) * interval
