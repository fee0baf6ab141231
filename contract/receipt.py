"""The receipt: what the cloud says of each batch, after it has committed."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Outcome(StrEnum):
    """What became of one batch."""

    ACCEPTED = "accepted"
    """Committed now; the gateway may forget it."""
    KNOWN = "known"
    """Committed before; the gateway may forget it."""
    QUARANTINED = "quarantined"
    """Its bytes are kept aside and a person is told; the gateway parks its copy."""
    INVENTORY_WANTED = "inventory_wanted"
    """Send the inventory it names, then the batch again."""
    FAILED = "failed"
    """The cloud could not decide; try again."""

    @property
    def is_final(self) -> bool:
        """Whether the cloud has the readings for good."""
        return self in (Outcome.ACCEPTED, Outcome.KNOWN)


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """The outcome of one batch.

    Attributes:
        rejected: Rows that were refused, each with the reason.
        reason: Why the batch was not accepted, in words.
    """

    epoch: str
    seq: int
    outcome: Outcome
    rejected: tuple[tuple[int, str], ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the outcome as JSON values."""
        return {
            "epoch": self.epoch,
            "seq": self.seq,
            "outcome": self.outcome.value,
            "rejected": [list(row) for row in self.rejected],
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the outcome in `raw`.

        Raises:
            ValueError: A field is missing or malformed.
        """
        match raw:
            case {
                "epoch": str(epoch),
                "seq": int(seq),
                "outcome": str(outcome),
                "rejected": [*rejected],
                "reason": str(reason),
            }:
                rows = tuple((int(row), str(why)) for row, why in rejected)
                return cls(epoch, seq, Outcome(outcome), rows, reason)
        raise ValueError(f"not an outcome of a batch: {str(raw)[:200]}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The cloud's answer to one upload.

    Attributes:
        upload: Number of the upload this answers.
        server_time_ms: The cloud's clock. [ms since 1970 UTC]
        batch_format: Newest batch format the cloud reads.
        config_version: Version of the site configuration the gateway should hold.
        model_version: Version of the forecast model the gateway should run, if any.
        retry_after_s: How long the gateway should wait before the next upload. [s]
    """

    upload: int
    server_time_ms: int
    batch_format: int
    batches: tuple[BatchReceipt, ...] = ()
    inventory_wanted: bool = False
    config_version: str = ""
    model_version: int | None = None
    retry_after_s: float = 0.0
    notices: tuple[str, ...] = field(default=())

    def to_bytes(self) -> bytes:
        """Return the receipt as JSON."""
        raw = {
            "upload": self.upload,
            "server_time_ms": self.server_time_ms,
            "batch_format": self.batch_format,
            "batches": [batch.to_json() for batch in self.batches],
            "inventory_wanted": self.inventory_wanted,
            "config_version": self.config_version,
            "model_version": self.model_version,
            "retry_after_s": self.retry_after_s,
            "notices": list(self.notices),
        }
        return json.dumps(raw, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the receipt in `raw`; fields it does not know are passed over.

        Raises:
            ValueError: Not JSON, or a field is missing or malformed.
        """
        match json.loads(raw):
            case {
                "upload": int(upload),
                "server_time_ms": int(server_time_ms),
                "batch_format": int(batch_format),
                "batches": [*batches],
                "inventory_wanted": bool(inventory_wanted),
                "config_version": str(config_version),
                "model_version": None | int() as model_version,
                "retry_after_s": int() | float() as retry_after_s,
                "notices": [*notices],
            }:
                return cls(
                    upload,
                    server_time_ms,
                    batch_format,
                    tuple(map(BatchReceipt.from_json, batches)),
                    inventory_wanted,
                    config_version,
                    model_version,
                    float(retry_after_s),
                    tuple(map(str, notices)),
                )
        raise ValueError("not a receipt: a field is missing or malformed")
