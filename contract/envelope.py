"""The upload envelope: sealed batches and the newest values, signed by the gateway.

Layout, little-endian: `VLTU`, format u16, length u32 and JSON of the header, then each
batch as length u32 and its bytes; all of it one zlib stream. The signature covers the
compressed bytes and travels beside them.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from contract.inventory import Inventory

FORMAT: Final = 1
MAX_BYTES: Final = 64 * 1024 * 1024
"""Largest envelope, uncompressed."""
MAX_BATCHES: Final = 200
"""Most batches in one envelope."""

_START: Final = struct.Struct("<4sHI")
_LENGTH: Final = struct.Struct("<I")
_MAGIC: Final = b"VLTU"
_FAST: Final = 1


class EnvelopeError(ValueError):
    """These bytes are not an envelope this code can read; the message says why."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest value of one point, for the live view only.

    Attributes:
        point: Its integer in the inventory.
    """

    point: int
    at_ms: int
    value: float
    quality: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """One upload of one gateway.

    Attributes:
        epoch: The running daemon's epoch; batches may come from earlier ones.
        number: Counts the uploads of this epoch, from 1.
        inventory: Hash of the current inventory, which `newest` counts in.
        inventories: Inventories the cloud asked for.
        status: Figures about the gateway, as shown in the fleet.
        batches: Sealed batches, byte for byte.
    """

    gateway: str
    epoch: str
    number: int
    sent_at_ms: int
    inventory: str
    inventories: tuple[Inventory, ...] = ()
    newest: tuple[Newest, ...] = ()
    status: Mapping[str, object] = field(default_factory=dict)
    batches: tuple[bytes, ...] = ()


def pack(envelope: Envelope) -> bytes:
    """Return the compressed bytes of `envelope`, ready to be signed and sent."""
    header = json.dumps(
        {
            "gateway": envelope.gateway,
            "epoch": envelope.epoch,
            "number": envelope.number,
            "sent_at_ms": envelope.sent_at_ms,
            "inventory": envelope.inventory,
            "inventories": [
                inventory.to_bytes().decode() for inventory in envelope.inventories
            ],
            "newest": [
                [value.point, value.at_ms, value.value, value.quality]
                for value in envelope.newest
            ],
            "status": dict(envelope.status),
        },
        separators=(",", ":"),
    ).encode()
    parts = [_START.pack(_MAGIC, FORMAT, len(header)), header]
    for batch in envelope.batches:
        parts += (_LENGTH.pack(len(batch)), batch)
    return zlib.compress(b"".join(parts), _FAST)


def unpack(packed: bytes, *, max_bytes: int = MAX_BYTES) -> Envelope:
    """Return the envelope in `packed`.

    Raises:
        EnvelopeError: Not an envelope, damaged, too large, or of a newer format.
    """
    raw = _inflate(packed, max_bytes)
    if len(raw) < _START.size or raw[:4] != _MAGIC:
        raise EnvelopeError("these bytes do not start like an upload")
    _, version, length = _START.unpack_from(raw)
    if version > FORMAT:
        raise EnvelopeError(f"format {version}; this code reads up to {FORMAT}")
    end = _START.size + length
    try:
        header = json.loads(raw[_START.size : end])
    except ValueError as error:
        raise EnvelopeError("the header is not JSON") from error
    return _envelope(header, tuple(_batches(raw, end)))


def _inflate(packed: bytes, max_bytes: int) -> bytes:
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(packed, max_bytes)
    except zlib.error as error:
        raise EnvelopeError("the upload is not compressed as it should be") from error
    if inflate.unconsumed_tail:
        raise EnvelopeError(f"the upload holds more than {max_bytes} bytes")
    if not inflate.eof:
        raise EnvelopeError("the upload is cut short")
    return raw


def _batches(raw: bytes, start: int) -> Iterator[bytes]:
    while start < len(raw):
        if start + _LENGTH.size > len(raw):
            raise EnvelopeError("a batch is cut short")
        (length,) = _LENGTH.unpack_from(raw, start)
        start += _LENGTH.size
        if start + length > len(raw):
            raise EnvelopeError("a batch is cut short")
        yield raw[start : start + length]
        start += length


def _envelope(header: object, batches: tuple[bytes, ...]) -> Envelope:
    match header:
        case {
            "gateway": str(gateway),
            "epoch": str(epoch),
            "number": int(number),
            "sent_at_ms": int(sent_at_ms),
            "inventory": str(inventory),
            "inventories": [*inventories],
            "newest": [*newest],
            "status": dict(status),
        } if len(batches) <= MAX_BATCHES:
            try:
                return Envelope(
                    gateway,
                    epoch,
                    number,
                    sent_at_ms,
                    inventory,
                    tuple(Inventory.from_bytes(str(i).encode()) for i in inventories),
                    tuple(map(_newest, newest)),
                    status,
                    batches,
                )
            except ValueError as error:
                raise EnvelopeError(f"the header: {error}") from error
    raise EnvelopeError("a field of the header is missing or malformed")


def _newest(raw: object) -> Newest:
    match raw:
        case [int(point), int(at_ms), int() | float() as value, int(quality)]:
            return Newest(point, at_ms, float(value), quality)
    raise ValueError("newest: each is [point, at_ms, value, quality]")
