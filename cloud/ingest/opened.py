"""The batches of an upload, opened and judged before the database is held for them."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cloud.ingest.judge import Judged, Limits, judge
from contract.batch import Batch, BatchError, claimed_key, unseal

Rejected = tuple[tuple[int, str], ...]
"""Rows that were refused, each with the reason."""

_FAST: Final = 1
_MOST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Opened:
    """A batch that can be read and whose inventory is known."""

    batch: Batch
    inventory_id: int
    judged: Judged
    checksum: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """A batch that can't be taken now: damaged, from elsewhere, or of a newer format.

    Attributes:
        wants_inventory: Nothing is wrong with it, only its inventory is not here yet.
    """

    epoch: str
    seq: int
    reason: str
    checksum: bytes
    payload: bytes
    wants_inventory: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A batch that is in the ledger already, byte for byte."""

    epoch: str
    seq: int
    rejected: Rejected


Found = Opened | Closed | Held


@dataclass(frozen=True, slots=True)
class KnownInventory:
    """An inventory of the gateway that is stored, with what it allows."""

    id: int
    limits: Limits


def held(sealed: bytes, checksums: Mapping[bytes, Rejected]) -> Held | None:
    """Return `sealed` as held if the ledger has these very bytes."""
    key, rejected = claimed_key(sealed), checksums.get(sha256(sealed).digest())
    return None if key is None or rejected is None else Held(*key, rejected)


def opened(
    sealed: bytes, gateway: str, inventories: Mapping[str, KnownInventory], now_ms: int
) -> Opened | Closed:
    """Return what `sealed` holds for `gateway`."""
    try:
        batch = unseal(sealed)
    except BatchError as error:
        return closed(sealed, str(error))
    if max(batch.seq, batch.rows_before, batch.declared_before) > _MOST:
        return closed(sealed, "a number in its header is beyond belief")
    if batch.gateway != gateway:
        return closed(sealed, f"it was sealed by {batch.gateway}")
    known = inventories.get(batch.inventory)
    if known is None:
        reason = f"inventory {batch.inventory[:12]} is not known here"
        return closed(sealed, reason, wants_inventory=True)
    return Opened(
        batch,
        known.id,
        judge(batch, known.limits, now_ms),
        sha256(sealed).digest(),
        zlib.compress(sealed, _FAST),
    )


def closed(sealed: bytes, reason: str, *, wants_inventory: bool = False) -> Closed:
    """Return `sealed` as something to put aside."""
    epoch, seq = claimed_key(sealed) or ("", 0)
    seq = min(seq, _MOST)
    payload = zlib.compress(sealed, _FAST)
    checksum = sha256(sealed).digest()
    return Closed(epoch, seq, reason, checksum, payload, wants_inventory)
