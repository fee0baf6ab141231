from collections import Counter

import pytest

from firmware_sim.campus import BASE_LOAD_KW, RoomType, all_buildings, buildings, rooms
from firmware_sim.campus_file import campus_file


def test_the_campus_has_twelve_buildings_and_1260_rooms():
    campus = rooms(7, all_buildings())
    assert len({building.faculty for building in all_buildings()}) == 4
    assert len(all_buildings()) == 12
    assert Counter(room.type for room in campus) == {
        RoomType.CLASSROOM: 12 * 3 * 30,
        RoomType.LAB: 12 * 3 * 3,
        RoomType.STAFF: 12 * 3 * 2,
    }
    assert len({(room.building, room.node) for room in campus}) == 1260


@pytest.mark.parametrize("kind", RoomType)
def test_base_loads_lie_in_their_range(kind):
    low, high = BASE_LOAD_KW[kind]
    loads = [r.base_load_kw for r in rooms(7, all_buildings()) if r.type is kind]
    assert low <= min(loads) < max(loads) <= high


def test_a_smaller_campus_has_the_same_rooms_as_the_whole_one():
    assert rooms(7, buildings(2)) == rooms(7, all_buildings())[: 2 * 105]


def test_another_seed_is_another_campus():
    assert rooms(7, buildings(1)) != rooms(8, buildings(1))


def test_lessons_of_a_room_never_overlap():
    for room in rooms(7, buildings(3)):
        hours = [
            (slot.day, hour)
            for slot in room.timetable
            for hour in range(slot.start_hour, slot.end_hour)
        ]
        assert len(hours) == len(set(hours))


def test_the_campus_file_names_every_node_below_its_parent():
    written = campus_file(7, all_buildings())
    assert written["format"] == 1
    assert [site["slug"] for site in written["sites"]] == [
        "campus",
        "engineering-complex",
        "grounds",
    ]
    for site in written["sites"]:
        known = {site["slug"]}
        for node in site["nodes"]:
            assert node["path"].rpartition("/")[0] in known
            known.add(node["path"])
    assert Counter(node["kind"] for node in written["sites"][0]["nodes"]) == {
        "faculty": 4,
        "building": 12,
        "floor": 36,
        "room": 1260,
    }


def test_the_campus_file_is_the_same_on_every_run():
    assert campus_file(7, buildings(2)) == campus_file(7, buildings(2))
