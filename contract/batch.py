"""The sealed batch: readings numbered, checksummed and never changed again.

Layout, little-endian: the fixed header of `_HEADER`, the gateway's slug, then four
columns (point u32, at i64 ms, value f64, quality u8) and the SHA-256 of all before it.
"""

import struct
import sys
from array import array
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from contract.inventory import SLUG

FORMAT: Final = 1
"""The batch format this code seals; it reads this one and all released before."""

MAX_ROWS: Final = 1_000
"""Most readings in one batch."""

_MAGIC: Final = b"VLTB"
_HEADER: Final = struct.Struct("<4sHH16sQqq16s32sQQI")
_SUM_BYTES: Final = 32
_ROW_BYTES: Final = 4 + 8 + 8 + 1


class BatchError(ValueError):
    """These bytes are not a batch this code can read; the message says why."""


class FutureFormatError(BatchError):
    """The batch was sealed in a format newer than this code knows."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings of one gateway, sealed together.

    Attributes:
        epoch: 32 hex digits, chosen at random by each start of the daemon.
        seq: Number of the batch in its epoch, from 1.
        sealed_at_ms: The gateway's clock when it was sealed. [ms since 1970 UTC]
        monotonic_ms: Time since the gateway's boot when it was sealed. [ms]
        boot_id: 32 hex digits, the same until the gateway's machine restarts.
        inventory: Hash of the inventory that `points` count in.
        rows_before: Readings of this epoch before these, sealed or declared lost.
        declared_before: Readings of this epoch declared lost so far.
        points, at_ms, values, quality: The columns, one entry for each reading.
    """

    gateway: str
    epoch: str
    seq: int
    sealed_at_ms: int
    monotonic_ms: int
    boot_id: str
    inventory: str
    rows_before: int
    declared_before: int
    points: "array[int]"
    at_ms: "array[int]"
    values: "array[float]"
    quality: bytes

    def __len__(self) -> int:
        return len(self.points)

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes the batch unique: gateway, epoch and seq."""
        return self.gateway, self.epoch, self.seq


def seal(batch: Batch) -> bytes:
    """Return the bytes of `batch`, the same for the same batch.

    Raises:
        ValueError: The columns differ in length, or there are too many rows.
    """
    rows = len(batch)
    lengths = {rows, len(batch.at_ms), len(batch.values), len(batch.quality)}
    if len(lengths) != 1 or not 0 < rows <= MAX_ROWS:
        raise ValueError(f"a batch has 1 to {MAX_ROWS} rows in columns of one length")
    slug = batch.gateway.encode()
    header = _HEADER.pack(
        _MAGIC,
        FORMAT,
        len(slug),
        bytes.fromhex(batch.epoch),
        batch.seq,
        batch.sealed_at_ms,
        batch.monotonic_ms,
        bytes.fromhex(batch.boot_id),
        bytes.fromhex(batch.inventory),
        batch.rows_before,
        batch.declared_before,
        rows,
    )
    points, at_ms, values = (
        _little_endian(batch.points),
        _little_endian(batch.at_ms),
        _little_endian(batch.values),
    )
    body = b"".join((header, slug, points, at_ms, values, batch.quality))
    return body + sha256(body).digest()


def unseal(sealed: bytes) -> Batch:
    """Return the batch in `sealed`.

    Raises:
        FutureFormatError: A newer format.
        BatchError: Not a batch, or damaged.
    """
    if len(sealed) < _HEADER.size + _SUM_BYTES or sealed[:4] != _MAGIC:
        raise BatchError("these bytes do not start like a batch")
    fields = _HEADER.unpack_from(sealed)
    if fields[1] > FORMAT:
        raise FutureFormatError(f"format {fields[1]}; this code reads up to {FORMAT}")
    slug_bytes, rows = fields[2], fields[11]
    expected = _HEADER.size + slug_bytes + rows * _ROW_BYTES + _SUM_BYTES
    if len(sealed) != expected or not 0 < rows <= MAX_ROWS:
        raise BatchError(f"{len(sealed)} bytes where {rows} rows take {expected}")
    body = memoryview(sealed)[:-_SUM_BYTES]
    if sha256(body).digest() != sealed[-_SUM_BYTES:]:
        raise BatchError("the checksum does not match")
    columns = body[_HEADER.size + slug_bytes :]
    return Batch(
        gateway=_slug(body[_HEADER.size : _HEADER.size + slug_bytes]),
        epoch=fields[3].hex(),
        seq=fields[4],
        sealed_at_ms=fields[5],
        monotonic_ms=fields[6],
        boot_id=fields[7].hex(),
        inventory=fields[8].hex(),
        rows_before=fields[9],
        declared_before=fields[10],
        points=_integers("I", columns[: rows * 4]),
        at_ms=_integers("q", columns[rows * 4 : rows * 12]),
        values=_floats(columns[rows * 12 : rows * 20]),
        quality=bytes(columns[rows * 20 :]),
    )


def claimed_key(sealed: bytes) -> tuple[str, int] | None:
    """Return the epoch and seq that bytes claim, damaged or not; None if they can't."""
    if len(sealed) < _HEADER.size or sealed[:4] != _MAGIC:
        return None
    fields = _HEADER.unpack_from(sealed)
    return fields[3].hex(), fields[4]


def claimed_inventory(sealed: bytes) -> str | None:
    """Return the inventory's hash that bytes claim; None if they can't."""
    if len(sealed) < _HEADER.size or sealed[:4] != _MAGIC:
        return None
    name: bytes = _HEADER.unpack_from(sealed)[8]
    return name.hex()


def _slug(raw: memoryview) -> str:
    slug = bytes(raw).decode("ascii", errors="replace")
    if not SLUG.fullmatch(slug):
        raise BatchError(f"not a gateway's slug: {slug!r}")
    return slug


def _little_endian(column: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def _integers(typecode: str, raw: memoryview) -> "array[int]":
    column: array[int] = array(typecode)
    column.frombytes(raw)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _floats(raw: memoryview) -> "array[float]":
    column = array("d")
    column.frombytes(raw)
    if sys.byteorder == "big":
        column.byteswap()
    return column
