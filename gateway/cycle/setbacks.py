"""Rule, dispatch and guard over the gateway's rooms, and what they save."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Self

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway import savings
from gateway.cycle.ledger import PREFIX, from_row, to_row
from gateway.dispatch import resolve
from gateway.guard import Action, Guard, Lease, Observed, Target
from gateway.meters import Control
from gateway.rules import Rule
from gateway.rules.unoccupied_setback import Room, UnoccupiedSetback
from gateway.savings import Account, RoomPoll
from gateway.snapshot import Snapshot, Use

LOADS_FOLLOW: Final = timedelta(minutes=1)
"""How long after a write the loads of a room may still be those of before."""

State = dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Points:
    """The names of a controllable room's points.

    Attributes:
        relays: Point of each relay, with its normal value.
    """

    node: str
    power: str
    counter: str
    occupancy: str
    saved: str
    relays: Mapping[str, float]
    quality: Quality

    @classmethod
    def of(cls, entry: DeviceEntry, control: Control) -> Self:
        """Return the point names of the room's device."""
        origin = Quality.SIMULATED if entry.simulated else Quality.MEASURED
        return cls(
            entry.node,
            entry.point(Quantity.ACTIVE_POWER_KW),
            entry.point(Quantity.ENERGY_IMPORT_KWH),
            entry.point(Quantity.OCCUPANCY),
            entry.point(Quantity.ENERGY_SAVED_KWH),
            {entry.point(relay): value for relay, value in control.normal.items()},
            origin | Quality.ESTIMATED,
        )


class Setbacks:
    """Holds empty rooms at setback and counts what that saves.

    Attributes:
        newest: The newest reading of each point, kept by the cycle.
    """

    def __init__(
        self,
        points: Mapping[str, Points],
        targets: Iterable[Target],
        max_lease: timedelta,
        newest: Mapping[str, Reading],
        rows: Mapping[str, bytes],
    ) -> None:
        self.newest = newest
        self._points = dict(points)
        self._accounts = {path: Account() for path in self._points}
        leases: dict[str, Lease] = {}
        for key, row in rows.items():
            path = key.removeprefix(PREFIX)
            if path in self._points:
                self._accounts[path], lease = from_row(row)
                if lease is not None:
                    leases[path] = lease
        self._guard = Guard(targets, max_lease, leases)
        rooms = tuple(
            Room(each.node, each.occupancy, tuple(each.relays))
            for each in self._points.values()
        )
        self._rule: Rule = UnoccupiedSetback(rooms, max_lease)
        self._owner = {
            relay: path for path, each in self._points.items() for relay in each.relays
        }

    @property
    def leases(self) -> Mapping[str, Lease]:
        """What each device is held to."""
        return self._guard.leases

    def observe(
        self, path: str, at: datetime, uses: Mapping[str, Use], state: State
    ) -> list[Reading]:
        """Take a good poll of the device into its account; rows go into `state`.

        Returns:
            The saved energy, while a setback is in force.
        """
        points = self._points.get(path)
        if points is None:
            return []
        vacant = self._is_vacant(path, points, uses.get(points.node))
        poll = self._room_poll(points, is_vacant=vacant)
        if poll is None or poll.at != at:
            return []
        account = self._accounts[path]
        after = self._accounts[path] = savings.observed(account, poll)
        if account.setback is None:
            return []
        self._persist(path, state)
        return [Reading(points.saved, at, after.reported_kwh, points.quality)]

    async def control(
        self,
        snapshot: Snapshot,
        read_now: Callable[[list[str]], Awaitable[None]],
        state: State,
    ) -> list[Reading]:
        """Let the rule propose and the guard act; rows to keep go into `state`.

        Devices about to be reverted are read first, so that what they saved is counted
        to the end.
        """
        wanted = resolve(
            proposal
            for proposal in self._rule.propose(snapshot)
            if self._is_ready(proposal.setpoint)
        )
        actions = self._guard.plan(snapshot.now, wanted, self._observed(snapshot))
        stale = [
            action.target.path
            for action in actions
            if action.lease is None and self._is_older(action.target.path, snapshot.now)
        ]
        if stale:
            await read_now(stale)
        return await self._carry_out(snapshot.now, actions, state)

    async def _carry_out(
        self, now: datetime, actions: list[Action], state: State
    ) -> list[Reading]:
        """Act on all lines at once, on each line one device after another."""
        readings: list[Reading] = []

        async def on_one_line(actions: list[Action]) -> None:
            for action in actions:
                if await self._guard.carry_out(now, action):
                    readings.extend(self._book(action, state))

        def line_name(action: Action) -> str:
            return action.target.line.settings.name

        by_line = groupby(sorted(actions, key=line_name), key=line_name)
        await asyncio.gather(*(on_one_line(list(group)) for _, group in by_line))
        return readings

    def _book(self, action: Action, state: State) -> list[Reading]:
        """Open, renew or close the account of a device that obeyed."""
        path = action.target.path
        points, account = self._points[path], self._accounts[path]
        readings = []
        if action.lease is None:
            self._accounts[path] = savings.closed(account)
        elif account.setback is not None:
            self._accounts[path] = savings.renewed(account, action.lease.until)
        elif last := self._room_poll(points, is_vacant=True):
            self._accounts[path] = savings.opened(account, action.lease.until, last)
            readings = [
                Reading(points.saved, last.at, account.reported_kwh, points.quality)
            ]
        self._persist(path, state)
        return readings

    def _persist(self, path: str, state: State) -> None:
        row = to_row(self._accounts[path], self._guard.leases.get(path))
        state[PREFIX + path] = row

    def _is_ready(self, setpoint: str) -> bool:
        """Return whether the room's savings could be counted from now on."""
        path = self._owner[setpoint]
        account = self._accounts[path]
        return account.setback is not None or account.vacant_polls > 0

    def _room_poll(self, points: Points, *, is_vacant: bool) -> RoomPoll | None:
        power = self.newest.get(points.power)
        counter = self.newest.get(points.counter)
        if power is None or counter is None:
            return None
        return RoomPoll(counter.at, power.value, counter.value, is_vacant)

    def _is_vacant(self, path: str, points: Points, use: Use | None) -> bool:
        occupancy = self.newest.get(points.occupancy)
        if use is None or use.is_scheduled or occupancy is None or occupancy.value != 0:
            return False
        written = self._guard.written_at(path)
        if written is not None and occupancy.at < written + LOADS_FOLLOW:
            return False
        return all(
            (relay := self.newest.get(name)) is not None and relay.value == normal
            for name, normal in points.relays.items()
        )

    def _observed(self, snapshot: Snapshot) -> dict[str, Observed]:
        """Return what fresh readings say of each room's relays."""
        seen = {}
        for path, points in self._points.items():
            values = [snapshot.value(relay) for relay in points.relays]
            if None not in values:
                at = min(snapshot.latest[relay].at for relay in points.relays)
                seen[path] = Observed(at, values == list(points.relays.values()))
        return seen

    def _is_older(self, path: str, now: datetime) -> bool:
        counter = self.newest.get(self._points[path].counter)
        return counter is None or counter.at < now
