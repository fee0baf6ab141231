"""The setback rule over the gateway's rooms, and what it saves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway import savings
from gateway.cycle.ledger import ACCOUNT, account_in, account_row
from gateway.guard import Guard
from gateway.guard.lease import Action
from gateway.meters import Control
from gateway.proposal import Priority, Proposal
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
    """Asks for the setback of empty rooms and counts what that saves.

    Attributes:
        newest: The newest reading of each point, kept by the cycle.
    """

    def __init__(
        self,
        points: Mapping[str, Points],
        max_lease: timedelta,
        newest: Mapping[str, Reading],
        rows: Mapping[str, bytes],
        guard: Guard,
    ) -> None:
        self.newest = newest
        self._points = dict(points)
        self._accounts = {path: Account() for path in self._points}
        for key, row in rows.items():
            path = key.removeprefix(ACCOUNT)
            if path in self._points:
                self._accounts[path] = account_in(row)
        self._guard = guard
        rooms = tuple(
            Room(each.node, each.occupancy, tuple(each.relays))
            for each in self._points.values()
        )
        self._rule: Rule = UnoccupiedSetback(rooms, max_lease)
        self._owner = {
            relay: path for path, each in self._points.items() for relay in each.relays
        }

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

    def propose(self, snapshot: Snapshot) -> list[Proposal]:
        """Return what the rule wants of rooms whose savings can be counted."""
        return [
            proposal
            for proposal in self._rule.propose(snapshot)
            if self._is_ready(proposal.setpoint)
        ]

    def is_older(self, path: str, now: datetime) -> bool:
        """Return whether the room has to be read, to count what it saved until now."""
        points = self._points.get(path)
        if points is None:
            return False
        counter = self.newest.get(points.counter)
        return counter is None or counter.at < now

    def book(self, action: Action, state: State) -> list[Reading]:
        """Open, renew or close the account of a device that obeyed."""
        path = action.target.path
        points = self._points.get(path)
        if points is None:
            return []
        account = self._accounts[path]
        readings = []
        if action.lease is None or action.priority is not Priority.ECONOMY:
            # What an operator holds is not the rule's merit.
            self._accounts[path] = savings.closed(account)
        elif account.setback is not None:
            self._accounts[path] = savings.renewed(account, action.lease.until)
        elif account.vacant_polls and (last := self._room_poll(points, is_vacant=True)):
            self._accounts[path] = savings.opened(account, action.lease.until, last)
            readings = [
                Reading(points.saved, last.at, account.reported_kwh, points.quality)
            ]
        self._persist(path, state)
        return readings

    def _persist(self, path: str, state: State) -> None:
        state[ACCOUNT + path] = account_row(self._accounts[path])

    def _is_ready(self, setpoint: str) -> bool:
        """Return whether the room's savings can be counted, or it is held already."""
        path = self._owner[setpoint]
        account = self._accounts[path]
        if path in self._guard.leases or account.setback is not None:
            return True
        return account.vacant_polls > 0

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
