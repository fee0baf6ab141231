"""What one local hour draws for every room: occupancy and loads (V4, V5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware_sim.campus import Room, RoomType
from firmware_sim.draws import Floats, Stream, between, uniform

AC_IDLE_KW: Final = 0.2
LIGHT_IDLE_KW: Final = 0.05
_AC_KW: Final = (1.5, 2.0)
_LIGHT_KW: Final = (0.3, 0.5)
_TAUGHT_KW: Final = {RoomType.CLASSROOM: (0.2, 0.5), RoomType.LAB: (2.5, 4.0)}
_IDLE_KW: Final = {RoomType.CLASSROOM: 0.1, RoomType.LAB: 0.3}
_STAFF_KW: Final = (0.3, 0.5)

_OCCUPIED_WHEN_SCHEDULED: Final = 0.86
_OCCUPIED_BY_DAY: Final = 0.14
_OCCUPIED_BY_NIGHT: Final = 0.01
_OCCUPIED_AT_WEEKENDS: Final = 0.03
_DAY: Final = range(8, 20)
_SATURDAY: Final = 5
_HOURS_PER_WEEK: Final = 7 * 24


@dataclass(frozen=True, slots=True)
class Hour:
    """One local hour of every room; `ac_kw` is what the AC takes when it cools."""

    scheduled: NDArray[np.bool_]
    occupied: NDArray[np.bool_]
    equipment_kw: Floats
    ac_kw: Floats
    light_kw: Floats


class RoomTable:
    """The rooms as columns, and the draws of any hour."""

    def __init__(self, seed: int, rooms: Sequence[Room]) -> None:
        self.seed = seed
        self.key = np.array([room.key for room in rooms], dtype=np.int64)
        self.base_kw = np.array([room.base_load_kw for room in rooms])
        self.offset_c = between(
            -1.0, 1.0, uniform(seed, Stream.ROOM_WARMTH, self.key, 0)
        )
        self._week = _weekly_schedule(rooms)
        self._staff = np.array([room.type is RoomType.STAFF for room in rooms])
        self._taught = np.array([_TAUGHT_KW.get(r.type, _STAFF_KW) for r in rooms])
        self._idle = np.array([_IDLE_KW.get(room.type, 0.0) for room in rooms])
        self._hour: tuple[int, Hour] | None = None

    def hour(self, local: datetime) -> Hour:
        """Return the draws of the hour that holds `local`, an instant in site time."""
        hour_id = int(local.timestamp()) // 60 - local.minute
        if self._hour is None or self._hour[0] != hour_id:
            self._hour = hour_id, self._drawn(local, hour_id)
        return self._hour[1]

    def _drawn(self, local: datetime, hour_id: int) -> Hour:
        def draw(stream: Stream) -> Floats:
            return uniform(self.seed, stream, self.key, hour_id)

        scheduled = self._week[local.weekday() * 24 + local.hour]
        likely = np.where(scheduled, _OCCUPIED_WHEN_SCHEDULED, _by_chance(local))
        occupied = draw(Stream.OCCUPANCY) < likely
        return Hour(
            scheduled=scheduled,
            occupied=occupied,
            equipment_kw=self._equipment(scheduled, draw(Stream.EQUIPMENT)),
            ac_kw=between(*_AC_KW, draw(Stream.AC)),
            light_kw=np.where(
                occupied, between(*_LIGHT_KW, draw(Stream.LIGHT)), LIGHT_IDLE_KW
            ),
        )

    def _equipment(self, scheduled: NDArray[np.bool_], draw: Floats) -> Floats:
        always = uniform(self.seed, Stream.EQUIPMENT, self.key, -1)
        share = np.where(self._staff, always, draw)
        in_use = between(self._taught[:, 0], self._taught[:, 1], share)
        return np.where(scheduled | self._staff, in_use, self._idle)


def _by_chance(local: datetime) -> float:
    """Return how likely somebody is in a room that is not scheduled."""
    if local.hour not in _DAY:
        return _OCCUPIED_BY_NIGHT
    weekend = local.weekday() >= _SATURDAY
    return _OCCUPIED_AT_WEEKENDS if weekend else _OCCUPIED_BY_DAY


def _weekly_schedule(rooms: Sequence[Room]) -> NDArray[np.bool_]:
    """Return one row for each hour of the week, Monday 00 first."""
    week = np.zeros((_HOURS_PER_WEEK, len(rooms)), dtype=np.bool_)
    for place, room in enumerate(rooms):
        for slot in room.timetable:
            first = slot.day * 24
            week[first + slot.start_hour : first + slot.end_hour, place] = True
    return week
