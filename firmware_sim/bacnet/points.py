"""Objects of a simulated device, commandable ones with their sixteen priorities."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from firmware_sim.bacnet import tags
from firmware_sim.bacnet.tags import App, Tag

PRIORITIES: Final = 16
ANY: Final = tags.INSTANCES - 1
"""The instance that stands for whichever a device has."""


class Type(IntEnum):
    """Types of object (ASHRAE 135, clause 21, BACnetObjectType)."""

    ANALOG_INPUT = 0
    ANALOG_OUTPUT = 1
    ANALOG_VALUE = 2
    BINARY_INPUT = 3
    BINARY_OUTPUT = 4
    BINARY_VALUE = 5
    DEVICE = 8
    MULTI_STATE_INPUT = 13


class Prop(IntEnum):
    """Properties (ASHRAE 135, clause 21, BACnetPropertyIdentifier)."""

    ALL = 8
    APPLICATION_VERSION = 12
    APDU_TIMEOUT = 11
    COV_INCREMENT = 22
    DESCRIPTION = 28
    DEVICE_ADDRESS_BINDING = 30
    EVENT_STATE = 36
    FIRMWARE_REVISION = 44
    MAX_APDU = 62
    MODEL_NAME = 70
    APDU_RETRIES = 73
    OBJECT_ID = 75
    OBJECT_LIST = 76
    OBJECT_NAME = 77
    OBJECT_TYPE = 79
    OPTIONAL = 80
    OUT_OF_SERVICE = 81
    PRESENT_VALUE = 85
    PRIORITY_ARRAY = 87
    OBJECT_TYPES = 96
    SERVICES = 97
    PROTOCOL_VERSION = 98
    RELIABILITY = 103
    RELINQUISH_DEFAULT = 104
    REQUIRED = 105
    SEGMENTATION = 107
    STATUS_FLAGS = 111
    SYSTEM_STATUS = 112
    UNITS = 117
    VENDOR_ID = 120
    VENDOR_NAME = 121
    PROTOCOL_REVISION = 139
    DATABASE_REVISION = 155


class Code(IntEnum):
    """Error codes that are given here."""

    UNKNOWN_OBJECT = 31
    UNKNOWN_PROPERTY = 32
    WRONG_DATATYPE = 9
    OUT_OF_RANGE = 37
    NO_WRITING = 40
    WRONG_INDEX = 42
    NOT_SUPPORTED = 45
    NO_ARRAY = 50
    NO_COV = 43


_CLASS: Final = {Code.UNKNOWN_OBJECT: 1, Code.NOT_SUPPORTED: 5, Code.NO_COV: 5}
_PROPERTY_CLASS: Final = 2
_BINARY: Final = (Type.BINARY_INPUT, Type.BINARY_OUTPUT, Type.BINARY_VALUE)
_OUTPUTS: Final = (Type.ANALOG_OUTPUT, Type.BINARY_OUTPUT)


class RefusalError(Exception):
    """A service fails with an error."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.name)
        self.code = code

    def encoded(self) -> bytes:
        """Return class and code as they go over the wire."""
        kind = _CLASS.get(self.code, _PROPERTY_CLASS)
        return tags.enumerated(kind) + tags.enumerated(self.code)


@dataclass(slots=True)
class Point:
    """One object that shows a quantity.

    Attributes:
        units: Number of its engineering units; None where its type has none.
        factor: What the quantity's value is times, to be in those units.
        low: Least value that may be written.
        high: Greatest value that may be written.
        is_commandable: Whether it has a priority array.
        own: What it shows unless it is commanded, in its units.
        reliability: 0 is good, 1 is no sensor.
    """

    kind: Type
    instance: int
    quantity: str
    units: int | None = None
    factor: float = 1.0
    low: float = 0.0
    high: float = 100.0
    increment: float = 0.1
    is_commandable: bool = False
    own: float = 0.0
    reliability: int = 0
    out_of_service: bool = False
    slots: list[float | None] = field(default_factory=lambda: [None] * PRIORITIES)

    def __post_init__(self) -> None:
        self.is_commandable = self.is_commandable or self.kind in _OUTPUTS

    @property
    def identity(self) -> tuple[int, int]:
        """Type and instance."""
        return self.kind, self.instance

    @property
    def value(self) -> float:
        """Its present value, in its units."""
        return next((slot for slot in self.slots if slot is not None), self.own)

    @property
    def shown(self) -> float:
        """Its present value, in the quantity's unit."""
        return self.value / self.factor

    def encoded(self, value: float) -> bytes:
        """Return one of its values as it goes over the wire."""
        if self.kind in _BINARY:
            return tags.enumerated(int(value >= 0.5))
        if self.kind is Type.MULTI_STATE_INPUT:
            return tags.unsigned(max(1, round(value)))
        return tags.real(value)

    def flags(self) -> bytes:
        """Return its status flags as they go over the wire."""
        return tags.bits((False, self.reliability != 0, False, self.out_of_service))

    def properties(self) -> dict[int, bytes]:
        """Return what it has, encoded."""
        found: dict[int, bytes] = {
            Prop.OBJECT_ID: tags.named_object(*self.identity),
            Prop.OBJECT_NAME: tags.text(f"{self.quantity}-{self.instance}"),
            Prop.OBJECT_TYPE: tags.enumerated(self.kind),
            Prop.PRESENT_VALUE: self.encoded(self.value),
            Prop.STATUS_FLAGS: self.flags(),
            Prop.EVENT_STATE: tags.enumerated(0),
            Prop.RELIABILITY: tags.enumerated(self.reliability),
            Prop.OUT_OF_SERVICE: tags.boolean(self.out_of_service),
        }
        if self.units is not None:
            found[Prop.UNITS] = tags.enumerated(self.units)
            found[Prop.COV_INCREMENT] = tags.real(self.increment)
        if self.is_commandable:
            found[Prop.PRIORITY_ARRAY] = b"".join(self.priorities())
            found[Prop.RELINQUISH_DEFAULT] = self.encoded(self.own)
        return found

    def priorities(self) -> list[bytes]:
        """Return its priority array, each slot encoded."""
        return [
            tags.null() if slot is None else self.encoded(slot) for slot in self.slots
        ]

    def write(self, tag: Tag, priority: int) -> None:
        """Command it, or give up a command with Null.

        Raises:
            RefusalError: It cannot be commanded so.
        """
        if not self.is_commandable:
            raise RefusalError(Code.NO_WRITING)
        wanted = App.ENUMERATED if self.kind in _BINARY else App.REAL
        if tag.number == App.NULL:
            self.slots[priority - 1] = None
            return
        if tag.number != wanted or (wanted is App.REAL and len(tag.data) != 4):
            raise RefusalError(Code.WRONG_DATATYPE)
        value = tags.real_in(tag) if wanted is App.REAL else tags.number_in(tag)
        if not self.low <= value <= self.high:
            raise RefusalError(Code.OUT_OF_RANGE)
        self.slots[priority - 1] = value


def device_properties(
    instance: int, name: str, points: Iterable[Point]
) -> Mapping[int, bytes]:
    """Return what the object that stands for the whole device has, encoded."""
    objects = [(int(Type.DEVICE), instance), *(point.identity for point in points)]
    services = tuple(n in (5, 12, 14, 15, 34) for n in range(40))
    types = tuple(n in {int(kind) for kind in Type} for n in range(60))
    return {
        Prop.OBJECT_ID: tags.named_object(Type.DEVICE, instance),
        Prop.OBJECT_NAME: tags.text(name),
        Prop.OBJECT_TYPE: tags.enumerated(Type.DEVICE),
        Prop.SYSTEM_STATUS: tags.enumerated(0),
        Prop.VENDOR_NAME: tags.text("Voltonic simulator"),
        Prop.VENDOR_ID: tags.unsigned(0),
        Prop.MODEL_NAME: tags.text("simulated controller"),
        Prop.FIRMWARE_REVISION: tags.text("1"),
        Prop.APPLICATION_VERSION: tags.text("1"),
        Prop.PROTOCOL_VERSION: tags.unsigned(1),
        Prop.PROTOCOL_REVISION: tags.unsigned(14),
        Prop.SERVICES: tags.bits(services),
        Prop.OBJECT_TYPES: tags.bits(types),
        Prop.OBJECT_LIST: b"".join(tags.named_object(*each) for each in objects),
        Prop.MAX_APDU: tags.unsigned(1476),
        Prop.SEGMENTATION: tags.enumerated(3),
        Prop.APDU_TIMEOUT: tags.unsigned(3000),
        Prop.APDU_RETRIES: tags.unsigned(3),
        Prop.DEVICE_ADDRESS_BINDING: b"",
        Prop.DATABASE_REVISION: tags.unsigned(1),
    }
