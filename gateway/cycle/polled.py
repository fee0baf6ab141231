"""One polled device: how to read it, and how it has been."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gateway.drivers.modbus.meter import Meter
from gateway.health import Health
from gateway.lines import DeviceSettings

_PHASE: Final = timedelta(seconds=2)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(slots=True)
class Polled:
    """A device and its run-time state.

    Attributes:
        slot: Number of the interval it was polled in last, counted from 1970.
        is_silent: Whether the last request was not answered.
        tried_s: Monotonic time of the last request. [s]
    """

    settings: DeviceSettings
    meter: Meter
    health: Health = field(default_factory=Health)
    slot: int | None = None
    is_silent: bool = False
    tried_s: float = 0.0

    @property
    def path(self) -> str:
        """Node path and name."""
        return self.settings.path

    def current_slot(self, now: datetime) -> int:
        """Return the number of the interval that `now` is in.

        All devices change interval at the same phase, a little after whole minutes, so
        that a step on the minute is seen by all of them or by none.
        """
        return (now - _PHASE - _EPOCH) // self.settings.interval

    def next_due(self, now: datetime) -> datetime:
        """Return when the next interval starts."""
        ends = (self.current_slot(now) + 1) * self.settings.interval
        return _EPOCH + ends + _PHASE
