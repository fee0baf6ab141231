"""A meter's S0 output, wired to the receiving wire of a serial adapter (a pty).

Source: EN 62053-31: a contact closes for 30 ms or longer each time the meter counted.
"""

import asyncio
import random
from collections.abc import Iterable, Mapping
from typing import Final

from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.pty_port import PtyPort
from firmware_sim.talker import Clock, Talker, Trouble, Values, wall_clock

_TICK_S: Final = 0.02
_CLOSED: Final = b"\x00"
_BETWEEN_PULSES_S: Final = 0.08
_NOISE_BYTES: Final = 24


class PulseSource(Talker):
    """One meter with a pulse output; it sends what its register goes up by.

    Attributes:
        quantity: What it counts.
        sent: Pulses since it began.
        bounces: How often a contact closes for one pulse.
    """

    def __init__(
        self,
        values: Values,
        *,
        quantity: str = "gas_m3",
        pulses_per_unit: float = 100.0,
        start: float = 0.0,
        clock: Clock = wall_clock,
    ) -> None:
        super().__init__(values, clock=clock)
        self.quantity = quantity
        self.pulses_per_unit = pulses_per_unit
        self.start_at = start
        self.sent = 0
        self.bounces = 1
        self._port = PtyPort()
        self._ticking: asyncio.Task[None] | None = None
        self._first: float | None = None
        self._kinds: frozenset[Trouble] = frozenset()
        self._noise = random.Random(1)

    @property
    def truth(self) -> dict[str, float]:
        """What the pulses it sent amount to: {quantity: value}."""
        register = self.start_at + self.sent / self.pulses_per_unit
        return {self.quantity: round(register, 6)}

    def words(self) -> dict[str, object]:
        """Return what a gateway's configuration says of it, besides its name."""
        return {
            "quantities": [self.quantity],
            "pulses_per_unit": self.pulses_per_unit,
            "start": self.start_at,
        }

    async def start(self, ports: Ports) -> None:
        """Begin to send; after a stop, where it was before."""
        del ports
        self._port.plug()
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Take the port away; nothing is sent then, and nothing counted."""
        ticking, self._ticking = self._ticking, None
        if ticking is not None:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
        self._port.unplug()

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        return {"type": "pulse", "port": self._port.path}

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Have exactly `faults` from now on: dropout, garbage or stuck.

        Raises:
            ValueError: It knows no such fault.
        """
        chosen = tuple(faults)
        kinds = frozenset(Trouble(each.kind) for each in chosen)
        if kinds - {Trouble.DROPOUT, Trouble.GARBAGE, Trouble.STUCK}:
            raise ValueError("a pulse output has dropout, garbage and stuck only")
        self._kinds = kinds
        super().set_faults(each for each in chosen if each.kind == Trouble.STUCK)

    def pulse(self) -> None:
        """Send one pulse."""
        self.sent += 1
        self._port.write(_CLOSED * self.bounces)

    async def _tick(self) -> None:
        while True:
            if Trouble.GARBAGE in self._kinds:
                self._port.write(self._noise.randbytes(_NOISE_BYTES))
                await asyncio.sleep(_TICK_S / 2)
                continue
            register = self.shown()[self.quantity]
            if self._first is None:
                self._first = register
            due = int((register - self._first) * self.pulses_per_unit + 1e-6)
            if due > self.sent and Trouble.DROPOUT not in self._kinds:
                self.pulse()
                await asyncio.sleep(_BETWEEN_PULSES_S)
            await asyncio.sleep(_TICK_S)
