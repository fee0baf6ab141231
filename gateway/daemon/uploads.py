"""The sync loop: it carries out what the protocol decides, over buffer and uplink."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from contract.envelope import Envelope, Newest, pack
from contract.interval import to_ms
from contract.inventory import Inventory
from contract.reading import Reading
from contract.receipt import Receipt
from gateway.buffer import Buffer, Stored
from gateway.clock import Clock
from gateway.sync import UNDECIDED, Failure, Plan, Sync, Trouble, Verdict, trouble_of
from gateway.uplink.https import HttpsUplink, UplinkError

log: Final = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 5.0


class Uploads:
    """Sends what the buffer holds, for as long as the gateway runs.

    Attributes:
        progress_at: When the loop last came round, by the monotonic clock.
    """

    def __init__(
        self,
        gateway: str,
        inventory: Inventory,
        clock: Clock,
        buffer: Buffer,
        uplink: HttpsUplink,
    ) -> None:
        self.sync = Sync(clock.monotonic())
        self.progress_at = clock.monotonic()
        self._gateway, self._inventory, self._clock = gateway, inventory, clock
        self._buffer, self._uplink = buffer, uplink
        self._newest_sent: dict[int, int] = {}
        self._lock, self._settled = asyncio.Lock(), asyncio.Event()

    async def run(
        self,
        newest: Callable[[], Mapping[str, Reading]],
        status: Callable[[], Awaitable[Mapping[str, object]]],
        on_receipt: Callable[[Receipt], Awaitable[None]],
    ) -> None:
        """Upload whenever it is due."""
        while True:
            await self._until_due()
            receipt = await self.upload(newest(), status)
            if receipt is not None:
                await on_receipt(receipt)

    async def last(
        self,
        newest: Mapping[str, Reading],
        status: Callable[[], Awaitable[Mapping[str, object]]],
    ) -> None:
        """Make a last upload of what waits, unless the cloud is in trouble."""
        if self._buffer.unsent and self.sync.hurry(self._clock.monotonic()):
            await self.upload(newest, status)

    async def emptied(self) -> None:
        """Return once the cloud has every batch that is not parked."""
        while self._buffer.unsent:
            await self._settled.wait()

    async def upload(
        self,
        newest: Mapping[str, Reading],
        status: Callable[[], Awaitable[Mapping[str, object]]],
    ) -> Receipt | None:
        """Make one upload if one is due; return the receipt it brought."""
        async with self._lock:
            plan = self.sync.plan(self._clock.monotonic(), self._buffer.unsent)
            if plan is None:
                return None
            batches = await self._buffer.oldest(plan.max_batches)
            is_behind = self._buffer.unsent > len(batches)
            changed = self._changed(newest) if plan.with_newest and is_behind else ()
            envelope = Envelope(
                gateway=self._gateway,
                epoch=self._buffer.epoch,
                number=plan.number,
                sent_at_ms=to_ms(self._clock.now()),
                inventory=self._inventory.hash,
                inventories=await self._inventories(plan, batches),
                newest=changed,
                status=await status(),
                batches=tuple(batch.sealed for batch in batches),
            )
            receipt, verdict = await self._send(plan, batches, envelope)
            await self._buffer.settle(verdict.acknowledged, verdict.parked)
            if verdict.unpark:
                await self._buffer.unpark(UNDECIDED)
            self._settled.set()
            self._settled = asyncio.Event()
        for (epoch, seq), reason in verdict.parked.items():
            log.warning("batch %s of epoch %s is set aside: %s", seq, epoch[:8], reason)
        if receipt is not None:
            self._newest_sent.update((value.point, value.at_ms) for value in changed)
        return receipt

    async def _send(
        self, plan: Plan, batches: Sequence[Stored], envelope: Envelope
    ) -> tuple[Receipt | None, Verdict]:
        before = self.sync.trouble
        sent = [batch.key for batch in batches]
        try:
            body = await asyncio.to_thread(pack, envelope)
            receipt = await self._uplink.upload(body)
        except UplinkError as error:
            failure = Failure(trouble_of(error.status), str(error), error.retry_after_s)
            now, jitter = self._clock.monotonic(), random.random()
            verdict = self.sync.failed(now, sent, failure, jitter)
            _tell(before, self.sync)
            return None, verdict
        now = self._clock.monotonic()
        verdict = self.sync.received(now, plan, sent, receipt)
        _tell(before, self.sync)
        return receipt, verdict

    async def _until_due(self) -> None:
        while True:
            now = self.progress_at = self._clock.monotonic()
            wait_s = self.sync.due(self._buffer.unsent) - now
            if wait_s <= 0:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(min(wait_s, _LONGEST_WAIT_S)):
                    if self._buffer.unsent:
                        await asyncio.sleep(wait_s)
                    else:
                        await self._buffer.committed()

    async def _inventories(
        self, plan: Plan, batches: Sequence[Stored]
    ) -> tuple[Inventory, ...]:
        if not plan.with_inventories:
            return ()
        hashes = {batch.inventory for batch in batches} | {self._inventory.hash}
        return await self._buffer.inventories(hashes)

    def _changed(self, newest: Mapping[str, Reading]) -> tuple[Newest, ...]:
        """Return what the live view would otherwise wait for, behind older batches."""
        index, sent = self._inventory.index, self._newest_sent
        values = [
            Newest(index[name], to_ms(reading.at), reading.value, int(reading.quality))
            for name, reading in newest.items()
        ]
        return tuple(value for value in values if sent.get(value.point) != value.at_ms)


def _tell(before: Trouble | None, sync: Sync) -> None:
    if sync.trouble is before:
        return
    if sync.trouble is None:
        log.info("the cloud answers again")
    else:
        log.warning("%s: %s", sync.trouble.value, sync.detail)
