"""The buffer as the daemon sees it: append now, committed within a second."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from contract.batch import MAX_ROWS
from contract.interval import to_ms
from contract.inventory import Inventory
from contract.quantity import DEFINITIONS, Kind
from contract.reading import Reading
from gateway.buffer.columns import State, Waiting
from gateway.buffer.figures import Totals, hours_left
from gateway.buffer.ledger import Key, Ledger, Loss, Origin, Stored
from gateway.buffer.writer import Writer
from gateway.clock import Clock

log: Final = logging.getLogger(__name__)

_COMMIT_AFTER_S: Final = 0.5
"""Half the promised second: what full batches leave over may wait twice."""
_COMMIT_AT_ROWS: Final = 4 * MAX_ROWS
_RETRY_WHEN_FULL_S: Final = 1.0
_MAX_WAITING: Final = 20_000
"""Readings after which whoever appends has to wait for the disk."""
_MAX_IN_MEMORY: Final = 200_000
"""Readings kept in memory while the disk is full."""
_ROOM_PER_READING: Final = 32
_ROOM_TO_ACT_BYTES: Final = 1024 * 1024


class Buffer:
    """Store and forward. Close it only after `run` has returned."""

    def __init__(self, data_dir: Path, origin: Origin, clock: Clock) -> None:
        """Open the buffer in `data_dir`, for this process alone.

        Raises:
            UnusableError: Another process uses it, or it cannot be opened.
        """
        self._clock = clock
        self._writer = Writer(data_dir, origin, clock)
        self._waiting = Waiting(origin.inventory.index)
        self._last_to_go = _counters(origin.inventory)
        self._losses = self._writer.inherited()
        self._appended = self._committed = self._flushes = 0
        self._some, self._now = asyncio.Event(), asyncio.Event()
        self._stopping, self._progress = asyncio.Event(), asyncio.Event()
        if self._losses:
            self._some.set()

    @property
    def epoch(self) -> str:
        """The running epoch."""
        return self._writer.epoch

    @property
    def waiting(self) -> int:
        """Number of readings that are not committed yet."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether the disk takes no more."""
        return self._writer.is_full

    @property
    def unsent(self) -> int:
        """Number of batches that wait to be sent."""
        return self._writer.unsent

    async def committed(self) -> None:
        """Return after the next commit."""
        await self._progress.wait()

    def state(self, prefix: str) -> dict[str, bytes]:
        """Return the state rows whose names start with `prefix`."""
        rows = self._writer.state.items()
        return {name: value for name, value in rows if name.startswith(prefix)}

    async def append(
        self, readings: Sequence[Reading], state: State | None = None
    ) -> None:
        """Take `readings`; they and `state` are committed together within a second.

        Raises:
            KeyError: A point is not in the inventory.
        """
        while len(self._waiting) >= _MAX_WAITING and not self.is_full:
            await self._progress.wait()
        self._waiting.add(readings, state or {})
        self._writer.remember(state or {})
        self._appended += 1
        self._some.set()
        if len(self._waiting) >= _COMMIT_AT_ROWS:
            self._now.set()

    async def flush(self) -> None:
        """Return once everything appended so far is committed."""
        target = self._appended
        self._flushes += 1
        try:
            while self._committed < target:
                self._now.set()
                await self._progress.wait()
        finally:
            self._flushes -= 1

    async def run(self) -> None:
        """Commit what is appended, until `stop`."""
        while not self._stopping.is_set():
            await self._some.wait()
            everything = await self._due()
            await self._commit(everything=everything)
            if self.is_full:
                await self._wait_for_room()
        if self._waiting:
            await self._commit(everything=True)

    def stop(self) -> None:
        """Let `run` make its last commit and return."""
        self._stopping.set()
        self._some.set()
        self._now.set()

    async def close(self) -> None:
        """Close the database and let others use it."""
        if at_risk := self._at_risk():
            self._writer.note(at_risk)
            log.error("%s readings could not be saved", at_risk)
        await self._writer.close()

    async def oldest(self, batches: int) -> list[Stored]:
        """Return up to `batches` that wait to be sent, oldest first."""
        return await self._writer.insist(lambda ledger: ledger.oldest(batches))

    async def settle(
        self, acknowledged: Mapping[Key, int], parked: Mapping[Key, str]
    ) -> None:
        """Forget what the cloud has, and set aside what it will not take.

        Args:
            acknowledged: Number of rejected rows of each batch the cloud has.
            parked: The reason for each batch that is not to be sent again.
        """
        if acknowledged or parked:
            at_ms = to_ms(self._clock.now())
            await self._writer.insist(
                lambda ledger: ledger.settle(acknowledged, parked, at_ms)
            )
            await self._writer.tidy()

    async def unpark(self, reason: str) -> None:
        """Send again what was parked for `reason`."""
        await self._writer.insist(lambda ledger: ledger.unpark(reason))

    async def inventories(self, hashes: Iterable[str]) -> tuple[Inventory, ...]:
        """Return the inventories named, as far as they are held."""
        wanted = tuple(hashes)
        return await self._writer.insist(lambda ledger: ledger.inventories(wanted))

    async def totals(self) -> tuple[Totals, float | None]:
        """Return the figures of what is committed, and for how many hours it holds."""
        totals = await self._writer.insist(Ledger.totals)
        return totals, hours_left(totals, await self._writer.free_bytes())

    async def _due(self) -> bool:
        """Wait for the next commit; return whether it takes everything."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_COMMIT_AFTER_S):
                await self._now.wait()
            self._now.clear()
            return bool(self._flushes) or len(self._waiting) < _COMMIT_AT_ROWS
        return True

    async def _commit(self, *, everything: bool) -> None:
        self._some.clear()
        appended, losses = self._appended, tuple(self._losses)
        portion = self._waiting.portion(everything=everything)
        instant = self._writer.instant()
        done = await self._writer.commit(
            lambda ledger: ledger.commit(portion, losses, instant)
        )
        if done:
            self._waiting.forget(portion)
            self._losses.clear()
        if done and everything:
            self._committed = appended
        if self._waiting:
            self._some.set()
        self._progress.set()
        self._progress = asyncio.Event()

    async def _wait_for_room(self) -> None:
        while self.is_full and not self._stopping.is_set():
            self._drop_what_does_not_fit()
            self._writer.note(self._at_risk())
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_WHEN_FULL_S):
                    await self._stopping.wait()
            needed = len(self._waiting) * _ROOM_PER_READING + _ROOM_TO_ACT_BYTES
            if await self._writer.has_room(needed):
                return

    def _at_risk(self) -> int:
        return len(self._waiting) + sum(loss.rows for loss in self._losses)

    def _drop_what_does_not_fit(self) -> None:
        excess = len(self._waiting) - _MAX_IN_MEMORY
        if excess <= 0:
            return
        rows = self._waiting.drop_oldest(
            excess + _MAX_IN_MEMORY // 10, self._last_to_go
        )
        rows += sum(loss.rows for loss in self._losses)
        self._losses = [Loss(to_ms(self._clock.now()), rows, "the disk was full")]


def _counters(inventory: Inventory) -> frozenset[int]:
    entries = enumerate(inventory.entries())
    return frozenset(
        place
        for place, (_, _, quantity) in entries
        if DEFINITIONS[quantity].kind is Kind.COUNTER
    )
