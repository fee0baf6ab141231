import json

import pytest

from cloud import campus_file
from cloud.campus_file import CampusFileError
from cloud.ingest.site_config import SiteConfigs
from cloud.store import campus, gateways

PHYSICS = "campus/science/physics"
ROOM = f"{PHYSICS}/floor-1/room-101"
NOW_MS = 1_790_000_000_000  # September 2026


def file(**changes):
    nodes = [
        {"path": "campus/science", "kind": "faculty", "name": "Science"},
        {"path": PHYSICS, "kind": "building", "name": "Physics", "area_m2": 1200.0},
        {"path": f"{PHYSICS}/floor-1", "kind": "floor", "name": "First floor"},
        {
            "path": ROOM,
            "kind": "room",
            "name": "Room 101",
            "capacity": 60,
            "room_type": "classroom",
            "timetable": [[0, "09:00", "10:00"], [4, "14:00", "16:30"]],
        }
        | changes,
    ]
    site = {
        "slug": "campus",
        "name": "Campus",
        "timezone": "Asia/Kolkata",
        "nodes": nodes,
    }
    return json.dumps({"format": 1, "sites": [site]})


def test_nodes_and_timetables_are_created_then_updated(database):
    first = campus_file.bring_in(database, campus_file.parse(file()))
    assert (first.added, first.updated, first.timetables) == (5, 0, 1)
    again = campus_file.parse(file(name="Room A", timetable=[[1, "08:00", "09:00"]]))
    second = campus_file.bring_in(database, again)
    assert (second.added, second.updated) == (0, 5)
    with database.read() as connection:
        tables = campus.timetables(connection, PHYSICS)
    assert tables == {"floor-1/room-101": [(1, "08:00", "09:00")]}


def test_importing_a_smaller_file_deletes_nothing(database):
    campus_file.bring_in(database, campus_file.parse(file()))
    site = {"slug": "campus", "name": "Campus", "timezone": "UTC"}
    small = json.dumps({"format": 1, "sites": [site]})
    campus_file.bring_in(database, campus_file.parse(small))
    with database.read() as connection:
        assert ROOM in campus.node_ids(connection)
        assert campus.timetables(connection, PHYSICS)


def test_gateways_get_their_timetables_and_a_new_version_with_each_change(
    database, gateway, meter
):
    configs = SiteConfigs()
    campus_file.bring_in(database, campus_file.parse(file()))
    gateway(PHYSICS, meter(ROOM))

    def config():
        with database.read() as connection:
            row = gateways.find(connection, "physics")
            return configs.of(connection, row, NOW_MS)

    before = config()
    assert before.timezone == "Asia/Kolkata"
    assert len(before.timetables["floor-1/room-101"]) == 2
    assert config() is before
    changed = campus_file.parse(file(timetable=[]))
    campus_file.bring_in(database, changed)
    assert config().version != before.version
    campus_file.bring_in(database, campus_file.parse(file()))
    assert config() == before


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"kind": "hall"}, ROOM, "kind"),
        ({"path": "campus/Science"}, "campus/Science", "lower-case"),
        ({"path": "campus/science"}, "campus/science", "twice"),
        ({"path": "campus/arts/room"}, "campus/arts/room", "no node above"),
        ({"timetable": [[7, "09:00", "10:00"]]}, ROOM, "timetable.0"),
        ({"timetable": [[0, "10:00", "09:00"]]}, ROOM, "timetable.0"),
        ({"area_m2": -1}, ROOM, "area_m2"),
        ({"windows": 4}, ROOM, "windows"),
    ],
)
def test_what_is_wrong_is_named_by_path_and_field(changes, place, reason):
    with pytest.raises(CampusFileError, match=reason) as caught:
        campus_file.parse(file(**changes))
    assert place in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 2, "sites": []}'])
def test_what_is_no_campus_file_is_refused(text):
    with pytest.raises(CampusFileError):
        campus_file.parse(text)
