"""Named arrays of numbers as bytes, and back without trust in the bytes."""

import json
from collections.abc import Mapping
from math import prod
from typing import Final, TypeGuard

import numpy as np

from contract.origins import Floats

MOST_BYTES: Final = 4 * 1024 * 1024
"""Longer states are refused unread."""

_MOST_HEADER: Final = 4_096
_LENGTH: Final = 4  # bytes that tell the length of the header


def packed(about: Mapping[str, object], arrays: Mapping[str, Floats]) -> bytes:
    """Return `about`, which is kept as JSON, and `arrays`, kept as float64."""
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    header = json.dumps({"about": dict(about), "shapes": shapes}).encode()
    content = (np.ascontiguousarray(each, "<f8").tobytes() for each in arrays.values())
    return len(header).to_bytes(_LENGTH, "big") + header + b"".join(content)


def unpacked(raw: bytes) -> tuple[dict[str, object], dict[str, Floats]]:
    """Return what `packed` was given.

    Raises:
        ValueError: `raw` is too long, cut short, or malformed; the message says which.
    """
    if len(raw) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    length = int.from_bytes(raw[:_LENGTH], "big")
    if length > _MOST_HEADER or len(raw) < _LENGTH + length:
        raise ValueError("cut short, or no header")
    header = json.loads(raw[_LENGTH : _LENGTH + length])
    match header:
        case {"about": dict(about), "shapes": dict(shapes)}:
            return about, _arrays(shapes, raw[_LENGTH + length :])
    raise ValueError("the header lacks about or shapes")


def _arrays(shapes: Mapping[str, object], content: bytes) -> dict[str, Floats]:
    arrays, place = {}, 0
    for name, shape in shapes.items():
        if not _is_shape(shape):
            raise ValueError(f"{name} has no shape")
        end = place + 8 * prod(shape)
        if end > len(content):
            raise ValueError(f"{name} is cut short")
        flat = np.frombuffer(content[place:end], "<f8").astype(np.float64)
        arrays[name] = flat.reshape(shape)
        place = end
    if place != len(content):
        raise ValueError(f"{len(content) - place} bytes too many")
    return arrays


def _is_shape(shape: object) -> TypeGuard[list[int]]:
    return isinstance(shape, list) and all(
        type(size) is int and 0 <= size <= MOST_BYTES for size in shape
    )
