"""Proposal: what a rule asks for."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Priority(IntEnum):
    """Who is obeyed when proposals disagree: the highest."""

    COMFORT = 10
    ECONOMY = 20
    OPERATOR = 30
    SAFETY = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """A wish to hold one setpoint at a value until an instant, and why.

    Attributes:
        setpoint: Name of the setpoint's point.
        value: Lower is stricter.
        until: When the wish ends unless it is repeated.
    """

    setpoint: str
    value: float
    until: datetime
    priority: Priority
    reason: str
