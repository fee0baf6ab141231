"""The contract's receiving end, small enough to be believed, for tests of the gateway.

It keeps every batch it accepts, and can be told to lose replies, fail or refuse.
"""

import asyncio
import json
from dataclasses import dataclass, field

from aiohttp import web

from contract.batch import BatchError, unseal
from contract.envelope import unpack
from contract.receipt import BatchReceipt, Outcome, Receipt
from contract.signing import is_signed_by


@dataclass
class Receiver:
    """Accepts uploads of gateways whose public keys it knows.

    Attributes:
        batches: The batches kept, by gateway, epoch and seq.
        sealed: Their bytes.
        envelopes: Every upload that was readable, in order of arrival.
        outcomes: What to say of a batch instead of accepting it, by its seq.
        answer: Called with each upload before it is judged; may answer in its place.
        loses_reply: Whether the reply to an upload, judged and kept, gets lost.
    """

    keys: dict
    batches: dict = field(default_factory=dict)
    sealed: dict = field(default_factory=dict)
    inventories: dict = field(default_factory=dict)
    envelopes: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)
    current: dict = field(default_factory=dict)
    superseded: set = field(default_factory=set)
    receipt_fields: dict = field(default_factory=dict)
    config: dict | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    answer: object = None
    loses_reply: object = lambda: False

    @property
    def rows(self):
        """Every row kept: gateway, point name, instant, value."""
        return [
            (key[0], self.inventories[batch.inventory].points[point], at_ms, value)
            for key, batch in self.batches.items()
            for point, at_ms, value in zip(
                batch.points, batch.at_ms, batch.values, strict=True
            )
        ]

    def application(self):
        """Return the routes."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/api/v1/gateways/{slug}/uploads", self._upload)
        app.router.add_get("/api/v1/gateways/{slug}/config", self._config)
        return app

    async def until(self, holds):
        """Return once `holds()`; checked after every upload."""
        while not holds():
            self.arrived.clear()
            await self.arrived.wait()

    async def _upload(self, request):
        body = await request.read()
        slug = request.match_info["slug"]
        signature = request.headers.get("X-Voltonic-Signature", "")
        if slug not in self.keys or not is_signed_by(self.keys[slug], signature, body):
            return _problem(401, "the signature is not this gateway's")
        envelope = unpack(body)
        self.envelopes.append(envelope)
        if self.answer is not None:
            answer = await self.answer(envelope)
            if answer is not None:
                self.arrived.set()
                return answer
        if (slug, envelope.epoch) in self.superseded:
            self.arrived.set()
            return _problem(409, "this epoch was superseded")
        if self.current.get(slug) not in (None, envelope.epoch):
            self.superseded.add((slug, self.current[slug]))
        self.current[slug] = envelope.epoch
        for inventory in envelope.inventories:
            self.inventories[inventory.hash] = inventory
        receipt = Receipt(
            envelope.number,
            server_time_ms=0,
            batch_format=1,
            batches=tuple(map(self._decide, envelope.batches)),
            inventory_wanted=envelope.inventory not in self.inventories,
            **self.receipt_fields,
        )
        self.arrived.set()
        if self.loses_reply():
            request.transport.abort()
        return web.Response(body=receipt.to_bytes(), content_type="application/json")

    def _decide(self, sealed):
        try:
            batch = unseal(sealed)
        except BatchError as error:
            return BatchReceipt("", 0, Outcome.QUARANTINED, reason=str(error))
        epoch, seq = batch.epoch, batch.seq
        if seq in self.outcomes:
            return BatchReceipt(epoch, seq, self.outcomes[seq], reason="told to")
        if batch.inventory not in self.inventories:
            return BatchReceipt(epoch, seq, Outcome.INVENTORY_WANTED)
        if batch.key in self.batches:
            same = self.sealed[batch.key] == sealed
            outcome = Outcome.KNOWN if same else Outcome.QUARANTINED
            return BatchReceipt(epoch, seq, outcome)
        self.batches[batch.key], self.sealed[batch.key] = batch, sealed
        return BatchReceipt(epoch, seq, Outcome.ACCEPTED)

    async def _config(self, request):
        if self.config is None:
            return _problem(404, "no configuration")
        return web.json_response(self.config)


def _problem(status, detail):
    return web.Response(
        status=status,
        text=json.dumps({"title": "refused", "status": status, "detail": detail}),
        content_type="application/problem+json",
    )
