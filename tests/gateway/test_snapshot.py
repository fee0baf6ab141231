from datetime import UTC, datetime, time, timedelta

from contract.reading import Reading
from contract.timetable import SiteConfig, Slot
from gateway.snapshot import Calendar, Snapshot, Use

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
SLOTS = (Slot(0, time(9), time(10)), Slot(2, time(9), time(11)))
SITE = SiteConfig("1", "Asia/Kolkata", {"floor-1/room-101": SLOTS, "floor-1/store": ()})
ROOM = "site/physics/floor-1/room-101"


def ist(hour, minute=0, day=0):
    return MONDAY + timedelta(days=day, hours=hour - 5, minutes=minute - 30)


def test_a_value_past_its_age_is_absent():
    latest = {"p": Reading("p", MONDAY, 1.0)}
    age = timedelta(minutes=3)
    assert Snapshot(MONDAY + age, latest, age, {}).value("p") == 1.0
    late = MONDAY + age + timedelta(milliseconds=1)
    assert Snapshot(late, latest, age, {}).value("p") is None
    assert Snapshot(MONDAY, latest, age, {}).value("q") is None


def test_a_calendar_follows_the_sites_own_time_all_week():
    calendar = Calendar("site/physics")
    wednesday = ist(9, day=2)
    expected = {
        ist(8, 59): Use(False, ist(9)),
        ist(9): Use(True, wednesday),
        ist(9, 59): Use(True, wednesday),
        ist(10): Use(False, wednesday),
        ist(10, 30, day=2): Use(True, ist(9, day=7)),
        ist(11, day=2): Use(False, ist(9, day=7)),
        ist(9, day=7): Use(True, ist(9, day=9)),
        ist(8, 59): Use(False, ist(9)),
    }
    for now, use in expected.items():
        assert calendar.uses(SITE, now)[ROOM] == use


def test_a_room_without_slots_is_never_scheduled():
    uses = Calendar("site/physics").uses(SITE, MONDAY)
    assert uses["site/physics/floor-1/store"] == Use(False, None)


def test_a_new_version_of_the_timetable_counts_at_once():
    calendar = Calendar("site/physics")
    assert not calendar.uses(SITE, ist(8))[ROOM].is_scheduled
    early = {"floor-1/room-101": (Slot(0, time(7), time(9)),)}
    changed = SiteConfig("2", "Asia/Kolkata", early)
    assert calendar.uses(changed, ist(8))[ROOM].is_scheduled


def test_without_a_timetable_no_use_is_known():
    assert Calendar("site/physics").uses(None, MONDAY) == {}
