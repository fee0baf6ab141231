"""One decision after another: rule and operator propose, the guard acts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from contract.reading import Reading
from gateway.cycle.ledger import HOLD, LEASE, hold_row, lease_row
from gateway.cycle.setbacks import Setbacks, State
from gateway.dispatch import resolve
from gateway.guard import Guard
from gateway.guard.lease import Action, Observed, Outcome
from gateway.guard.target import Target
from gateway.proposal import Proposal
from gateway.snapshot import Snapshot

Answered = Callable[[str], datetime | None]
"""Returns when the device at a path answered, if it does now."""


class Steering:
    """Decides what every device is held to, and keeps it for the next start.

    Attributes:
        holds: What an operator asks for, by the setpoint's point.
        deciding: Whoever decides owns it meanwhile.
    """

    def __init__(
        self,
        guard: Guard,
        setbacks: Setbacks | None,
        holds: dict[str, Proposal],
        read_now: Callable[[list[str]], Awaitable[None]],
        answered: Answered,
    ) -> None:
        self.guard, self.holds = guard, holds
        self.setbacks = setbacks
        self.deciding = asyncio.Lock()
        self._read_now, self._answered = read_now, answered

    async def decide(
        self, snapshot: Snapshot, state: State
    ) -> tuple[list[Reading], dict[str, Outcome]]:
        """Act on what is wanted now; rows to keep go into `state`.

        Devices about to be reverted are read first, so that what they saved is counted
        to the end.

        Returns:
            The saved energy that an account was opened with, and what became of each
            action, by the target's name.
        """
        for setpoint, hold in list(self.holds.items()):
            if hold.until <= snapshot.now:
                del self.holds[setpoint]
                self.keep_hold(setpoint, state)
        actions = self.guard.plan(
            snapshot.now, self.wanted(snapshot), self._observed(snapshot)
        )
        if stale := self._uncounted(actions, snapshot.now):
            await self._read_now(stale)
        return await self._carry_out(snapshot.now, actions, state)

    def wanted(self, snapshot: Snapshot) -> dict[str, Proposal]:
        """Return what to obey at each setpoint."""
        asked = list(self.holds.values())
        if self.setbacks is not None:
            asked += self.setbacks.propose(snapshot)
        return resolve(asked)

    def keep_hold(self, setpoint: str, state: State) -> None:
        """Put the hold of a setpoint, or that there is none, into `state`."""
        hold = self.holds.get(setpoint)
        state[HOLD + setpoint] = None if hold is None else hold_row(hold)

    async def _carry_out(
        self, now: datetime, actions: list[Action], state: State
    ) -> tuple[list[Reading], dict[str, Outcome]]:
        """Act on all lines at once, on each line one device after another."""
        readings: list[Reading] = []
        outcomes: dict[str, Outcome] = {}

        async def on_one_line(actions: list[Action]) -> None:
            for action in actions:
                name = action.target.name
                outcome = outcomes[name] = await self.guard.carry_out(now, action)
                lease = self.guard.leases.get(name)
                state[LEASE + name] = None if lease is None else lease_row(lease)
                if self.setbacks is not None and not outcome.error:
                    readings.extend(self.setbacks.book(action, state))

        line_name = attrgetter("target.line.settings.name")
        by_line = groupby(sorted(actions, key=line_name), key=line_name)
        await asyncio.gather(*(on_one_line(list(group)) for _, group in by_line))
        return readings, outcomes

    def _uncounted(self, actions: list[Action], now: datetime) -> list[str]:
        """Return the devices to read before their setback ends."""
        if self.setbacks is None:
            return []
        paths = [each.target.path for each in actions if each.lease is None]
        return [path for path in paths if self.setbacks.is_older(path, now)]

    def _observed(self, snapshot: Snapshot) -> dict[str, Observed]:
        """Return what is known of each target's setpoints now."""
        seen = {
            target.name: self._seen(target, snapshot) for target in self.guard.targets
        }
        return {name: each for name, each in seen.items() if each is not None}

    def _seen(self, target: Target, snapshot: Snapshot) -> Observed | None:
        if not target.is_read:
            answered = self._answered(target.path)
            return None if answered is None else Observed(answered, {})
        values = {}
        for quantity, point in target.points.items():
            value = snapshot.value(point)
            if value is None:
                return None
            values[quantity] = value
        at = min(snapshot.latest[point].at for point in target.points.values())
        return Observed(at, values)
