"""Reading: one value of one point at one instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag
from typing import Final


class Quality(IntFlag):
    """What must be known about a value before it is used."""

    MEASURED = 0
    SIMULATED = 1
    """Made by simulated hardware; never mixed with measured values in a total."""
    RETIMED = 2
    """Dated after the fact, from the monotonic clock."""
    ESTIMATED = 4
    """Computed, not read from the device."""


MAX_POINT_NAME: Final = 200
"""Longest point name, in characters."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one point.

    Attributes:
        point: `site/node-path/device/quantity`.
        at: Arrival of the device's reply, UTC.
        value: In the unit of the point's quantity.
    """

    point: str
    at: datetime
    value: float
    quality: Quality = Quality.MEASURED
