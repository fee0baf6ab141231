"""Where a BACnet network and its devices are; loads nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from contract.quantity import Quantity

UDP_PORT: Final = 47_808
"""BAC0 in hexadecimal: the port of BACnet/IP (ASHRAE 135, annex J)."""

GREATEST_INSTANCE: Final = 4_194_302

KINDS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "analog-input": 0,
        "analog-output": 1,
        "analog-value": 2,
        "binary-input": 3,
        "binary-output": 4,
        "binary-value": 5,
        "multi-state-input": 13,
        "multi-state-output": 14,
        "multi-state-value": 19,
        "accumulator": 23,
        "integer-value": 45,
        "large-analog-value": 46,
        "positive-integer-value": 48,
    }
)
"""Types of object that have one number as their present value."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A BBMD on another subnet that passes broadcasts on to us."""

    host: str
    port: int = UDP_PORT
    ttl: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class BacnetLine:
    """The gateway's own place on a BACnet/IP network.

    Attributes:
        address: Of the gateway's interface, with the length of its prefix.
        port: UDP port of the network; 0 takes a free one and hears no broadcasts.
        device_instance: What the gateway itself is called.
        timeout_s: How long an answer may take, with one repetition. [s]
    """

    name: str
    address: str
    device_instance: int
    port: int = UDP_PORT
    foreign: Foreign | None = None
    timeout_s: float = 2.0
    simulated: bool = False

    def __str__(self) -> str:
        return f"BACnet at {self.address}, port {self.port}"


@dataclass(frozen=True, slots=True)
class BacnetObject:
    """One object of a device.

    Attributes:
        scale: What its value is times, to be in the quantity's unit; None
            converts the units the device names.
        low: Least value that may be written, in the quantity's unit.
        high: Greatest value that may be written; None is never writable.
    """

    kind: str
    instance: int
    scale: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.instance}"

    @property
    def identity(self) -> tuple[int, int]:
        """Type and instance as numbers."""
        return KINDS[self.kind], self.instance

    @property
    def is_binary(self) -> bool:
        """Whether it is either active or not."""
        return self.kind.startswith("binary-")

    @property
    def has_units(self) -> bool:
        """Whether an object of its type names engineering units."""
        return not self.kind.startswith(("binary-", "multi-state-"))


@dataclass(frozen=True, slots=True)
class BacnetPlace:
    """Where a device is, and which of its objects shows what.

    Attributes:
        host: None where it is found by its instance.
        instance: None where it is known by its address alone.
        cov: Whether it is asked to tell of changes by itself.
        confirmed: Whether it wants an acknowledgement of each.
        lifetime: Of a subscription, renewed in time.
        priority: At which setpoints are written.
    """

    host: str | None = None
    port: int = UDP_PORT
    instance: int | None = None
    objects: Mapping[Quantity, BacnetObject] = field(default_factory=dict)
    cov: bool = False
    confirmed: bool = False
    lifetime: timedelta = timedelta(minutes=5)
    priority: int = 8

    def __str__(self) -> str:
        if self.host is not None:
            return f"{self.host}:{self.port}"
        return f"device {self.instance}"
