"""The cycle: read, judge, keep; then freeze a snapshot, decide and act."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from contract.inventory import DeviceEntry
from contract.reading import Reading
from contract.timetable import SiteConfig
from gateway.clock import Clock
from gateway.cycle.devices import connection
from gateway.cycle.held import held
from gateway.cycle.ledger import ACCOUNT
from gateway.cycle.operator import Operator, OperatorError, Order
from gateway.cycle.polled import Polled
from gateway.cycle.poller import Gave, Poller
from gateway.cycle.setbacks import Setbacks, State
from gateway.cycle.steering import Steering
from gateway.cycle.writable import (
    Writable,
    flushed,
    keep_lease,
    kept_holds,
    kept_leases,
    left_held,
)
from gateway.driver import Surroundings
from gateway.guard import Guard
from gateway.guard.lease import Outcome
from gateway.health import Health
from gateway.lines import DeviceError, DeviceSettings, Line, LineSettings
from gateway.meters import Models
from gateway.meters.fault import did_you_mean
from gateway.snapshot import NO_STATE, Calendar, Sink, Snapshot, Use

_LOG = logging.getLogger(__name__)
_BETWEEN_DECISIONS: Final = timedelta(seconds=5)
_LONGEST_LEASE: Final = timedelta(hours=8)


class CycleSettings(Protocol):
    """What the cycle has to be told."""

    @property
    def node(self) -> str:
        """Path of the gateway's own node."""

    @property
    def models(self) -> Models:
        """The meter models of its devices."""

    @property
    def lines(self) -> Mapping[str, LineSettings]:
        """Its lines by name."""

    @property
    def devices(self) -> Sequence[DeviceSettings]:
        """Its devices."""

    @property
    def max_age(self) -> timedelta:
        """Age from which a value is stale."""

    @property
    def max_lease(self) -> timedelta | None:
        """How long a setback may last; None switches setbacks off."""


class Cycle:
    """Polls every device and runs the rules.

    Attributes:
        newest: The newest reading of each point.
    """

    def __init__(
        self,
        settings: CycleSettings,
        clock: Clock,
        sink: Sink,
        timetables: Callable[[], SiteConfig | None],
    ) -> None:
        self.newest: dict[str, Reading] = {}
        self._settings = settings
        self._clock = clock
        self._sink = sink
        self._timetables = timetables
        self._calendar = Calendar(settings.node)
        around = Surroundings(clock.now, self._keep_pushed, sink.state)
        self._pollers = {
            name: Poller(Line(line), connection(line, settings.models, around), clock)
            for name, line in settings.lines.items()
        }
        self._devices = {each.path: self._polled(each) for each in settings.devices}
        self._steering = self._new_steering()
        self._operator = Operator(self._steering, self._snapshot, self._act)

    async def tick(self, now: datetime) -> None:
        """Read every device once, with `now` as its instant; then decide and act."""
        pollers = self._pollers.values()
        polls = (poller.poll(poller.devices, now) for poller in pollers)
        readings: list[Reading] = []
        state: State = {}
        for gave in await asyncio.gather(*polls):
            readings += self._taken(gave, now, state)
        readings += await self._decide(now, state)
        await self._sink.append(readings, state)

    async def run(self) -> None:
        """Poll and decide in real time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for poller in self._pollers.values():
                if poller.devices:
                    tasks.create_task(poller.run(self._keep))
            tasks.create_task(self._decide_for_ever())

    async def close(self) -> None:
        """Close every line; setbacks in force end by the devices' own timers."""
        for poller in self._pollers.values():
            async with poller.line.owned():
                poller.bus.close()

    def health(self) -> dict[str, tuple[DeviceEntry, Health]]:
        """Return each device with how it is, by path."""
        return {
            path: (device.settings.entry, device.health)
            for path, device in self._devices.items()
        }

    async def read(self, path: str) -> dict[str, object]:
        """Read one device now, for a technician; nothing of it is kept.

        Args:
            path: Node path and device name, from the site or the gateway's node down.

        Returns:
            Its `values`, or an `error` in words.
        """
        device = self._found(path)
        if isinstance(device, str):
            return {"error": device}
        poller = self._pollers[device.settings.line]
        try:
            async with poller.line.owned():
                await poller.bus.connect()
                rows = await device.meter.inspect(self._clock.now)
        except DeviceError as error:
            return {"error": f"{device.path}: {error}"}
        now = self._clock.now()
        return {"values": [row.to_json(now) for row in rows]}

    async def write(self, path: str, order: Order) -> dict[str, object]:
        """Hold or release a setpoint as an operator asks, and say what came of it."""
        device = self._found(path)
        if isinstance(device, str):
            return {"error": device}
        try:
            target, quantity = self._operator.target(device.path, order)
            async with self._steering.deciding:
                await self._read_now([device.path])
                if device.health.failures:
                    return {"error": f"{device.path}: {device.health.error}"}
                return await self._operator.carry_out(target, quantity, order)
        except OperatorError as error:
            return {"error": str(error)}

    def holds(self) -> list[dict[str, object]]:
        """Return what an operator holds now."""
        return held(self._steering)

    def left_held(self, settings: CycleSettings) -> str:
        """Return in words what nobody would let go any more with new settings."""
        return left_held(self._steering.guard, settings.devices, settings.models)

    def _found(self, path: str) -> Polled | str:
        """Return the device, or in words that there is none."""
        below = self._settings.node + "/"
        device = self._devices.get(path) or self._devices.get(below + path)
        if device is not None:
            return device
        names = [name.removeprefix(below) for name in self._devices]
        return f'no device "{path}"{did_you_mean(path, names)}'

    async def _act(self, state: State) -> Mapping[str, Outcome]:
        """Decide beside the turn, and keep what came of it together with `state`."""
        readings, outcomes = await self._steering.decide(self._snapshot(), state)
        await self._sink.append(readings, state)
        self._remember(readings)
        with suppress(DeviceError):
            await flushed(self._sink)
        return outcomes

    async def _decide_for_ever(self) -> None:
        while True:
            now = self._clock.now()
            state: State = {}
            try:
                readings = await self._decide(now, state)
            except Exception:  # noqa: BLE001 (one decision must not end all)
                _LOG.exception("a decision failed; devices keep their leases")
            else:
                if readings or state:
                    await self._sink.append(readings, state)
            await self._clock.sleep_until(now + _BETWEEN_DECISIONS)

    async def _decide(self, now: datetime, state: State) -> list[Reading]:
        async with self._steering.deciding:
            readings, _ = await self._steering.decide(self._snapshot(now), state)
        self._remember(readings)
        return readings

    def _snapshot(self, now: datetime | None = None) -> Snapshot:
        now = now or self._clock.now()
        newest = dict(self.newest)
        return Snapshot(now, newest, self._settings.max_age, self._uses(now))

    async def _read_now(self, paths: list[str]) -> None:
        """Read the devices at `paths` beside their turn."""
        for name, poller in self._pollers.items():
            devices = [self._devices[path] for path in paths]
            mine = [each for each in devices if each.settings.line == name]
            if mine:
                await self._keep(await poller.poll(mine))

    async def _keep(self, gave: Iterable[Gave]) -> None:
        state: State = {}
        readings = self._taken(gave, self._clock.now(), state)
        if readings or state:
            await self._sink.append(readings, state)

    async def _keep_pushed(
        self, readings: Sequence[Reading], state: Mapping[str, bytes | None] = NO_STATE
    ) -> None:
        await self._sink.append(readings, state)
        self._remember(readings)
        await self._sink.flush()

    def _taken(
        self, gave: Iterable[Gave], now: datetime, state: State
    ) -> list[Reading]:
        """Return all readings of these polls, with what the accounts add to them."""
        uses = self._uses(now)
        taken: list[Reading] = []
        for device, poll in gave:
            readings = poll.readings
            state.update(poll.state)
            if not readings:
                continue
            self._remember(readings)
            taken += readings
            if (setbacks := self._steering.setbacks) is not None:
                at = readings[-1].at
                saved = setbacks.observe(device.path, at, uses, state)
                self._remember(saved)
                taken += saved
        return taken

    def _remember(self, readings: Iterable[Reading]) -> None:
        newest = self.newest
        for reading in readings:
            newest[reading.point] = reading

    def _uses(self, now: datetime) -> dict[str, Use]:
        if self._settings.max_lease is None:
            return {}
        return self._calendar.uses(self._timetables(), now)

    def _polled(self, device: DeviceSettings) -> Polled:
        poller = self._pollers[device.line]
        polled = Polled(device, poller.bus.device(device))
        poller.devices.append(polled)
        return polled

    def _new_steering(self) -> Steering:
        settings, setbacks = self._settings, None
        writable = Writable(settings.models)
        for path, device in self._devices.items():
            poller = self._pollers[device.settings.line]
            writable.add(path, device.settings, poller.line, poller.bus)
        longest, sink = settings.max_lease, self._sink
        guard = Guard(
            writable.targets,
            longest or _LONGEST_LEASE,
            kept_leases(sink, {target.name for target in writable.targets}),
            partial(keep_lease, sink),
        )
        if longest is not None:
            rows = sink.state(ACCOUNT)
            setbacks = Setbacks(writable.rooms, longest, self.newest, rows, guard)
        return Steering(
            guard, setbacks, kept_holds(sink), self._read_now, self._answered
        )

    def _answered(self, path: str) -> datetime | None:
        health = self._devices[path].health
        return None if health.failures else health.last_ok
