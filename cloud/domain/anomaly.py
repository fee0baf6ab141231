"""What becomes of an anomaly once people have looked at it."""

from enum import StrEnum


class State(StrEnum):
    """Where an anomaly stands; whether it goes on is told by its end."""

    OPEN = "open"
    """Nobody has said anything of it."""
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"
    FIXED = "fixed"


class Verdict(StrEnum):
    """What a person says of an anomaly."""

    HOLIDAY = "holiday"
    """The days were free: they become closed days of the node."""
    EXPECTED = "expected"
    """It was meant to be: alike ones must be larger to be told."""
    NOT_AN_ANOMALY = "not_an_anomaly"
    """It is nothing: alike ones must be larger to be told."""
    CONFIRMED = "confirmed"
    """It is one: its time is left out of training."""
    FAULT_FIXED = "fault_fixed"
    """It was one, and is mended: its time is left out of training."""

    @property
    def state(self) -> State:
        """Where an anomaly stands after this."""
        return {
            Verdict.CONFIRMED: State.CONFIRMED,
            Verdict.FAULT_FIXED: State.FIXED,
        }.get(self, State.DISMISSED)
