"""Leases: what is held until when, and what is done about it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.guard.target import Target, Values
from gateway.proposal import Priority


@dataclass(frozen=True, slots=True)
class Lease:
    """What a target is held to, and until when.

    Attributes:
        back: What it goes back to, as far as that is not the device's own affair.
    """

    values: Values
    since: datetime
    until: datetime
    back: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a device's own readings say of its setpoints.

    Attributes:
        at: When they were read.
        values: Nothing for those that are no readings.
    """

    at: datetime
    values: Values


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
        priority: Of the most important proposal that it follows.
    """

    target: Target
    kind: Kind
    lease: Lease | None
    reason: str
    priority: Priority = Priority.COMFORT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action.

    Attributes:
        error: What went wrong, in words; empty if the device obeyed.
        held: What it showed when it was read back.
    """

    error: str = ""
    held: Values = field(default_factory=dict)
