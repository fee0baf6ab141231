"""Set back cooling and light in rooms that are neither scheduled nor occupied."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.proposal import Priority, Proposal
from gateway.snapshot import Snapshot

_REASON: Final = "unoccupied and not scheduled"
_SETBACK: Final = 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """A room that can be set back.

    Attributes:
        node: Path of the room, as timetables know it.
        occupancy: Point that is 0 while nobody is there.
        setpoints: Points of the relays, 0 is setback.
    """

    node: str
    occupancy: str
    setpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnoccupiedSetback:
    """Hold the relays of empty rooms at setback until their next scheduled start."""

    rooms: tuple[Room, ...]
    max_lease: timedelta

    def propose(self, snapshot: Snapshot) -> list[Proposal]:
        """Return a proposal for each relay of each room that is known to be empty."""
        latest = snapshot.now + self.max_lease
        proposals = []
        for room in self.rooms:
            use = snapshot.uses.get(room.node)
            if use is None or use.is_scheduled:
                continue
            if snapshot.value(room.occupancy) != 0:
                continue
            until = latest if use.next_start is None else min(use.next_start, latest)
            proposals += [
                Proposal(point, _SETBACK, until, Priority.ECONOMY, _REASON)
                for point in room.setpoints
            ]
        return proposals
