"""What a simulated device does when it is asked: read, read many, write."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from firmware_sim.bacnet import tags
from firmware_sim.bacnet.points import (
    ANY,
    PRIORITIES,
    Code,
    Point,
    Prop,
    RefusalError,
    Type,
    device_properties,
)
from firmware_sim.bacnet.tags import Fields, TagError

_LISTS: Final = {Prop.OBJECT_LIST, Prop.PRIORITY_ARRAY}
_MOST_RESULTS: Final = 400


class OutOfRangeError(Exception):
    """A parameter is beyond what the service allows: the request is rejected."""


class Database:
    """The objects of one device.

    Attributes:
        points: By type and instance.
        shift: Added to the instance in each answer: the fault of a wrong object.
    """

    def __init__(self, instance: int, name: str, points: Sequence[Point]) -> None:
        self.instance = instance
        self.name = name
        self.points = {point.identity: point for point in points}
        self.shift = 0

    def read(self, body: bytes) -> bytes:
        """Return what answers a ReadProperty.

        Raises:
            TagError: The request is malformed.
            RefusalError: There is no such thing.
        """
        fields = Fields(body)
        kind, instance = tags.object_in(fields.need(0))
        prop = tags.number_in(fields.need(1))
        place = fields.take(2)
        index = None if place is None else tags.number_in(place)
        value = self._value(kind, instance, prop, index)
        if kind == Type.DEVICE:
            instance = self.instance
        head = tags.context(0, tags.object_id(kind, (instance + self.shift) % ANY))
        return head + _property(1, prop, index) + tags.bracketed(3, value)

    def read_multiple(self, body: bytes) -> bytes:
        """Return what answers a ReadPropertyMultiple.

        Raises:
            TagError: The request is malformed.
        """
        fields, answer, left = Fields(body), b"", _MOST_RESULTS
        while fields:
            kind, instance = tags.object_in(fields.need(0))
            results = b""
            for prop, index in self._asked(fields, kind, instance):
                results += self._result(kind, instance, prop, index)
                left -= 1
                if left < 0:
                    raise OutOfRangeError
            if kind == Type.DEVICE and instance == ANY:
                instance = self.instance
            name = tags.object_id(kind, (instance + self.shift) % ANY)
            answer += tags.context(0, name) + tags.bracketed(1, results)
        if not answer:
            raise TagError("nothing is asked for")
        return answer

    def write(self, body: bytes) -> None:
        """Do what a WriteProperty wants.

        Raises:
            TagError: The request is malformed.
            OutOfRangeError: There is no such priority.
            RefusalError: It cannot be written.
        """
        fields = Fields(body)
        identity = tags.object_in(fields.need(0))
        prop = tags.number_in(fields.need(1))
        index = fields.take(2)
        value = fields.value(3)
        given = fields.take(4)
        priority = PRIORITIES if given is None else tags.number_in(given)
        if not 1 <= priority <= PRIORITIES:
            raise OutOfRangeError
        point = self.point(identity)
        if prop not in point.properties():
            raise RefusalError(Code.UNKNOWN_PROPERTY)
        if prop != Prop.PRESENT_VALUE or index is not None:
            raise RefusalError(Code.NO_WRITING)
        point.write(value, priority)

    def point(self, identity: tuple[int, int]) -> Point:
        """Return the object.

        Raises:
            RefusalError: There is none.
        """
        point = self.points.get(identity)
        if point is None:
            raise RefusalError(Code.UNKNOWN_OBJECT)
        return point

    def _properties(self, kind: int, instance: int) -> Mapping[int, bytes]:
        if kind == Type.DEVICE and instance in (ANY, self.instance):
            return device_properties(self.instance, self.name, self.points.values())
        return self.point((kind, instance)).properties()

    def _value(self, kind: int, instance: int, prop: int, index: int | None) -> bytes:
        found = self._properties(kind, instance).get(prop)
        if found is None:
            raise RefusalError(Code.UNKNOWN_PROPERTY)
        if index is None:
            return found
        if prop not in _LISTS:
            raise RefusalError(Code.NO_ARRAY)
        items = self._items(kind, instance, prop)
        if index == 0:
            return tags.unsigned(len(items))
        if index > len(items):
            raise RefusalError(Code.WRONG_INDEX)
        return items[index - 1]

    def _items(self, kind: int, instance: int, prop: int) -> list[bytes]:
        if prop == Prop.PRIORITY_ARRAY:
            return self.point((kind, instance)).priorities()
        identities = [(int(Type.DEVICE), self.instance), *self.points]
        return [tags.named_object(*each) for each in identities]

    def _asked(
        self, fields: Fields, kind: int, instance: int
    ) -> Iterator[tuple[int, int | None]]:
        """Yield each property that is asked of one object, with its index."""
        for _ in fields.inside(1):
            prop = tags.number_in(fields.need(0))
            place = fields.take(1)
            if prop in (Prop.ALL, Prop.REQUIRED, Prop.OPTIONAL):
                try:
                    every = self._properties(kind, instance)
                except RefusalError:
                    every = {prop: b""}
                yield from ((each, None) for each in every)
            else:
                yield prop, None if place is None else tags.number_in(place)

    def _result(self, kind: int, instance: int, prop: int, index: int | None) -> bytes:
        try:
            value = tags.bracketed(4, self._value(kind, instance, prop, index))
        except RefusalError as refusal:
            value = tags.bracketed(5, refusal.encoded())
        return _property(2, prop, index) + value


def _property(number: int, prop: int, index: int | None) -> bytes:
    head = tags.context(number, tags.whole(prop))
    return head if index is None else head + tags.context(number + 1, tags.whole(index))
