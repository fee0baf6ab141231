"""Inventory: the points behind the integers of a batch, named by its hash."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, Self, cast

from contract.quantity import Quantity
from contract.reading import MAX_POINT_NAME

PATH: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}(/[a-z0-9][a-z0-9_-]{0,62}){0,9}")
"""A node path: lower-case slugs joined by slashes."""

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Role(StrEnum):
    """What a device's readings mean for the node it stands at."""

    MAIN = "main"
    """The node's own meter: its energy and power are the node's."""
    SUB = "sub"
    """Part of what the main meter already counts."""
    PRODUCTION = "production"
    """A generator: solar, wind."""
    SENSOR = "sensor"
    """No energy: climate, occupancy, state."""


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One device of a gateway and the quantities it reports.

    Attributes:
        node: Path of the node it stands at, from the site down.
        name: Slug, unique at its node.
        model: Name of the meter model.
        modulus_kwh: Where its energy counters roll over, if they do.
    """

    node: str
    name: str
    model: str
    role: Role
    simulated: bool
    quantities: tuple[Quantity, ...]
    modulus_kwh: float | None = None

    def __post_init__(self) -> None:
        if not PATH.fullmatch(self.node):
            raise ValueError(f"node: not a path of lower-case slugs: {self.node!r}")
        if not SLUG.fullmatch(self.name):
            raise ValueError(f"name: not a lower-case slug: {self.name!r}")
        for quantity in self.quantities:
            if len(self.point(quantity)) > MAX_POINT_NAME:
                raise ValueError(f"point name too long: {self.point(quantity)}")

    def point(self, quantity: Quantity) -> str:
        """Return the name of this device's point for `quantity`."""
        return f"{self.node}/{self.name}/{quantity}"

    def to_json(self) -> dict[str, object]:
        """Return the entry as JSON values."""
        return {
            "node": self.node,
            "name": self.name,
            "model": self.model,
            "role": self.role.value,
            "simulated": self.simulated,
            "quantities": [quantity.value for quantity in self.quantities],
            "modulus_kwh": self.modulus_kwh,
        }

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the entry in `raw`.

        Raises:
            ValueError: A field is missing or malformed; the message names it.
        """
        match raw:
            case {
                "node": str(node),
                "name": str(name),
                "model": str(model),
                "role": str(role),
                "simulated": bool(simulated),
                "quantities": [*quantities],
                "modulus_kwh": None | float() | int() as modulus_kwh,
            }:
                return cls(
                    node,
                    name,
                    model,
                    Role(role),
                    simulated,
                    tuple(Quantity(str(quantity)) for quantity in quantities),
                    None if modulus_kwh is None else float(modulus_kwh),
                )
        raise ValueError(f"not an inventory entry: {str(raw)[:200]}")


@dataclass(frozen=True)
class Inventory:
    """Everything one gateway measures; a point's integer is its place in `points`."""

    devices: tuple[DeviceEntry, ...]

    @cached_property
    def points(self) -> tuple[str, ...]:
        """The name of each point, in the order that batches count in."""
        return tuple(name for name, _, _ in self.entries())

    @cached_property
    def index(self) -> dict[str, int]:
        """The integer of each point name."""
        return {name: place for place, name in enumerate(self.points)}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hex digits."""
        return sha256(self.to_bytes()).hexdigest()

    def entries(self) -> Iterator[tuple[str, DeviceEntry, Quantity]]:
        """Yield each point with its device and quantity, in batch order."""
        for device in self.devices:
            for quantity in device.quantities:
                yield device.point(quantity), device, quantity

    def to_bytes(self) -> bytes:
        """Return the canonical JSON that the hash is taken of."""
        return json.dumps(
            [device.to_json() for device in self.devices],
            separators=(",", ":"),
            sort_keys=True,
        ).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the inventory in `raw`.

        Raises:
            ValueError: Not JSON, or an entry is malformed, or two points share a name.
        """
        decoded = json.loads(raw)
        if not isinstance(decoded, list):
            raise ValueError("an inventory is a list of devices")
        inventory = cls(tuple(map(DeviceEntry.from_json, cast(list[object], decoded))))
        if len(inventory.index) != len(inventory.points):
            raise ValueError("an inventory names each point once")
        return inventory
