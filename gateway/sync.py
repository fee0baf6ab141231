"""The sync protocol, a pure state machine: what to send, when, what replies mean.

Time is the caller's monotonic clock, in seconds. The caller carries out what `plan`
asks for and tells what came of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from math import isfinite
from typing import Final

from contract.receipt import BatchReceipt, Outcome, Receipt

Key = tuple[str, int]
"""Epoch and seq of a batch."""

UNDECIDED: Final = "the cloud could not take it in five tries"
"""Why a batch is parked that may be tried again later."""

_MAX_BATCHES: Final = 100
_TRIES: Final = 5
_UPLOAD_EVERY_S: Final = 2.0
_REPORT_EVERY_S: Final = 20.0
_NEWEST_EVERY_S: Final = 4.0
_TRY_PARKED_AFTER_S: Final = 3_600.0
_FIRST_DELAY_S: Final = 0.5
_LONGEST_WAIT_S: Final = 900.0


class Trouble(Enum):
    """Why an upload brought no receipt."""

    UNREACHABLE = "the cloud cannot be reached"
    BUSY = "the cloud asks to wait"
    SERVER = "the cloud failed"
    REFUSED = "the cloud does not know this gateway's key"
    SUPERSEDED = "another holder of this gateway's identity has taken over"


_LONGEST_BACK_OFF_S: Final[Mapping[Trouble, float]] = {
    Trouble.UNREACHABLE: 3.0,
    Trouble.BUSY: 3.0,
    Trouble.SERVER: 30.0,
    Trouble.REFUSED: 10.0,
    Trouble.SUPERSEDED: 30.0,
}

_BY_STATUS: Final[Mapping[int, Trouble]] = {
    401: Trouble.REFUSED,
    403: Trouble.REFUSED,
    404: Trouble.REFUSED,
    409: Trouble.SUPERSEDED,
    429: Trouble.BUSY,
    503: Trouble.BUSY,
    502: Trouble.UNREACHABLE,
    504: Trouble.UNREACHABLE,
}


def trouble_of(status: int | None) -> Trouble:
    """Return what an HTTP status without a receipt means; None is no answer at all."""
    if status is None:
        return Trouble.UNREACHABLE
    return _BY_STATUS.get(status, Trouble.SERVER)


@dataclass(frozen=True, slots=True)
class Failure:
    """An upload that brought no receipt.

    Attributes:
        detail: In the cloud's or the network's own words.
        retry_after_s: How long the cloud asks to wait. [s]
    """

    trouble: Trouble
    detail: str
    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The upload to make now.

    Attributes:
        number: Of the upload in this epoch, from 1.
        max_batches: Most batches to send, oldest first.
        with_newest: Send the newest values that changed.
        with_inventories: Send the inventories that the upload counts in.
    """

    number: int
    max_batches: int
    with_newest: bool
    with_inventories: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with the batches of an upload.

    Attributes:
        acknowledged: Number of rejected rows of each batch the cloud has for good.
        parked: The reason for each batch that is to be set aside.
        unpark: Batches parked as `UNDECIDED` may be tried again.
    """

    acknowledged: dict[Key, int] = field(default_factory=dict)
    parked: dict[Key, str] = field(default_factory=dict)
    unpark: bool = False


class Sync:
    """Paces uploads, backs off, and decides each batch.

    Attributes:
        trouble: Why the last upload brought no receipt; None when it did.
        detail: The same in the cloud's or the network's own words.
        last_contact: When the last receipt came; None before the first.
        receipt: The last receipt.
    """

    def __init__(self, now: float) -> None:
        self.trouble: Trouble | None = None
        self.detail = ""
        self.last_contact: float | None = None
        self.receipt: Receipt | None = None
        self._number = 0
        self._limit = _MAX_BATCHES
        self._not_before = self._report_at = self._newest_at = now
        self._unpark_at = now + _TRY_PARKED_AFTER_S
        self._failures = 0
        self._tries: dict[Key, int] = {}
        self._inventories_wanted = False

    def due(self, waiting: int) -> float:
        """Return when the next upload is due, with `waiting` batches to send."""
        return self._not_before if waiting else max(self._not_before, self._report_at)

    def plan(self, now: float, waiting: int) -> Plan | None:
        """Return the upload to make at `now`, or None if none is due."""
        if now < self.due(waiting):
            return None
        self._number += 1
        return Plan(
            number=self._number,
            max_batches=self._limit,
            with_newest=now >= self._newest_at,
            with_inventories=self._inventories_wanted,
        )

    def hurry(self, now: float) -> bool:
        """Let the next upload be due at `now`, unless the last one failed."""
        if self.trouble is None:
            self._not_before = min(self._not_before, now)
        return self.trouble is None

    def received(
        self, now: float, plan: Plan, sent: Sequence[Key], receipt: Receipt
    ) -> Verdict:
        """Return what `receipt` decides of the batches `sent`."""
        self.trouble, self.detail, self._failures = None, "", 0
        self.last_contact, self.receipt = now, receipt
        self._report_at = now + _REPORT_EVERY_S
        verdict, undecided = self._judge(plan, sent, receipt)
        self._limit = min(_MAX_BATCHES, self._limit * 2)
        self._suspect(undecided, alone=bool(verdict.acknowledged), verdict=verdict)
        more = len(sent) >= plan.max_batches and not undecided
        asked_now = self._inventories_wanted and not plan.with_inventories
        if not more:
            self._newest_at = now
        elif plan.with_newest:
            self._newest_at = now + _NEWEST_EVERY_S
        pause_s = 0.0 if more or asked_now else _UPLOAD_EVERY_S
        self._not_before = now + max(pause_s, _sensible(receipt.retry_after_s))
        if verdict.acknowledged and now >= self._unpark_at:
            self._unpark_at = now + _TRY_PARKED_AFTER_S
            return replace(verdict, unpark=True)
        return verdict

    def failed(
        self, now: float, sent: Sequence[Key], failure: Failure, jitter: float
    ) -> Verdict:
        """Return what an upload without a receipt decides of the batches `sent`.

        Args:
            jitter: 0 to 1, at random; spreads the retries of many gateways.
        """
        self.trouble, self.detail = failure.trouble, failure.detail
        delay_s = min(
            _FIRST_DELAY_S * 2 ** min(self._failures, 10),
            _LONGEST_BACK_OFF_S[failure.trouble],
        )
        self._failures += 1
        self._not_before = now + max(
            delay_s * (0.5 + 0.5 * jitter), _sensible(failure.retry_after_s)
        )
        verdict = Verdict()
        if failure.trouble is Trouble.SERVER:
            self._suspect(sent, alone=False, verdict=verdict)
        return verdict

    def _judge(
        self, plan: Plan, sent: Sequence[Key], receipt: Receipt
    ) -> tuple[Verdict, list[Key]]:
        outcomes = {(batch.epoch, batch.seq): batch for batch in receipt.batches}
        verdict, undecided = Verdict(), []
        self._inventories_wanted = receipt.inventory_wanted
        for key in sent:
            batch = outcomes.get(key, BatchReceipt(*key, Outcome.FAILED))
            if batch.outcome.is_final:
                verdict.acknowledged[key] = len(batch.rejected)
                self._tries.pop(key, None)
            elif batch.outcome is Outcome.QUARANTINED:
                verdict.parked[key] = f"the cloud set it aside: {batch.reason}"
            elif batch.outcome is Outcome.INVENTORY_WANTED:
                self._inventories_wanted = True
                if plan.with_inventories:
                    undecided.append(key)
            else:
                undecided.append(key)
        return verdict, undecided

    def _suspect(
        self, undecided: Sequence[Key], *, alone: bool, verdict: Verdict
    ) -> None:
        """Count a try against batches that failed alone; else send fewer next time."""
        if len(undecided) > 1 and not alone:
            self._limit = max(1, len(undecided) // 2)
            return
        for key in undecided:
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] >= _TRIES:
                del self._tries[key]
                verdict.parked[key] = UNDECIDED


def _sensible(wait_s: float) -> float:
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S) if isfinite(wait_s) else 0.0
