"""SML's binary encoding: nested lists of numbers and strings. Pure."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from gateway.telegram import TelegramError, checksum

Tree: TypeAlias = "int | bool | bytes | list[Tree] | None"
"""A decoded element; None is an optional one that was left out."""

_MAX_DEPTH: Final = 16
_MAX_NUMBER_BYTES: Final = 8
_TYPE: Final = 0x70
_LENGTH: Final = 0x0F
_HAS_MORE: Final = 0x80
_STRING, _BOOLEAN, _SIGNED, _UNSIGNED, _LIST = 0x00, 0x40, 0x50, 0x60, 0x70
_CHECKSUM_AND_END: Final = 2


def messages(content: bytes) -> Iterator[Tree]:
    """Yield the body of each message.

    Raises:
        TelegramError: The encoding is broken, or a message's checksum is wrong.
    """
    place = 0
    while place < len(content):
        message, end = _element(content, place, 0)
        parts = items(message, 6, "a message")
        if parts[5] is not None:
            raise TelegramError("a message does not end where it should")
        _check(content[place:end], parts[4])
        yield parts[3]
        place = end


def items(tree: Tree, count: int, name: str) -> list[Tree]:
    """Return the items of a list of `count`.

    Raises:
        TelegramError: It is no such list; the message has its name.
    """
    if not isinstance(tree, list) or len(tree) != count:
        raise TelegramError(f"{name} is no list of {count}")
    return tree


def _check(message: bytes, sent: Tree) -> None:
    """Refuse a message whose own checksum is wrong; it covers all before itself."""
    if not isinstance(sent, int) or not 0 <= sent <= 0xFFFF:
        raise TelegramError("a message has no checksum")
    for number_bytes in (3, 2):
        covered = message[: -number_bytes - 1]
        swapped = (sent & 0xFF) << 8 | sent >> 8
        if message[-number_bytes - 1] != _UNSIGNED | number_bytes:
            continue
        if swapped in (checksum.x25(covered), checksum.kermit(covered)):
            return
    raise TelegramError("a message's checksum is wrong")


def _element(content: bytes, place: int, depth: int) -> tuple[Tree, int]:
    """Return the element at `place` and the place after it."""
    if depth > _MAX_DEPTH:
        raise TelegramError("lists are nested too deep")
    kind, length, start = _head(content, place)
    if kind == _LIST:
        values: list[Tree] = []
        for _ in range(length):
            value, start = _element(content, start, depth + 1)
            values.append(value)
        return values, start
    if kind == _STRING and length == 0:
        return None, start  # the end of a message: 00
    end = place + length
    if not start <= end <= len(content):
        raise TelegramError("an element runs past the end")
    raw = content[start:end]
    if kind == _STRING:
        return (raw or None), end
    if kind == _BOOLEAN and len(raw) == 1:
        return raw != b"\0", end
    if kind in (_SIGNED, _UNSIGNED) and 1 <= len(raw) <= _MAX_NUMBER_BYTES:
        return int.from_bytes(raw, "big", signed=kind == _SIGNED), end
    raise TelegramError(f"no element starts with {content[place]:02X}")


def _head(content: bytes, place: int) -> tuple[int, int, int]:
    """Return type, length and the place after both."""
    if place >= len(content):
        raise TelegramError("an element is missing at the end")
    kind = content[place] & _TYPE
    length = content[place] & _LENGTH
    while content[place] & _HAS_MORE:
        place += 1
        if place >= len(content) or length > len(content):
            raise TelegramError("a length runs past the end")
        length = length << 4 | content[place] & _LENGTH
    return kind, length, place + 1
