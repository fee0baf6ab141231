"""The only door to the writers: range, rate, lease, read-back, audit."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway.guard.lease import Action, Kind, Lease, Observed, Outcome
from gateway.guard.target import Target, is_at, refused, shown
from gateway.lines import DeviceError
from gateway.proposal import Proposal

_AUDIT = logging.getLogger("voltonic.audit")

_BETWEEN_WRITES: Final = timedelta(seconds=10)
_AFTER_FAILURE: Final = timedelta(seconds=60)
_SETTLING: Final = timedelta(minutes=2)
"""How long a device may take to show in its readings what was written."""

Keep = Callable[[str, Lease], Awaitable[None]]


class Guard:
    """Judges what dispatch decided, writes it, and keeps the leases.

    Attributes:
        leases: What each target is held to, by its name.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        max_lease: timedelta,
        leases: dict[str, Lease],
        keep: Keep,
    ) -> None:
        """Take over `leases`; `keep` commits one before a device obeys it.

        Only devices without a reversion timer need that: after a crash nothing else
        would tell that they have to be reverted.
        """
        self.targets = tuple(targets)
        self.leases = leases
        self._keep = keep
        self._max_lease = max_lease
        self._written: dict[str, datetime] = {}
        self._not_before: dict[str, datetime] = {}

    def written_at(self, name: str) -> datetime | None:
        """Return when the target was last written since the start."""
        return self._written.get(name)

    def plan(
        self,
        now: datetime,
        wanted: Mapping[str, Proposal],
        observed: Mapping[str, Observed],
    ) -> list[Action]:
        """Return what has to be done so that devices obey `wanted`, by setpoint."""
        actions = []
        for target in self.targets:
            action = self._action(target, now, wanted, observed.get(target.name))
            if action is not None and not self.wait(target.name, now):
                actions.append(action)
        return actions

    def wait(self, name: str, now: datetime) -> timedelta:
        """Return how long the target may not be written yet."""
        not_before = self._not_before.get(name)
        # A clock that was stepped back must not hold the door shut.
        if not_before is None or not_before - now > _AFTER_FAILURE:
            return timedelta(0)
        return max(timedelta(0), not_before - now)

    async def carry_out(self, now: datetime, action: Action) -> Outcome:
        """Do it and read it back."""
        name, lease = action.target.name, action.lease
        self._written[name] = now
        self._not_before[name] = now + _BETWEEN_WRITES
        outcome = Outcome()
        if action.kind is not Kind.END or not action.target.reverts:
            try:
                lease, outcome = await self._written_to(action, now)
            except DeviceError as error:
                outcome = Outcome(str(error))
            if outcome.error:
                self._not_before[name] = now + _AFTER_FAILURE
                _AUDIT.warning("%s %s failed: %s", action.kind, name, outcome.error)
                return outcome
        if lease is None:
            self.leases.pop(name, None)
        else:
            self.leases[name] = lease
        _AUDIT.info("%s %s%s: %s", action.kind, name, _terms(lease), action.reason)
        return outcome

    def _action(
        self,
        target: Target,
        now: datetime,
        wanted: Mapping[str, Proposal],
        observed: Observed | None,
    ) -> Action | None:
        lease = self.leases.get(target.name)
        written = self._written.get(target.name)
        if observed is None or (written is not None and observed.at <= written):
            # Nothing is written blindly: the device's own timer ends what is in force.
            return None
        hold = self._hold(target, now, wanted)
        if lease is not None:
            over = _over(target, now, lease, observed)
            return over or self._kept(target, now, lease, hold)
        normal = target.control.normal
        is_seen = target.reverts and bool(observed.values)
        if is_seen and not is_at(target, observed.values, normal):
            return Action(target, Kind.REVERT, None, "held by nobody's lease")
        return hold

    def _kept(
        self, target: Target, now: datetime, lease: Lease, hold: Action | None
    ) -> Action | None:
        """Return what a lease in force needs, given what is wanted now."""
        if hold is None or hold.lease is None:
            return Action(target, Kind.REVERT, None, "no longer asked for")
        if hold.lease.values != lease.values or lease.until <= now:
            return hold
        is_short = lease.until - now < self._max_lease / 2
        if is_short and hold.lease.until > lease.until:
            until = hold.lease.until
            longer = Lease(lease.values, lease.since, until, lease.back)
            return Action(target, Kind.RENEW, longer, hold.reason, hold.priority)
        return None

    def _hold(
        self, target: Target, now: datetime, wanted: Mapping[str, Proposal]
    ) -> Action | None:
        asked = {
            quantity: wanted[point]
            for quantity, point in target.points.items()
            if point in wanted
        }
        if not asked:
            return None
        normal = target.control.normal
        values = {**normal, **{name: each.value for name, each in asked.items()}}
        until = min(now + self._max_lease, *(each.until for each in asked.values()))
        if until <= now or (target.reverts and values == normal):
            return None
        first = max(asked.values(), key=lambda each: each.priority)
        lease = self.leases.get(target.name)
        lease = Lease(values, now, until, lease.back if lease else normal)
        return Action(target, Kind.HOLD, lease, first.reason, first.priority)

    async def _written_to(
        self, action: Action, now: datetime
    ) -> tuple[Lease | None, Outcome]:
        """Write and read back; return the lease as it is in force now.

        Raises:
            DeviceError: The device did not take it.
        """
        target, lease = action.target, action.lease
        if lease is not None and (refusal := refused(target.control, lease.values)):
            return lease, Outcome(refusal)
        async with target.line.owned():
            await target.connection.connect()
            if lease is None:
                before = self.leases.get(target.name)
                back = before.back if before else target.control.normal
                wrote = await target.writer.release(back)
            else:
                lease = await _with_back(target, lease)
                wrote = lease.values
                if not target.reverts:
                    await self._keep(target.name, lease)
                    self.leases[target.name] = lease
                await target.writer.hold(wrote, lease.until - now)
            held = await target.writer.read_back()
        if is_at(target, held, wrote):
            return lease, Outcome(held=held)
        words = f"read back {shown(held)} after writing {shown(wrote)}"
        return lease, Outcome(words, held)


async def _with_back(target: Target, lease: Lease) -> Lease:
    """Return the lease with what the device is at now, where nothing says normal."""
    if all(each.quantity in lease.back for each in target.control.setpoints):
        return lease
    back = {**await target.writer.read_back(), **lease.back}
    return Lease(lease.values, lease.since, lease.until, back)


def _over(
    target: Target, now: datetime, lease: Lease, observed: Observed
) -> Action | None:
    """Return the end of a lease that the device itself has left."""
    if not lease.back or not is_at(target, observed.values, lease.back):
        return None
    if is_at(target, lease.values, lease.back):
        return None
    if lease.until <= now:
        return Action(target, Kind.END, None, "lease over, reverted by itself")
    if observed.at - lease.since > _SETTLING:
        return Action(target, Kind.END, None, "device left it before its time")
    return None


def _terms(lease: Lease | None) -> str:
    if lease is None:
        return ""
    return f" at {shown(lease.values)} until {lease.until:%F %H:%MZ}"
