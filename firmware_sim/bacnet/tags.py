"""Tagged values as BACnet encodes them (ASHRAE 135, clause 20.2)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_CONTEXT: Final = 0x08
_EXTENDED: Final = 5
_OPENING: Final = 6
_CLOSING: Final = 7
_MOST_DEPTH: Final = 8
INSTANCES: Final = 0x40_0000
"""How many instances a type has; the last stands for any."""


class TagError(ValueError):
    """These bytes are not tagged as BACnet wants it."""


class App(IntEnum):
    """Numbers of application tags."""

    NULL = 0
    BOOLEAN = 1
    UNSIGNED = 2
    INTEGER = 3
    REAL = 4
    DOUBLE = 5
    OCTETS = 6
    TEXT = 7
    BITS = 8
    ENUMERATED = 9
    DATE = 10
    TIME = 11
    OBJECT = 12


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag.

    Attributes:
        number: Of the context, or of the type.
        data: Its content; for a boolean of an application, one byte.
        bracket: 0 for a value, 6 for an opening tag, 7 for a closing one.
    """

    number: int
    is_context: bool
    data: bytes
    bracket: int = 0


def tags(data: bytes) -> list[Tag]:
    """Return the tags in `data`.

    Raises:
        TagError: They do not end where the bytes do, or are not well nested.
    """
    found, depth, place = [], [], 0
    try:
        while place < len(data):
            tag, place = _tag(data, place)
            found.append(tag)
            if tag.bracket == _OPENING:
                depth.append(tag.number)
            elif tag.bracket == _CLOSING and (not depth or depth.pop() != tag.number):
                raise TagError("a closing tag without its opening one")
            if len(depth) > _MOST_DEPTH:
                raise TagError("nested too deeply")
    except (IndexError, struct.error) as error:
        raise TagError("cut short") from error
    if depth:
        raise TagError("an opening tag without its closing one")
    return found


def _tag(data: bytes, place: int) -> tuple[Tag, int]:
    first = data[place]
    number, length, place = first >> 4, first & 7, place + 1
    is_context = bool(first & _CONTEXT)
    if number == 15:
        number, place = data[place], place + 1
    if is_context and length in (_OPENING, _CLOSING):
        return Tag(number, True, b"", length), place
    if not is_context and number == App.BOOLEAN:
        if length > 1:
            raise TagError("a boolean that is neither true nor false")
        return Tag(number, False, bytes([length])), place
    if length == _EXTENDED:
        length, place = data[place], place + 1
        if length == 254:
            length, place = struct.unpack_from(">H", data, place)[0], place + 2
        elif length == 255:
            length, place = struct.unpack_from(">I", data, place)[0], place + 4
    elif length > _EXTENDED:
        raise TagError("a bracket of an application")
    if place + length > len(data):
        raise TagError("cut short")
    return Tag(number, is_context, data[place : place + length]), place + length


def _head(number: int, length: int, flag: int) -> bytes:
    start = min(number, 15) << 4 | flag
    extra = bytes([number]) if number >= 15 else b""
    if length < _EXTENDED:
        return bytes([start | length]) + extra
    long = bytes([length]) if length < 254 else b"\xfe" + struct.pack(">H", length)
    return bytes([start | _EXTENDED]) + extra + long


def context(number: int, content: bytes) -> bytes:
    """Return `content` under the context tag `number`."""
    return _head(number, len(content), _CONTEXT) + content


def bracketed(number: int, content: bytes) -> bytes:
    """Return `content` between the opening and the closing tag `number`."""
    opening = bytes([number << 4 | _CONTEXT | _OPENING])
    return opening + content + bytes([number << 4 | _CONTEXT | _CLOSING])


def application(number: App, content: bytes) -> bytes:
    """Return `content` under an application tag."""
    return _head(number, len(content), 0) + content


def whole(value: int) -> bytes:
    """Return an unsigned number in as few bytes as it takes."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8))


def null() -> bytes:
    """Return Null, encoded."""
    return b"\x00"


def boolean(value: bool) -> bytes:
    """Return a BOOLEAN, encoded."""
    return bytes([App.BOOLEAN << 4 | value])


def unsigned(value: int) -> bytes:
    """Return an Unsigned, encoded."""
    return application(App.UNSIGNED, whole(value))


def real(value: float) -> bytes:
    """Return a REAL, encoded."""
    return application(App.REAL, struct.pack(">f", value))


def enumerated(value: int) -> bytes:
    """Return an ENUMERATED, encoded."""
    return application(App.ENUMERATED, whole(value))


def text(value: str) -> bytes:
    """Return a CharacterString in UTF-8, encoded."""
    return application(App.TEXT, b"\x00" + value.encode())


def bits(values: tuple[bool, ...]) -> bytes:
    """Return a BIT STRING, encoded."""
    unused = -len(values) % 8
    number = sum(on << (len(values) - 1 - n) for n, on in enumerate(values)) << unused
    content = number.to_bytes((len(values) + unused) // 8)
    return application(App.BITS, bytes([unused]) + content)


def object_id(kind: int, instance: int) -> bytes:
    """Return the four bytes of an object identifier."""
    return struct.pack(">I", kind * INSTANCES + instance)


def named_object(kind: int, instance: int) -> bytes:
    """Return an object identifier, encoded."""
    return application(App.OBJECT, object_id(kind, instance))


def number_in(tag: Tag) -> int:
    """Return the unsigned number in a tag.

    Raises:
        TagError: It has no or too many bytes.
    """
    if tag.bracket or not 1 <= len(tag.data) <= 4:
        raise TagError("no number")
    return int.from_bytes(tag.data)


def real_in(tag: Tag) -> float:
    """Return the number in a tag of type REAL.

    Raises:
        TagError: It has not four bytes.
    """
    if len(tag.data) != 4:
        raise TagError("no real number")
    (value,) = struct.unpack(">f", tag.data)
    return float(value)


def object_in(tag: Tag) -> tuple[int, int]:
    """Return type and instance of the object a tag names.

    Raises:
        TagError: It names none.
    """
    if tag.bracket or len(tag.data) != 4:
        raise TagError("no object identifier")
    return divmod(int.from_bytes(tag.data), INSTANCES)


class Fields:
    """The tags of a request, taken one after another."""

    def __init__(self, data: bytes) -> None:
        self._tags = tags(data)
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._tags)

    def take(self, number: int, bracket: int = 0) -> Tag | None:
        """Return the next tag if it is of context `number`."""
        if not self:
            return None
        tag = self._tags[self._place]
        if not tag.is_context or tag.number != number or tag.bracket != bracket:
            return None
        self._place += 1
        return tag

    def need(self, number: int, bracket: int = 0) -> Tag:
        """Return the next tag, of context `number`.

        Raises:
            TagError: It is another.
        """
        tag = self.take(number, bracket)
        if tag is None:
            raise TagError(f"context {number} is missing")
        return tag

    def inside(self, number: int) -> Iterator[None]:
        """Yield for as long as there is something between the brackets `number`.

        Raises:
            TagError: There are no such brackets.
        """
        self.need(number, _OPENING)
        while not self.take(number, _CLOSING):
            yield

    def value(self, number: int) -> Tag:
        """Return the one application tag between the brackets `number`.

        Raises:
            TagError: There is not just one.
        """
        self.need(number, _OPENING)
        tag = self._tags[self._place]
        self._place += 1
        if tag.is_context:
            raise TagError("one plain value is wanted")
        self.need(number, _CLOSING)
        return tag
