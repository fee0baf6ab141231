"""Polling one line: its owner reads its devices, one after another, and never dies."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from gateway.clock import Clock
from gateway.cycle.polled import Polled, Slots
from gateway.driver import AwaitedError, Connection, Poll
from gateway.lines import RECONNECT, DeviceError, Line, LineDownError, NoAnswerError

_LOG = logging.getLogger(__name__)
_RETRY: Final = timedelta(seconds=1)
_TICKS_UNTIL_SPARED: Final = 3

Gave = tuple[Polled, Poll]
"""A device that answered, and what it gave."""


class Poller:
    """Reads the devices of one line."""

    def __init__(self, line: Line, bus: Connection, clock: Clock) -> None:
        self.line = line
        self.bus = bus
        self.devices: list[Polled] = []
        self._clock = clock

    async def poll(
        self, devices: Iterable[Polled], at: datetime | None = None
    ) -> list[Gave]:
        """Read each of `devices` once, those that kept silent last.

        Readings carry `at`, or the instant their answer arrived.
        """
        now = self._clock.now if at is None else lambda: at
        gave: list[Gave] = []
        order = sorted(devices, key=attrgetter("is_silent", "tried_s"))
        for place, device in enumerate(order):
            if device.is_silent and not self._may_try(device, is_tick=at is not None):
                break
            try:
                given = await self._poll_one(device, now)
            except LineDownError as error:
                for other in order[place:]:
                    self._failed(other, str(error))
                break
            if given is not None:
                device.slot = Slots(now()).number(device.settings.interval)
                gave.append((device, given))
        return gave

    def _may_try(self, device: Polled, *, is_tick: bool) -> bool:
        """Return whether a device that kept silent may be asked again now.

        Ticks of a simulated clock come faster than real time: one lost answer must not
        cost a device the polls of many hours.
        """
        if is_tick and device.health.failures < _TICKS_UNTIL_SPARED:
            return True
        return self.line.may_try_silent(self._clock.monotonic())

    async def run(self, keep: Callable[[Sequence[Gave]], Awaitable[None]]) -> None:
        """Poll each device once an interval, for ever; hand what came to `keep`."""
        while True:
            now = self._clock.now()
            due = list(filter(Slots(now).is_due, self.devices))
            if due:
                gave = await self.poll(due)
                if gave:
                    await keep(gave)
            await self._clock.sleep_until(self._next(self._clock.now()))

    def _next(self, now: datetime) -> datetime:
        """Return when to look again: at the next poll, or soon if something is down."""
        if not self.bus.is_connected:
            return now + RECONNECT
        slots = Slots(now)
        next_due = min(
            map(slots.next_start, {each.settings.interval for each in self.devices})
        )
        if any(map(slots.is_due, self.devices)):
            return min(now + _RETRY, next_due)
        return next_due

    async def _poll_one(
        self, device: Polled, now: Callable[[], datetime]
    ) -> Poll | None:
        """Return what the device gave, nothing for a refusal, None for silence.

        Raises:
            LineDownError: The line cannot be used, by no device.
        """
        started_s = device.tried_s = self._clock.monotonic()
        try:
            async with self.line.owned():
                started_s = self._clock.monotonic()
                if not self.bus.is_connected:
                    await self.bus.connect()
                poll = await device.meter.poll(now)
        except LineDownError:
            raise
        except NoAnswerError as error:
            if not isinstance(error, AwaitedError):
                self.line.waited_in_vain(started_s, self._clock.monotonic())
            device.is_silent = True
            self._failed(device, str(error))
            return None
        except DeviceError as error:
            device.is_silent = False
            self._failed(device, str(error))
            return Poll([])
        except Exception as error:  # noqa: BLE001 (ends one read, not the task)
            if device.health.failed(f"internal error: {error!r}"):
                _LOG.exception("%s: reading it failed unexpectedly", device.path)
            return Poll([])
        device.is_silent = False
        if device.health.answered(now(), "; ".join(poll.refused)):
            _answered(device)
        return poll

    def _failed(self, device: Polled, error: str) -> None:
        if device.health.failed(error):
            _LOG.warning("%s on %s: %s", device.path, self.line.settings, error)


def _answered(device: Polled) -> None:
    if device.health.error:
        _LOG.warning("%s: values refused: %s", device.path, device.health.error)
    else:
        _LOG.info("%s answers", device.path)
