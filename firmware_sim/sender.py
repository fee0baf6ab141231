"""A device that sends telegrams by itself, on a pty."""

import asyncio
from collections.abc import Callable, Mapping

from firmware_sim.line import Ports
from firmware_sim.pty_port import PtyPort
from firmware_sim.talker import Clock, Talker, Values, wall_clock

Composed = Callable[[Mapping[str, float]], bytes]
"""Makes a telegram of what there is to show: {quantity: value}."""


class Sender(Talker):
    """One device on one port.

    Attributes:
        type: Of its line, in a gateway's words.
        interval_s: From one telegram to the next. [s]
    """

    def __init__(
        self,
        type_: str,
        composed: Composed,
        values: Values,
        *,
        interval_s: float = 1.0,
        clock: Clock = wall_clock,
    ) -> None:
        super().__init__(values, clock=clock)
        self.type = type_
        self.interval_s = interval_s
        self._composed = composed
        self._port = PtyPort()
        self._sending: asyncio.Task[None] | None = None

    async def start(self, ports: Ports) -> None:
        """Begin to send; after a stop, where it was before."""
        del ports
        self._port.plug()
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def stop(self) -> None:
        """Take the port away."""
        sending, self._sending = self._sending, None
        if sending is not None:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        self._port.unplug()

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        return {"type": self.type, "port": self._port.path}

    async def _send(self) -> None:
        while True:
            self._port.write(self.spoiled(self._composed(self.shown())))
            await asyncio.sleep(self.interval_s)
