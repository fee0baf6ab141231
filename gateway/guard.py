"""The only door to the writers: range, rate, lease, read-back, audit."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.modbus.client import Bus
from gateway.lines import DeviceError, Line
from gateway.meters import Control
from gateway.proposal import Proposal
from gateway.writers import modbus

_AUDIT = logging.getLogger("voltonic.audit")

_BETWEEN_WRITES: Final = timedelta(seconds=10)
_AFTER_FAILURE: Final = timedelta(seconds=60)
_SETTLING: Final = timedelta(minutes=2)
"""How long a device may take to show in its readings what was written."""


@dataclass(frozen=True, slots=True)
class Target:
    """A device that can be written.

    Attributes:
        points: Name of the point of each setpoint.
    """

    path: str
    line: Line
    bus: Bus
    unit: int
    control: Control
    points: Mapping[Quantity, str]


@dataclass(frozen=True, slots=True)
class Lease:
    """What a device is held to, and until when."""

    values: Mapping[Quantity, float]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Observed:
    """What a device's own readings say of its setpoints.

    Attributes:
        at: When they were read.
        is_normal: Whether every setpoint is at its normal value.
    """

    at: datetime
    is_normal: bool


class Kind(StrEnum):
    """What is done to a device."""

    HOLD = "hold"
    RENEW = "renew"
    REVERT = "revert"
    END = "end"
    """The lease is over and the device has reverted by itself: nothing is written."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do, and why.

    Attributes:
        lease: What holds afterwards; None after a revert or an end.
    """

    target: Target
    kind: Kind
    lease: Lease | None
    reason: str


class Guard:
    """Judges what dispatch decided, writes it, and keeps the leases.

    Attributes:
        leases: What each device is held to, by device path.
    """

    def __init__(
        self, targets: Iterable[Target], max_lease: timedelta, leases: dict[str, Lease]
    ) -> None:
        self.targets = tuple(targets)
        self.leases = leases
        self._max_lease = max_lease
        self._written: dict[str, datetime] = {}
        self._not_before: dict[str, datetime] = {}

    def written_at(self, path: str) -> datetime | None:
        """Return when the device was last written since the start."""
        return self._written.get(path)

    def plan(
        self,
        now: datetime,
        wanted: Mapping[str, Proposal],
        observed: Mapping[str, Observed],
    ) -> list[Action]:
        """Return what has to be done so that devices obey `wanted`, by setpoint."""
        actions = []
        for target in self.targets:
            action = self._action(target, now, wanted, observed.get(target.path))
            if action is not None and self._may_write(target.path, now):
                actions.append(action)
        return actions

    async def carry_out(self, now: datetime, action: Action) -> bool:
        """Do it and read it back. Return whether the device obeyed."""
        target = action.target
        self._written[target.path] = now
        self._not_before[target.path] = now + _BETWEEN_WRITES
        if action.kind is not Kind.END:
            error = await self._write(now, action)
            if error:
                self._not_before[target.path] = now + _AFTER_FAILURE
                _AUDIT.warning("%s %s failed: %s", action.kind, target.path, error)
                return False
        if action.lease is None:
            self.leases.pop(target.path, None)
        else:
            self.leases[target.path] = action.lease
        _AUDIT.info(
            "%s %s%s: %s", action.kind, target.path, _terms(action), action.reason
        )
        return True

    def _action(
        self,
        target: Target,
        now: datetime,
        wanted: Mapping[str, Proposal],
        observed: Observed | None,
    ) -> Action | None:
        lease = self.leases.get(target.path)
        written = self._written.get(target.path)
        if observed is None or (written is not None and observed.at <= written):
            # Nothing is written blindly: the device's own timer ends what is in force.
            return None
        hold = self._hold(target, now, wanted)
        if lease is not None:
            over = _over(target, now, lease, observed)
            return over or self._kept(target, now, lease, hold)
        if not observed.is_normal:
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
            longer = Lease(lease.values, lease.since, hold.lease.until)
            return Action(target, Kind.RENEW, longer, hold.reason)
        return None

    def _hold(
        self, target: Target, now: datetime, wanted: Mapping[str, Proposal]
    ) -> Action | None:
        values = dict(target.control.normal)
        until, reason = now + self._max_lease, ""
        for quantity, point in target.points.items():
            proposal = wanted.get(point)
            if proposal is not None:
                values[quantity] = proposal.value
                until, reason = min(until, proposal.until), proposal.reason
        if not reason or until <= now or values == target.control.normal:
            return None
        return Action(target, Kind.HOLD, Lease(values, now, until), reason)

    def _may_write(self, path: str, now: datetime) -> bool:
        not_before = self._not_before.get(path)
        if not_before is None or now >= not_before:
            return True
        # A clock that was stepped back must not hold the door shut.
        return not_before - now > _AFTER_FAILURE

    async def _write(self, now: datetime, action: Action) -> str:
        """Write and read back; return what went wrong, or nothing."""
        target, control = action.target, action.target.control
        values = control.normal if action.lease is None else action.lease.values
        refusal = _out_of_range(control, values)
        if refusal:
            return refusal
        until = now if action.lease is None else action.lease.until
        try:
            async with target.line.owned():
                await target.bus.connect()
                await modbus.write(
                    target.bus, target.unit, control, values, until - now
                )
                held = await modbus.read_back(target.bus, target.unit, control)
        except DeviceError as error:
            return str(error)
        if held != values:
            return f"read back {_written(held)} after writing {_written(values)}"
        return ""


def _over(
    target: Target, now: datetime, lease: Lease, observed: Observed
) -> Action | None:
    """Return the end of a lease that the device itself has left."""
    if not observed.is_normal:
        return None
    if lease.until <= now:
        return Action(target, Kind.END, None, "lease over, reverted by itself")
    if observed.at - lease.since > _SETTLING:
        return Action(target, Kind.END, None, "device left it before its time")
    return None


def _out_of_range(control: Control, values: Mapping[Quantity, float]) -> str:
    for setpoint in control.setpoints:
        value = values[setpoint.quantity]
        if not setpoint.low <= value <= setpoint.high or value != int(value):
            return (
                f"{setpoint.quantity} {value:g} is refused: whole numbers from "
                f"{setpoint.low} to {setpoint.high}"
            )
    return ""


def _terms(action: Action) -> str:
    if action.lease is None:
        return ""
    return f" at {_written(action.lease.values)} until {action.lease.until:%F %H:%MZ}"


def _written(values: Mapping[Quantity, float]) -> str:
    return " ".join(f"{quantity}={value:g}" for quantity, value in values.items())
