"""The campus that never changes: faculties, buildings, floors, rooms, timetables."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware_sim.draws import Stream, between, uniform

SITE: Final = "campus"
TIMEZONE: Final = "Asia/Kolkata"
FLOORS: Final = 3
ROOMS_PER_FLOOR: Final = 35
ROOMS_PER_BUILDING: Final = FLOORS * ROOMS_PER_FLOOR

FACULTIES: Final = {
    "engineering": ("mechanical", "electrical", "civil"),
    "science": ("physics", "chemistry", "biology"),
    "humanities": ("history", "languages", "philosophy"),
    "management": ("economics", "finance", "law"),
}


class RoomType(StrEnum):
    """What a room is used for; it decides loads and timetable."""

    CLASSROOM = "classroom"
    LAB = "lab"
    STAFF = "staff"


BASE_LOAD_KW: Final = {
    RoomType.CLASSROOM: (0.3, 0.6),
    RoomType.LAB: (1.0, 2.0),
    RoomType.STAFF: (0.4, 0.8),
}
_SEATS: Final = {
    RoomType.CLASSROOM: (30, 60),
    RoomType.LAB: (20, 30),
    RoomType.STAFF: (4, 10),
}
_M2_PER_SEAT: Final = {
    RoomType.CLASSROOM: 1.6,
    RoomType.LAB: 4.5,
    RoomType.STAFF: 6.0,
}
_FIRST_HOUR: Final = 8
_LAST_HOUR: Final = 18
_STAFF_DAY: Final = (9, 17)
_WORKING_DAYS: Final = 5
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly span of whole local hours, ``[start, end)``; day 0 is Monday."""

    day: int
    start_hour: int
    end_hour: int


@dataclass(frozen=True, slots=True)
class Building:
    """One building; its slug names it and its gateway."""

    faculty: str
    slug: str

    @property
    def node(self) -> str:
        """The building's path from the site down."""
        return f"{SITE}/{self.faculty}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Room:
    """One room.

    Attributes:
        key: Number that its random draws are keyed by.
        node: Path below its building.
    """

    key: int
    building: str
    node: str
    type: RoomType
    capacity: int
    area_m2: float
    base_load_kw: float
    timetable: tuple[Slot, ...]


def all_buildings() -> list[Building]:
    """Return the twelve buildings in their fixed order."""
    return [
        Building(faculty, slug)
        for faculty, slugs in FACULTIES.items()
        for slug in slugs
    ]


def buildings(count: int | None = None) -> list[Building]:
    """Return the first `count` buildings, all of them by default."""
    return all_buildings()[:count]


def rooms(seed: int, chosen: Sequence[Building]) -> list[Room]:
    """Return the rooms of `chosen`, floor by floor in the order of their units."""
    place = {building.slug: n for n, building in enumerate(all_buildings())}
    return [
        room(
            seed,
            place[building.slug] * ROOMS_PER_BUILDING
            + floor * ROOMS_PER_FLOOR
            + number,
            building.slug,
            f"floor-{floor + 1}/room-{floor + 1}{number + 1:02d}",
        )
        for building in chosen
        for floor in range(FLOORS)
        for number in range(ROOMS_PER_FLOOR)
    ]


def room(seed: int, key: int, building: str, node: str) -> Room:
    """Return the room that `seed` puts at `node`; its number decides its type."""
    kind = room_type(key % ROOMS_PER_FLOOR + 1)
    seats = round(_drawn(seed, Stream.CAPACITY, key, _SEATS[kind]))
    spread = _drawn(seed, Stream.AREA, key, (0.9, 1.2))
    return Room(
        key=key,
        building=building,
        node=node,
        type=kind,
        capacity=seats,
        area_m2=round(seats * _M2_PER_SEAT[kind] * spread, 1),
        base_load_kw=round(_drawn(seed, Stream.BASE_LOAD, key, BASE_LOAD_KW[kind]), 3),
        timetable=tuple(_timetable(seed, key, kind)),
    )


def room_type(number: int) -> RoomType:
    """Return the type of room 1 to 35 of a floor: 30 classrooms, 3 labs, 2 staff."""
    if number <= 30:
        return RoomType.CLASSROOM
    return RoomType.LAB if number <= 33 else RoomType.STAFF


def _drawn(seed: int, stream: Stream, key: int, span: tuple[float, float]) -> float:
    return float(between(*span, uniform(seed, stream, key, 0)))


def _timetable(seed: int, key: int, kind: RoomType) -> list[Slot]:
    if kind is RoomType.STAFF:
        return [Slot(day, *_STAFF_DAY) for day in range(_WORKING_DAYS)]
    saturday = float(uniform(seed, Stream.TIMETABLE, key, 999)) < 0.3
    days = _WORKING_DAYS + saturday
    return [slot for day in range(days) for slot in _lessons(seed, key, kind, day)]


def _lessons(seed: int, key: int, kind: RoomType, day: int) -> list[Slot]:
    end_of_day = 13 if day == _SATURDAY else _LAST_HOUR
    longest = 3 if kind is RoomType.LAB else 2
    taught, hour, slots = 0.55, _FIRST_HOUR, []
    while hour < end_of_day:
        draw = float(uniform(seed, Stream.TIMETABLE, key, day * 24 + hour))
        if draw >= taught:
            hour += 1
            continue
        end = min(hour + 1 + int(draw / taught * longest), end_of_day)
        slots.append(Slot(day, hour, end))
        hour = end
    return slots
