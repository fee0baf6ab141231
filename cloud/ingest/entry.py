"""Entering judged batches in the ledger, each exactly once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cloud.ingest.opened import Closed, Found, Held, Opened
from cloud.store import gateways, ledger, marks
from cloud.store.database import Connection
from cloud.store.gateways import Arrived, GatewayRow
from cloud.store.ledger import BatchRow, QuarantineRow
from contract.receipt import BatchReceipt, Outcome

_CONFLICT: Final = "another batch with this epoch and seq, but other content, is held"

_Known = dict[tuple[int, int], bytes]
"""The checksum of each batch that is held, by epoch and seq."""


def enter(
    connection: Connection,
    gateway: GatewayRow,
    judged: Sequence[Found],
    now_ms: int,
) -> list[BatchReceipt]:
    """Enter what is new and return each batch's outcome, in their order."""
    epoch_ids = _epoch_ids(connection, gateway.id, judged, now_ms)
    known = _known(connection, epoch_ids, judged)
    outcomes: list[BatchReceipt] = []
    fresh: list[Opened] = []
    resent: list[str] = []
    for found in judged:
        if isinstance(found, Held):
            resent.append(found.epoch)
            outcomes.append(
                BatchReceipt(found.epoch, found.seq, Outcome.KNOWN, found.rejected)
            )
            continue
        if isinstance(found, Closed):
            outcomes.append(_put_aside(connection, gateway, found, now_ms))
            continue
        key = epoch_ids[found.batch.epoch], found.batch.seq
        held = known.setdefault(key, b"")
        if not held:
            known[key] = found.checksum
            fresh.append(found)
            outcomes.append(_outcome(found, Outcome.ACCEPTED))
        elif held == found.checksum:
            resent.append(found.batch.epoch)
            outcomes.append(_outcome(found, Outcome.KNOWN))
        else:
            outcomes.append(_conflict(connection, gateway, found, now_ms))
    _keep(connection, gateway.id, epoch_ids, fresh, now_ms)
    _count(connection, epoch_ids, fresh, resent)
    return outcomes


def _keep(
    connection: Connection,
    gateway_id: int,
    epoch_ids: dict[str, int],
    fresh: Sequence[Opened],
    now_ms: int,
) -> None:
    ledger.add(
        connection, [_row(gateway_id, epoch_ids, found, now_ms) for found in fresh]
    )
    starts_s = {start for found in fresh for start in found.judged.starts_s}
    marks.mark_gateway(connection, gateway_id, sorted(starts_s))


def _count(
    connection: Connection,
    epoch_ids: dict[str, int],
    fresh: Sequence[Opened],
    resent: Sequence[str],
) -> None:
    for name in {found.batch.epoch for found in fresh} | set(resent):
        new = [found for found in fresh if found.batch.epoch == name]
        batches = [found.batch for found in new]
        arrived = Arrived(
            produced=max((b.rows_before + len(b) for b in batches), default=0),
            declared_lost=max((b.declared_before for b in batches), default=0),
            rows=sum(map(len, batches)),
            rejected=sum(len(found.judged.rejected) for found in new),
            batches=len(batches),
            highest_seq=max((b.seq for b in batches), default=0),
            resent=resent.count(name),
        )
        gateways.count(connection, epoch_ids[name], arrived)


def _row(
    gateway_id: int, epoch_ids: dict[str, int], found: Opened, now_ms: int
) -> BatchRow:
    at_ms = found.judged.at_ms
    return BatchRow(
        gateway_id=gateway_id,
        epoch_id=epoch_ids[found.batch.epoch],
        seq=found.batch.seq,
        inventory_id=found.inventory_id,
        rows=len(found.batch),
        rejected=found.judged.rejected,
        first_at_ms=int(at_ms.min()) if len(at_ms) else now_ms,
        last_at_ms=int(at_ms.max()) if len(at_ms) else now_ms,
        received_ms=now_ms,
        checksum=found.checksum,
        payload=found.payload,
    )


def _epoch_ids(
    connection: Connection,
    gateway_id: int,
    judged: Sequence[Found],
    now_ms: int,
) -> dict[str, int]:
    known = gateways.epochs(connection, gateway_id)
    names = {found.batch.epoch for found in judged if isinstance(found, Opened)}
    for name in names - known.keys():  # of a start that never reached the cloud
        known[name] = gateways.add_epoch(
            connection, gateway_id, name, now_ms, superseded=True
        )
    return {name: row.id for name, row in known.items()}


def _known(
    connection: Connection,
    epoch_ids: dict[str, int],
    judged: Sequence[Found],
) -> _Known:
    seqs: dict[int, list[int]] = {}
    for found in judged:
        if isinstance(found, Opened):
            epoch_id = epoch_ids[found.batch.epoch]
            seqs.setdefault(epoch_id, []).append(found.batch.seq)
    return {
        (epoch_id, seq): checksum
        for epoch_id, wanted in seqs.items()
        for seq, checksum in ledger.known(connection, epoch_id, wanted).items()
    }


def _outcome(found: Opened, outcome: Outcome) -> BatchReceipt:
    batch = found.batch
    return BatchReceipt(batch.epoch, batch.seq, outcome, found.judged.rejected)


def _conflict(
    connection: Connection, gateway: GatewayRow, found: Opened, now_ms: int
) -> BatchReceipt:
    batch = found.batch
    gateways.notice(
        connection,
        gateway.id,
        f"batch {batch.seq} of epoch {batch.epoch[:8]} came with two contents:"
        " two machines hold this gateway's identity",
    )
    aside = Closed(batch.epoch, batch.seq, _CONFLICT, found.checksum, found.payload)
    return _put_aside(connection, gateway, aside, now_ms)


def _put_aside(
    connection: Connection, gateway: GatewayRow, found: Closed, now_ms: int
) -> BatchReceipt:
    wanted = BatchReceipt(
        found.epoch, found.seq, Outcome.INVENTORY_WANTED, reason=found.reason
    )
    if found.wants_inventory:
        return wanted
    row = QuarantineRow(
        gateway.id,
        found.epoch,
        found.seq,
        now_ms,
        found.reason,
        found.checksum,
        found.payload,
    )
    ledger.put_aside(connection, row)
    return replace(wanted, outcome=Outcome.QUARANTINED)
