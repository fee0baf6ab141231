"""The campus file: sites, nodes and timetables as the cloud imports them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from firmware_sim import engineering, solar
from firmware_sim.campus import (
    FLOORS,
    SITE,
    TIMEZONE,
    Building,
    Room,
    RoomType,
    Slot,
    rooms,
)

FORMAT: Final = 1
_CIRCULATION: Final = 1.25
_SEATS: Final = {"classroom": 60, "laboratory": 30, "faculty-office": 8}
_M2: Final = {"classroom": 90.0, "laboratory": 140.0, "faculty-office": 60.0}
_ZONE_ROOMS: Final = {
    "classroom": RoomType.CLASSROOM,
    "laboratory": RoomType.LAB,
    "faculty-office": RoomType.STAFF,
}
_GROUNDS: Final = "grounds"
_PUNE: Final = {
    "latitude": solar.PUNE.latitude,
    "longitude": solar.PUNE.longitude,
    "country": "IN",
    "subdivision": "MH",
}
_ROOF: Final = {
    "slug": "roof",
    "kind": "solar",
    "capacity_kw": solar.CAPACITY_KW,
    "tilt_deg": solar.TILT,
    "azimuth_deg": solar.AZIMUTH,
    "device": "pv",
}
_ARRAY: Final = {
    "slug": "roof",
    "kind": "pv",
    "name": "Roof array",
    "points": {"electricity": f"{engineering.SITE}/generated_kwh"},
    "rated_kw": solar.CAPACITY_KW,
}
_FACILITIES: Final = {"sports-ground": "Sports ground", "workshop": "Workshop"}


def campus_file(seed: int, chosen: Sequence[Building]) -> dict[str, object]:
    """Return the campus of `seed`, the complex and the grounds as JSON values."""
    return {
        "format": FORMAT,
        "sites": [
            site(
                SITE,
                "Voltonic campus",
                TIMEZONE,
                list(_campus_nodes(seed, chosen)),
                _PUNE,
            ),
            site(
                engineering.SITE,
                "Engineering Complex",
                engineering.TIMEZONE,
                list(_complex_nodes()),
                {**_PUNE, "generators": [_ROOF], "assets": [_ARRAY]},
            ),
            site(_GROUNDS, "Grounds", TIMEZONE, list(_facilities()), _PUNE),
        ],
    }


def site(
    slug: str,
    name: str,
    timezone: str,
    nodes: list[dict[str, object]],
    facts: Mapping[str, object],
) -> dict[str, object]:
    """Return one site of the file; `facts` is what else is said of it."""
    said = {"slug": slug, "name": name, "timezone": timezone}
    return {**said, **facts, "nodes": nodes}


def _campus_nodes(seed: int, chosen: Sequence[Building]) -> Iterator[dict[str, object]]:
    for faculty in dict.fromkeys(building.faculty for building in chosen):
        yield {
            "path": f"{SITE}/{faculty}",
            "kind": "faculty",
            "name": f"Faculty of {faculty.capitalize()}",
        }
    for building in chosen:
        inside = rooms(seed, [building])
        area_m2 = sum(room.area_m2 for room in inside) * _CIRCULATION
        yield {
            "path": building.node,
            "kind": "building",
            "name": building.slug.capitalize(),
            "area_m2": round(area_m2, 1),
            "capacity": sum(room.capacity for room in inside),
            "assets": [_cooling(building)],
        }
        for floor in range(1, FLOORS + 1):
            yield {
                "path": f"{building.node}/floor-{floor}",
                "kind": "floor",
                "name": f"Floor {floor}",
            }
        yield from (_room_node(building, room) for room in inside)


def _cooling(building: Building) -> dict[str, object]:
    return {
        "slug": "cooling",
        "kind": "hvac",
        "name": f"Air conditioning, {building.slug.capitalize()}",
        "points": {"electricity": f"{building.node}/ac_kwh"},
    }


def _room_node(building: Building, room: Room) -> dict[str, object]:
    return {
        "path": f"{building.node}/{room.node}",
        "kind": "room",
        "name": f"Room {room.node.rpartition('-')[2]}",
        "room_type": room.type.value,
        "capacity": room.capacity,
        "area_m2": room.area_m2,
        "base_load_kw": room.base_load_kw,
        "timetable": [_slot(slot) for slot in room.timetable],
    }


def _slot(slot: Slot) -> list[object]:
    return [slot.day, f"{slot.start_hour:02d}:00", f"{slot.end_hour:02d}:00"]


def _complex_nodes() -> Iterator[dict[str, object]]:
    for zone in engineering.ZONES:
        yield {
            "path": f"{engineering.SITE}/{zone.slug}",
            "kind": "zone",
            "name": zone.name,
        }
    for number in range(1, engineering.METERS + 1):
        zone = engineering.ZONES[(number - 1) // engineering.METERS_PER_ZONE]
        yield {
            "path": f"{engineering.SITE}/{engineering.node(number)}",
            "kind": "room",
            "name": engineering.meter_id(number),
            "room_type": _ZONE_ROOMS[zone.slug].value,
            "capacity": _SEATS[zone.slug],
            "area_m2": _M2[zone.slug],
            "base_load_kw": zone.base_kwh / engineering.METERS_PER_ZONE,
        }


def _facilities() -> Iterator[dict[str, object]]:
    for slug, name in _FACILITIES.items():
        yield {"path": f"{_GROUNDS}/{slug}", "kind": "facility", "name": name}
