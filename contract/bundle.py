"""The bundle: a published model as one file, its parts in a fixed order.

Layout, little-endian: `VLTM`, format u16, number of parts u16; for each part its name
in 16 bytes padded with zeros and its length u32; then the parts themselves.
"""

import struct
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

FORMAT: Final = 1
MAX_BYTES: Final = 10 * 1024 * 1024
"""Largest bundle."""

_START: Final = struct.Struct("<4sHH")
_ENTRY: Final = struct.Struct("<16sI")
_MAGIC: Final = b"VLTM"


class BundleError(ValueError):
    """These bytes are not a bundle this code can read; the message says why."""


class Part(StrEnum):
    """What a bundle may hold."""

    PROMISE = "promise.json"
    NEXT_HOUR = "next_hour.onnx"
    NEXT_HOUR_TRACK = "next_hour.track"
    """What the forecasts of the backtest missed by: where the edge goes on from."""
    DAY_AHEAD = "day_ahead.onnx"
    DAY_AHEAD_TRACK = "day_ahead.track"


Parts = Mapping[Part, bytes]


def pack(parts: Parts) -> bytes:
    """Return `parts` as one file.

    Raises:
        BundleError: It is larger than `MAX_BYTES`, or a part is empty.
    """
    ordered = [(part, parts[part]) for part in Part if part in parts]
    head = [_START.pack(_MAGIC, FORMAT, len(ordered))]
    for part, content in ordered:
        if not content:
            raise BundleError(f"{part} is empty")
        head.append(_ENTRY.pack(part.encode(), len(content)))
    packed = b"".join((*head, *(content for _, content in ordered)))
    if len(packed) > MAX_BYTES:
        raise BundleError(f"has {len(packed)} bytes, more than {MAX_BYTES}")
    return packed


def unpack(packed: bytes) -> dict[Part, bytes]:
    """Return the parts in `packed`, each of them once and none empty.

    Raises:
        BundleError: Not a bundle, damaged, too large, or of a newer format.
    """
    if len(packed) > MAX_BYTES:
        raise BundleError(f"has {len(packed)} bytes, more than {MAX_BYTES}")
    if len(packed) < _START.size or packed[:4] != _MAGIC:
        raise BundleError("these bytes do not start like a model's bundle")
    _, version, count = _START.unpack_from(packed)
    if version > FORMAT:
        raise BundleError(f"format {version}; this code reads up to {FORMAT}")
    table = packed[_START.size : _START.size + count * _ENTRY.size]
    if count > len(Part) or len(table) < count * _ENTRY.size:
        raise BundleError("its table of parts is cut short or too long")
    return _parts(packed, table)


def _parts(packed: bytes, table: bytes) -> dict[Part, bytes]:
    place = _START.size + len(table)
    found: dict[Part, bytes] = {}
    for raw, length in _ENTRY.iter_unpack(table):
        part = _part(raw)
        if part in found or not length or place + length > len(packed):
            raise BundleError(f"{part} is there twice, empty or cut short")
        found[part] = packed[place : place + length]
        place += length
    if place != len(packed):
        raise BundleError(f"{len(packed) - place} bytes follow its last part")
    return found


def _part(raw: bytes) -> Part:
    for part in Part:
        if raw == part.encode().ljust(len(raw), b"\0"):
            return part
    raise BundleError(f"a part of unknown name: {raw[:16]!r}")
