"""The one thread that uses the database, and what it does when the disk fails it."""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from contract.interval import to_ms
from gateway.buffer.at_risk import read_note, write_note
from gateway.buffer.columns import Portion, State
from gateway.buffer.database import (
    FILE_NAME,
    is_damage,
    is_no_room,
    lock,
    open_database,
    quarantine,
)
from gateway.buffer.ledger import Instant, Ledger, Loss, Origin
from gateway.buffer.room import Room
from gateway.clock import Clock

log: Final = logging.getLogger(__name__)

_T = TypeVar("_T")


class Writer:
    """Calls the ledger on its own thread; keeps it usable.

    Attributes:
        is_full: Whether the disk takes no more.
        state: All state, also what is not committed yet.
    """

    def __init__(self, data_dir: Path, origin: Origin, clock: Clock) -> None:
        """Open the database in `data_dir`, for this process alone.

        Raises:
            UnusableError: Another process uses it, or it cannot be opened.
        """
        self._data_dir, self._origin, self._clock = data_dir, origin, clock
        self._lock = lock(data_dir)
        self._room = Room(data_dir)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="buffer")
        self._ledger = Ledger(open_database(data_dir), origin)
        self.state = self._ledger.state()
        self.is_full = not self._room.keep_back()
        self._noted = read_note(self._lock)[1]

    @property
    def epoch(self) -> str:
        """The running epoch."""
        return self._ledger.epoch

    @property
    def unsent(self) -> int:
        """Number of batches that wait to be sent."""
        return self._ledger.unsent

    def instant(self) -> Instant:
        """Return the present, by both clocks."""
        monotonic_ms = int(self._clock.monotonic() * 1_000)
        return Instant(to_ms(self._clock.now()), monotonic_ms)

    def remember(self, state: State) -> None:
        """Take rows of state that are about to be committed."""
        for name, value in state.items():
            if value is None:
                self.state.pop(name, None)
            else:
                self.state[name] = value

    def inherited(self) -> list[Loss]:
        """Return what an earlier run held in memory when it ended, if not declared."""
        epoch, rows = read_note(self._lock)
        reason = f"the disk was full when epoch {epoch} ended"
        if not rows or self._ledger.has_declared(reason):
            return []
        log.error("%s readings were lost: %s", rows, reason)
        return [Loss(self.instant().at_ms, rows, reason)]

    def note(self, readings: int) -> None:
        """Note how many readings are lost if the process dies now."""
        self._noted = readings
        write_note(self._lock, self.epoch, readings)

    async def commit(self, call: Callable[[Ledger], None]) -> bool:
        """Return whether `call` was carried out; if not, try it again later."""
        ledger = self._ledger
        try:
            await self._run(call)
        except (sqlite3.Error, OSError) as error:
            await self._recover(error, ledger)
            return False
        if self.is_full:
            log.info("the disk has room again")
            self.is_full = False
        if self._noted:
            self.note(0)
        await self.tidy()
        return True

    async def insist(self, call: Callable[[Ledger], _T]) -> _T:
        """Return what `call` returns, at the second try."""
        ledger = self._ledger
        try:
            return await self._run(call)
        except (sqlite3.Error, OSError) as error:
            await self._recover(error, ledger)
            return await self._run(call)

    async def tidy(self) -> None:
        """Checkpoint when it is time, and keep room back."""
        if not self.is_full:
            self._room.keep_back()
        ledger = self._ledger
        try:
            await self._run(Ledger.checkpoint)
        except (sqlite3.Error, OSError) as error:
            await self._recover(error, ledger)

    async def has_room(self, size: int) -> bool:
        """Return whether `size` more bytes fit into the file or on the disk."""
        return await self.insist(Ledger.free_bytes) >= size or self._room.fits(size)

    async def free_bytes(self) -> int:
        """Return what is free in the file and on the disk."""
        return await self.insist(Ledger.free_bytes) + self._room.free_bytes()

    async def close(self) -> None:
        """Close the database and let others use it."""
        await self._run(Ledger.close)
        self._thread.shutdown()
        os.close(self._lock)

    async def _recover(self, error: sqlite3.Error | OSError, failed: Ledger) -> None:
        """Make the next try possible, or give up with `error`."""
        if is_damage(error):
            if self._ledger is failed:
                await self._run(self._replace)
            return
        if not is_no_room(error):
            raise error
        self._room.give_up()
        with suppress(sqlite3.Error, OSError):
            await self._run(Ledger.shrink)
        if not self.is_full:
            log.warning("the disk takes no more (%s): readings stay in memory", error)
            self.is_full = True

    def _replace(self, damaged: Ledger) -> None:
        """Set the damaged file aside and go on in a new one."""
        damaged.close()
        path = self._data_dir / FILE_NAME
        log.error("%s is damaged; set aside as %s", path, quarantine(path))
        self._ledger = Ledger(open_database(self._data_dir), self._origin)
        self._ledger.commit(Portion((), dict(self.state)), (), self.instant())

    async def _run(self, call: Callable[[Ledger], _T]) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(self._ledger))
