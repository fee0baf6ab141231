"""The buffer as the daemon sees it: append now, committed within a second."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from contract.batch import MAX_ROWS
from contract.interval import to_ms
from contract.inventory import Inventory
from contract.quantity import DEFINITIONS, Kind
from contract.reading import Reading
from gateway.buffer.columns import Portion, State, Waiting
from gateway.buffer.database import (
    FILE_NAME,
    is_damage,
    is_no_room,
    lock,
    open_database,
    quarantine,
)
from gateway.buffer.figures import Totals, hours_left
from gateway.buffer.ledger import Instant, Key, Ledger, Loss, Origin, Stored
from gateway.buffer.room import Room
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

_T = TypeVar("_T")


class Buffer:
    """Store and forward. Close it only after `run` has returned."""

    def __init__(self, data_dir: Path, origin: Origin, clock: Clock) -> None:
        """Open the buffer in `data_dir`, for this process alone.

        Raises:
            UnusableError: Another process uses it, or it cannot be opened.
        """
        self._data_dir, self._origin, self._clock = data_dir, origin, clock
        self._lock = lock(data_dir)
        self._room = Room(data_dir)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="buffer")
        self._ledger = Ledger(open_database(data_dir), origin)
        self._state = self._ledger.state()
        self._waiting = Waiting(origin.inventory.index)
        self._last_to_go = _counters(origin.inventory)
        self._losses: list[Loss] = []
        self._full = not self._room.keep_back()
        self._appended = self._committed = self._flushes = 0
        self._some, self._now = asyncio.Event(), asyncio.Event()
        self._stopping, self._progress = asyncio.Event(), asyncio.Event()

    @property
    def epoch(self) -> str:
        """The running epoch."""
        return self._ledger.epoch

    @property
    def is_full(self) -> bool:
        """Whether the disk takes no more."""
        return self._full

    @property
    def unsent(self) -> int:
        """Number of batches that wait to be sent."""
        return self._ledger.unsent

    async def committed(self) -> None:
        """Return after the next commit."""
        await self._progress.wait()

    def state(self, prefix: str) -> dict[str, bytes]:
        """Return the state rows whose names start with `prefix`."""
        rows = self._state.items()
        return {name: value for name, value in rows if name.startswith(prefix)}

    async def append(
        self, readings: Sequence[Reading], state: State | None = None
    ) -> None:
        """Take `readings`; they and `state` are committed together within a second.

        Raises:
            KeyError: A point is not in the inventory.
        """
        while len(self._waiting) >= _MAX_WAITING and not self._full:
            await self._progress.wait()
        self._waiting.add(readings, state or {})
        self._remember(state or {})
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
            if self._full:
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
        await self._on_writer(Ledger.close)
        self._thread.shutdown()
        os.close(self._lock)
        if self._waiting:
            log.error("%s readings could not be saved", len(self._waiting))

    async def oldest(self, batches: int) -> list[Stored]:
        """Return up to `batches` that wait to be sent, oldest first."""
        return await self._on_writer(lambda ledger: ledger.oldest(batches))

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
            await self._on_writer(
                lambda ledger: ledger.settle(acknowledged, parked, at_ms)
            )

    async def unpark(self, reason: str) -> None:
        """Send again what was parked for `reason`."""
        await self._on_writer(lambda ledger: ledger.unpark(reason))

    async def inventories(self, hashes: Iterable[str]) -> tuple[Inventory, ...]:
        """Return the inventories named, as far as they are held."""
        wanted = tuple(hashes)
        return await self._on_writer(lambda ledger: ledger.inventories(wanted))

    async def totals(self) -> tuple[Totals, float | None]:
        """Return the figures of what is committed, and for how many hours it holds."""
        totals = await self._on_writer(Ledger.totals)
        free = await self._on_writer(Ledger.free_bytes) + self._room.free_bytes()
        return totals, hours_left(totals, free)

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
        instant = Instant(
            to_ms(self._clock.now()), int(self._clock.monotonic() * 1_000)
        )
        try:
            await self._run(lambda ledger: ledger.commit(portion, losses, instant))
        except (sqlite3.Error, OSError) as error:
            await self._recover(error)
            self._some.set()
            return
        self._waiting.forget(portion)
        self._losses.clear()
        if everything:
            self._committed = appended
        elif self._waiting:
            self._some.set()
        self._step()
        if self._full:
            log.info("the disk has room again")
            self._full = False

    async def _recover(self, error: sqlite3.Error | OSError) -> None:
        """Make the next try possible, or give up with `error`."""
        if is_damage(error):
            await self._run(self._replace)
        elif not is_no_room(error):
            raise error
        elif not self._full:
            log.warning("the disk is full (%s): readings stay in memory", error)
            self._full = True
            self._room.give_up()
            self._step()

    async def _wait_for_room(self) -> None:
        while self._full and not self._stopping.is_set():
            self._drop_what_does_not_fit()
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_WHEN_FULL_S):
                    await self._stopping.wait()
            needed = len(self._waiting) * _ROOM_PER_READING + _ROOM_TO_ACT_BYTES
            reusable = await self._on_writer(Ledger.free_bytes)
            if reusable > needed or self._room.keep_back():
                return

    def _drop_what_does_not_fit(self) -> None:
        excess = len(self._waiting) - _MAX_IN_MEMORY
        if excess <= 0:
            return
        rows = self._waiting.drop_oldest(
            excess + _MAX_IN_MEMORY // 10, self._last_to_go
        )
        rows += sum(loss.rows for loss in self._losses)
        self._losses = [Loss(to_ms(self._clock.now()), rows, "the disk was full")]

    def _replace(self, damaged: Ledger) -> None:
        """Set the damaged file aside and go on in a new one."""
        damaged.close()
        path = self._data_dir / FILE_NAME
        log.error("%s is damaged; set aside as %s", path, quarantine(path))
        self._ledger = Ledger(open_database(self._data_dir), self._origin)
        instant = Instant(
            to_ms(self._clock.now()), int(self._clock.monotonic() * 1_000)
        )
        self._ledger.commit(Portion((), dict(self._state)), (), instant)

    def _remember(self, state: State) -> None:
        for name, value in state.items():
            if value is None:
                self._state.pop(name, None)
            else:
                self._state[name] = value

    def _step(self) -> None:
        self._progress.set()
        self._progress = asyncio.Event()

    async def _on_writer(self, call: Callable[[Ledger], _T]) -> _T:
        """Return what `call` returns on the writer's thread, at the second try."""
        try:
            return await self._run(call)
        except (sqlite3.Error, OSError) as error:
            await self._recover(error)
            return await self._run(call)

    async def _run(self, call: Callable[[Ledger], _T]) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(self._ledger))


def _counters(inventory: Inventory) -> frozenset[int]:
    entries = enumerate(inventory.entries())
    return frozenset(
        place
        for place, (_, _, quantity) in entries
        if DEFINITIONS[quantity].kind is Kind.COUNTER
    )
