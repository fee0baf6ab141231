"""The gateway's time: the machine's, or the simulated clock of a conductor."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from weakref import WeakKeyDictionary

_LAG_OF_WALL_CLOCK: Final = timedelta(seconds=1)


class Clock(Protocol):
    """The time that readings carry, and the time that waits are measured in."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""

    def monotonic(self) -> float:
        """Return seconds of real time since an arbitrary start; it never steps."""

    async def sleep_until(self, at: datetime) -> None:
        """Return once `now()` has reached `at`."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds of real time; it never steps."""
        return time.monotonic()

    async def sleep_until(self, at: datetime) -> None:
        """Return at `at`, or after as long as it was away when the clock is stepped."""
        while (remaining := at - self.now()) > timedelta(0):
            await asyncio.sleep(remaining.total_seconds())
            if at - self.now() > _LAG_OF_WALL_CLOCK:
                return


class ConductedClock:
    """A simulated clock that a conductor advances until it meets the wall clock."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._at: datetime | None = None
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the instant of the last tick; the wall clock's before and after."""
        return self._wall.now() if self._at is None else self._at

    def monotonic(self) -> float:
        """Return seconds of real time, also while conducted."""
        return self._wall.monotonic()

    def advance(self, at: datetime) -> None:
        """Make it `at`."""
        self._at = at
        self._wake()

    def go_live(self) -> None:
        """Hand over to the wall clock."""
        self._at = None
        self._wake()

    async def sleep_until(self, at: datetime) -> None:
        """Return once a tick has reached `at`, or after the handover the wall clock."""
        while self._at is not None and self._at < at:
            await self._moved.wait()
        if self._at is None:
            await self._wall.sleep_until(at)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


class WatchedClock:
    """A clock that knows for how long those who sleep by it have been awake."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._awake_since: WeakKeyDictionary[asyncio.Task[object], float] = (
            WeakKeyDictionary()
        )

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Return seconds of real time; it never steps."""
        return self._clock.monotonic()

    async def sleep_until(self, at: datetime) -> None:
        """Return once `now()` has reached `at`."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can sleep")
        self._awake_since.pop(task, None)
        await self._clock.sleep_until(at)
        self._awake_since[task] = self._clock.monotonic()

    def longest_awake_s(self) -> float:
        """Return how long ago the task that is awake longest last slept. [s]."""
        now = self._clock.monotonic()
        return max(
            (
                now - since
                for task, since in self._awake_since.items()
                if not task.done()
            ),
            default=0.0,
        )
