"""Small files that outlive power cuts: replaced as a whole, checked when read."""

import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_START: Final = struct.Struct("<4sHHI")
_ENTRY: Final = struct.Struct("<24sI")
_MAGIC: Final = b"VLTK"
_FORMAT: Final = 1
_MAX_BYTES: Final = 16 * 1024 * 1024


class DamagedError(ValueError):
    """The file is not what was written; the message says why."""


def show(path: Path, content: bytes) -> None:
    """Make `content` the file, for readers; a power cut may leave nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def replace(path: Path, content: bytes) -> None:
    """Make `content` the file; a power cut leaves the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save(path: Path, sections: Mapping[str, bytes]) -> None:
    """Keep named sections in the file."""
    table = (
        _ENTRY.pack(name.encode(), len(content)) for name, content in sections.items()
    )
    body = b"".join((*table, *sections.values()))
    start = _START.pack(_MAGIC, _FORMAT, len(sections), zlib.crc32(body))
    replace(path, start + body)


def load(path: Path) -> dict[str, bytes]:
    """Return the sections that were kept.

    Raises:
        FileNotFoundError: There is no such file.
        DamagedError: It is not what was written.
    """
    with path.open("rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) < _START.size or len(raw) > _MAX_BYTES:
        raise DamagedError(f"{path.name} is damaged: it has {len(raw)} bytes")
    magic, version, count, checksum = _START.unpack_from(raw)
    body = raw[_START.size :]
    if magic != _MAGIC or version != _FORMAT:
        raise DamagedError(f"{path.name} is damaged, or of another format")
    if zlib.crc32(body) != checksum or len(body) < count * _ENTRY.size:
        raise DamagedError(f"{path.name} is damaged: its checksum does not fit")
    found, place = {}, count * _ENTRY.size
    for name, length in _ENTRY.iter_unpack(body[:place]):
        found[name.rstrip(b"\0").decode(errors="replace")] = body[
            place : place + length
        ]
        place += length
    if place != len(body):
        raise DamagedError(f"{path.name} is damaged: its sections do not fit")
    return found
