"""What plays one line of a scenario, whatever it speaks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from firmware_sim.faults import Fault
from firmware_sim.line import Ports

Clock = Callable[[], int]
"""Returns the present instant of the simulation. [ms since 1970 UTC]"""


class Part(Protocol):
    """A line with the devices on it; devices are named by their path."""

    async def start(self, ports: Ports) -> None:
        """Begin to answer or to send; after a stop, where it was before."""

    async def stop(self) -> None:
        """Take it away."""

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a device, besides its name."""

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a device shows now: {quantity: value in the quantity's unit}."""

    def advance(self, at_ms: int) -> None:
        """Go to an instant."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a device have exactly these faults.

        Raises:
            ValueError: It knows no such fault.
        """
