"""One upload: who sent it, what of it is new, and the receipt, after the commit."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from cloud.facts.weather import site_weather
from cloud.ingest.entry import enter
from cloud.ingest.forecast_alerts import ForecastAlerts, alerts_of
from cloud.ingest.judge import AHEAD_MS, BEGINNING_MS, limits
from cloud.ingest.newest import newest_of
from cloud.ingest.opened import Found, KnownInventory, Rejected, held, opened
from cloud.ingest.site_config import SiteConfigs
from cloud.store import gateways, inventories, ledger, models
from cloud.store.database import Connection, Database, UnavailableError
from cloud.store.gateways import GatewayRow
from contract import batch, envelope
from contract.envelope import Envelope, EnvelopeError
from contract.receipt import BatchReceipt, Outcome, Receipt
from contract.signing import is_signed_by
from contract.timetable import SiteConfig
from contract.weather import SiteWeather

MAX_BODY: Final = 32 * 1024 * 1024
"""Largest upload taken, compressed. [bytes]"""

_CLONE_AFTER: Final = 2
_LIVE_EVERY_S: Final = 1.0
_log = logging.getLogger(__name__)


__all__ = ["EnvelopeError", "Ingest", "Sender", "UnavailableError"]

Sender = GatewayRow


class UnknownSenderError(Exception):
    """No such gateway, or not signed by its key."""


class SupersededError(Exception):
    """The sender's epoch was superseded by a later start of the same gateway."""


@dataclass(slots=True)
class Ingest:
    """Takes uploads; one for each process, any number of threads."""

    database: Database
    configs: SiteConfigs
    _known: dict[tuple[int, str], KnownInventory] = field(default_factory=dict)
    _live_at: dict[int, float] = field(default_factory=dict)
    _alerts: ForecastAlerts = field(default_factory=ForecastAlerts)

    def sender(self, slug: str, signature: str, message: bytes) -> Sender:
        """Return the gateway that signed `message`.

        Raises:
            UnknownSenderError: It is not enrolled, or its key did not sign this.
        """
        with self.database.read() as connection:
            found = gateways.find(connection, slug)
        if found is None or not is_signed_by(found.public_key, signature, message):
            raise UnknownSenderError(slug)
        return found

    def receive(self, sender: Sender, body: bytes, now_ms: int) -> Receipt:
        """Enter what is new in `body` and return the receipt for it.

        Raises:
            EnvelopeError: `body` is not an upload, or another gateway's.
            SupersededError: It comes from an epoch that was superseded.
        """
        upload = envelope.unpack(body)
        if upload.gateway != sender.slug:
            raise EnvelopeError(f"gateway: it says {upload.gateway}")
        self._keep_inventories(sender, upload)
        known = self._inventories(sender, upload)
        checksums = self._held(sender, upload)
        judged = [
            held(sealed, checksums) or opened(sealed, sender.slug, known, now_ms)
            for sealed in upload.batches
        ]
        with self.database.write() as connection:
            row = gateways.locked(connection, sender.id)
            late = _late_uploads(connection, row, upload.epoch, now_ms)
            if not late:
                outcomes = enter(connection, row, judged, now_ms)
                self._note(connection, row, upload, known, judged, now_ms)
                said = alerts_of(row, upload.status)
                if self._alerts.are_new(row, said):
                    self._alerts.enter(connection, row, said, now_ms)
        if late:
            raise SupersededError(upload.epoch)
        self._alerts.committed(row, said)
        return self._receipt(sender, upload, known, outcomes, now_ms)

    def config(self, sender: Sender, now_ms: int) -> SiteConfig:
        """Return what `sender` should know of its site."""
        with self.database.read() as connection:
            return self.configs.of(connection, sender, now_ms)

    def weather(self, sender: Sender, now_ms: int) -> SiteWeather | None:
        """Return the weather at the site of `sender`, if it is known."""
        with self.database.read() as connection:
            return site_weather(connection, sender.node_path, now_ms // 1000)

    def model(self, sender: Sender) -> tuple[bytes, bytes] | None:
        """Return the manifest and the bundle of the model `sender` should run."""
        with self.database.read() as connection:
            found = models.newest_model(connection, sender.node_id)
        return None if found is None else (found.manifest, found.bundle)

    def _held(self, sender: Sender, upload: Envelope) -> Mapping[bytes, Rejected]:
        keys = {key for sealed in upload.batches if (key := batch.claimed_key(sealed))}
        with self.database.read() as connection:
            return ledger.held(connection, sender.id, keys)

    def _keep_inventories(self, sender: Sender, upload: Envelope) -> None:
        for brought in upload.inventories:
            if (sender.id, brought.hash) in self._known:
                continue
            with self.database.write() as connection:
                gateways.locked(connection, sender.id)
                inventories.keep(connection, sender.id, sender.node_path, brought)

    def _inventories(
        self, sender: Sender, upload: Envelope
    ) -> dict[str, KnownInventory]:
        wanted = {upload.inventory}
        wanted |= {name for s in upload.batches if (name := batch.claimed_inventory(s))}
        missing = [name for name in wanted if (sender.id, name) not in self._known]
        if missing:
            with self.database.read() as connection:
                for name in missing:
                    row = inventories.find(connection, sender.id, name)
                    if row is not None:
                        allowed = limits(row.inventory, row.point_ids)
                        kept = KnownInventory(row.id, allowed)
                        self._known[sender.id, name] = kept
        keys = ((name, self._known.get((sender.id, name))) for name in wanted)
        return {name: kept for name, kept in keys if kept is not None}

    def _note(
        self,
        connection: Connection,
        held: GatewayRow,
        upload: Envelope,
        known: dict[str, KnownInventory],
        judged: Sequence[Found],
        now_ms: int,
    ) -> None:
        status = json.dumps(dict(upload.status), separators=(",", ":"))
        gateways.heard(connection, held.id, now_ms, status)
        current = known.get(upload.inventory)
        if current is not None:
            inventories.use(connection, held.id, current.id)
        if self._is_live_due(held.id, upload):
            allowed = current.limits if current else None
            latest = now_ms + AHEAD_MS
            rows = newest_of(upload.newest, allowed, judged, (BEGINNING_MS, latest))
            ledger.set_newest(connection, rows, now_ms)

    def _is_live_due(self, gateway_id: int, upload: Envelope) -> bool:
        """While a backlog drains, the live view is refreshed once a second."""
        now = monotonic()
        waiting = _waiting_batches(upload) > len(upload.batches)
        if waiting and now - self._live_at.get(gateway_id, -1e9) < _LIVE_EVERY_S:
            return False
        self._live_at[gateway_id] = now
        return True

    def _receipt(
        self,
        sender: Sender,
        upload: Envelope,
        known: dict[str, KnownInventory],
        outcomes: Sequence[BatchReceipt],
        now_ms: int,
    ) -> Receipt:
        with self.database.read() as connection:
            config = self.configs.of(connection, sender, now_ms)
            model_version = models.newest_version(connection, sender.node_id)
        aside = [o for o in outcomes if o.outcome is Outcome.QUARANTINED]
        for outcome in aside:
            _log.warning("%s: a batch was put aside: %s", sender.slug, outcome.reason)
        return Receipt(
            upload=upload.number,
            server_time_ms=now_ms,
            batch_format=batch.FORMAT,
            batches=tuple(outcomes),
            inventory_wanted=upload.inventory not in known,
            config_version=config.version,
            model_version=model_version,
            notices=tuple(f"batch {o.seq} was put aside: {o.reason}" for o in aside),
        )


def _late_uploads(
    connection: Connection, held: GatewayRow, epoch: str, now_ms: int
) -> int:
    """Return how often a superseded `epoch` has called; 0 if it is the current one."""
    if held.epoch == epoch:
        return 0
    row = gateways.epochs(connection, held.id).get(epoch)
    if row is None:
        gateways.supersede(connection, held.id, now_ms)
        gateways.add_epoch(connection, held.id, epoch, now_ms)
        gateways.set_epoch(connection, held.id, epoch)
        return 0
    late = gateways.count_late_upload(connection, row.id)
    if late == _CLONE_AFTER:
        _log.warning("%s: two holders of its identity are suspected", held.slug)
    if late >= _CLONE_AFTER:
        gateways.notice(
            connection,
            held.id,
            f"epoch {epoch[:8]} goes on sending after {str(held.epoch)[:8]} replaced"
            " it: two machines hold this gateway's identity",
        )
    return late


def _waiting_batches(upload: Envelope) -> int:
    match upload.status.get("buffer"):
        case {"batches": int(batches)}:
            return batches
    return 0
