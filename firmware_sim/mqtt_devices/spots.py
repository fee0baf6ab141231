"""How devices write values: under which name, in which unit, with how many digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a device shows a quantity.

    Attributes:
        key: As the firmware names it.
        factor: From the quantity's unit to the firmware's.
    """

    key: str
    factor: float = 1.0
    digits: int = 2

    def written(self, value: float) -> float:
        """Return the number that the firmware writes."""
        number = round(value * self.factor, self.digits)
        return number if self.digits else int(number)


Spots = Mapping[str, Spot]
"""By quantity."""


def shown(spots: Spots, values: Mapping[str, float]) -> dict[str, float]:
    """Return what a reader of the device can know, in the quantities' units."""
    return {
        name: spot.written(values[name]) / spot.factor
        for name, spot in spots.items()
        if name in values
    }


def nested(spots: Spots, values: Mapping[str, float], mark: str = ".") -> Any:
    """Return the written numbers as objects within objects, keys parted by `mark`."""
    whole: dict[str, Any] = {}
    for name, spot in spots.items():
        if name in values:
            *outer, last = spot.key.split(mark)
            inner = whole
            for key in outer:
                inner = inner.setdefault(key, {})
            inner[last] = spot.written(values[name])
    return whole
