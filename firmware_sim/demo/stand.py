"""The demo while it runs: its programs, the conductor, and what they are asked."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from firmware_sim.conductor import Conductor
from firmware_sim.demo import programs
from firmware_sim.demo.asks import AskError, Cloud
from firmware_sim.demo.chaos import CLOUD, Counts, Stage
from firmware_sim.demo.installation import Installation, cloud_program, healthy
from firmware_sim.demo.interrupts import Interrupts
from firmware_sim.demo.processes import Children
from firmware_sim.demo.screen import Screen

_ASK_EVERY_S: Final = 0.5


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


@dataclass(slots=True)
class Stand:
    """Everything a phase of the demo needs.

    Attributes:
        stop: What Ctrl-C asked for.
        took_s: Seconds each phase took, for the ledger.
    """

    installation: Installation
    conductor: Conductor
    children: Children
    cloud: Cloud
    screen: Screen
    stop: Interrupts
    counts: Counts = field(default_factory=Counts)
    took_s: dict[str, float] = field(default_factory=dict)

    @property
    def program_names(self) -> list[str]:
        """The names of all programs that must run."""
        names = [f"gateway-{g.name}" for g in self.installation.gateways]
        return [programs.CLOUD, programs.SIMULATOR, *names]

    @property
    def is_left(self) -> bool:
        """Whether somebody stopped the demo who wants no ledger."""
        wants_none = not self.installation.options.ledger_on_interrupt
        return self.stop.enough.is_set() and wants_none

    async def start_nodes(self) -> None:
        """Let the nodes on the grounds post, from now on."""
        made = self.installation
        nodes = programs.esp8266(made.options, made.url, made.keys.nodes)
        await self.children.start(nodes)

    def lap(self, name: str, since_s: float) -> None:
        """Note how long a phase took that began at `since_s` on the screen's clock."""
        self.took_s[name] = round(self.screen.elapsed_s - since_s, 1)

    async def until(
        self, condition: Callable[[], Awaitable[bool]], timeout_s: float, what: str
    ) -> None:
        """Ask the cloud until `condition` holds.

        Raises:
            DemoError: It did not come to `what` in time.
        """
        deadline_s = self.screen.elapsed_s + timeout_s
        last: AskError | None = None
        while self.screen.elapsed_s < deadline_s:
            try:
                if await condition():
                    return
            except AskError as error:
                last = error
            await asyncio.sleep(_ASK_EVERY_S)
        raise DemoError(f"not within {timeout_s:g} s: {what}; {last or ''}") from last

    def stage(self) -> Stage:
        """Return what chaos may do here."""
        return Stage(
            self.installation.links, self._kill, self._restart, self.screen.say
        )

    def _program_name(self, target: str) -> str:
        return programs.CLOUD if target == CLOUD else f"gateway-{target}"

    async def _kill(self, target: str) -> None:
        child = self.children[self._program_name(target)]
        child.kill()
        await child.ended()

    async def _restart(self, target: str) -> None:
        if target == CLOUD:
            made = self.installation
            await self.children.start(cloud_program(made.options, made.ports))
            await healthy(self.cloud.url, self.cloud.key, self.children)
            return
        [gateway] = [g for g in self.installation.gateways if g.name == target]
        await self.children.start(programs.gateway(gateway, self.conductor.path))


def utc_now() -> datetime:
    """Return the wall clock's instant."""
    return datetime.now(UTC)
