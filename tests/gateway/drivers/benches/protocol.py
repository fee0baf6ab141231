"""What a driver gives the conformance suite: a far end here, and its truth.

`benches/<name>.py` defines a class `Bench` without arguments; `test_conformance.py`
finds it by itself and runs in one event loop: `start`, then `line` and `devices` (where
the far end is is known only then), the checks, and `stop` whatever happened.
"""

from collections.abc import Mapping
from typing import Protocol

from gateway.lines import DeviceSettings, LineSettings


class Bench(Protocol):
    """One line with one or two devices.

    Optional members, which the suite looks for with `getattr`:

    - `resolution: Mapping[str, float]`: how far a value may be from the truth by the
      width of the numbers on the wire, by quantity; 0.001 and a thousandth otherwise.
    - `def silence(self, on: bool) -> None`: the second device alone falls silent.
    - `silent_within_s: float`: how long the driver takes to call a device silent; 10.
    - `returns_within_s: float`: the suite asks for 5 s; a far end whose own protocol
      rules when it connects again or sends next may take that much longer.
    """

    async def start(self) -> None:
        """Begin to answer or to send."""

    async def stop(self) -> None:
        """End everything; called also when the far end is away."""

    def line(self) -> LineSettings:
        """Return the line, with the shortest time-outs that make sense."""

    def devices(self) -> list[DeviceSettings]:
        """Return the devices: a healthy one, and another that can fall silent alone.

        At least one entry says that it is simulated and the other that it is not, where
        there are two. The suite sets the intervals.
        """

    def truth(self, device: int) -> Mapping[str, float]:
        """Return what the device shows now: {quantity: value}, in its unit."""

    async def vanish(self) -> None:
        """Take the line or its far end away: unplugged, switched off, disconnected."""

    async def come_back(self) -> None:
        """Bring it back, at the same place."""

    def garble(self, on: bool) -> None:
        """Send garbage in place of every answer or telegram."""
