import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from cloud import campus_file
from cloud.campus_file import CampusFileError
from cloud.campus_file.export import exported
from cloud.domain.generator import Generator, GeneratorKind
from cloud.facts.calendar import calendar
from cloud.ingest.site_config import SiteConfigs
from cloud.store import gateways, generators, site_facts
from contract.timetable import SiteConfig

PHYSICS = "campus/science/physics"
SEPTEMBER_MS = 1_790_000_000_000  # 2026
PUNE = {"latitude": 18.52, "longitude": 73.86, "country": "IN", "subdivision": "MH"}
BREAK = {"kind": "closed", "first": "2026-12-24", "last": "2026-12-31"}
ROOF = {
    "slug": "roof",
    "kind": "solar",
    "capacity_kw": 50.0,
    "tilt_deg": 30.0,
    "azimuth_deg": 180.0,
    "device": "pv",
}


def file(generators=None, **site):
    physics = {"path": PHYSICS, "kind": "building", "name": "Physics"}
    if generators is not None:
        physics["generators"] = generators
    nodes = [
        {"path": "campus/science", "kind": "faculty", "name": "Science"},
        physics,
        {
            "path": f"{PHYSICS}/lab",
            "kind": "room",
            "name": "Lab",
            "base_load_kw": 1.5,
            "timetable": [[0, "09:00", "10:00"]],
        },
    ]
    named = {"slug": "campus", "name": "Campus", "timezone": "Asia/Kolkata"}
    return json.dumps({"format": 1, "sites": [named | site | {"nodes": nodes}]})


def import_file(database, **said):
    campus_file.bring_in(database, campus_file.parse(file(**said)))


def days(database, first, last):
    with database.read() as connection:
        return calendar(connection, PHYSICS, first, last)


def test_a_site_is_placed_and_its_holidays_and_breaks_are_known(database):
    import_file(database, **PUNE, periods=[BREAK])
    with database.read() as connection:
        (site,) = site_facts.sites(connection)
    assert (site.latitude, site.longitude) == (18.52, 73.86)
    known = days(database, date(2026, 1, 1), date(2026, 12, 31))
    assert known.zone == ZoneInfo("Asia/Kolkata")
    assert date(2026, 5, 1) in known.holidays  # Maharashtra Day
    assert date(2026, 1, 26) in known.holidays
    assert len(known.closed) == 8


def test_only_days_within_what_is_asked_for_are_told(database):
    import_file(database, **PUNE, periods=[BREAK])
    known = days(database, date(2026, 8, 15), date(2026, 12, 25))
    assert min(known.holidays) == date(2026, 8, 15)
    assert max(known.holidays) == date(2026, 12, 25)
    assert known.closed == {date(2026, 12, 24), date(2026, 12, 25)}


def test_a_site_of_which_nothing_is_said_has_no_holidays(database):
    import_file(database)
    known = days(database, date(2026, 1, 1), date(2026, 12, 31))
    assert not known.holidays
    assert not known.closed


def test_a_file_that_does_not_speak_of_it_leaves_place_periods_and_generators(
    database,
):
    import_file(database, **PUNE, periods=[BREAK], generators=[ROOF])
    before = exported(database)
    import_file(database)
    assert exported(database) == before
    import_file(database, periods=[], generators=[])
    with database.read() as connection:
        assert not generators.generators(connection)
        assert not site_facts.periods(connection, site_facts.sites(connection)[0].id)


def test_generators_stand_where_they_are_said_to_and_keep_their_ids(database):
    import_file(database, generators=[ROOF])
    with database.read() as connection:
        (stored,) = generators.generators(connection)
    assert stored.path == PHYSICS
    assert stored.generator == Generator(**(ROOF | {"kind": GeneratorKind.SOLAR}))
    other = ROOF | {"slug": "annex"}
    import_file(database, generators=[other, ROOF | {"capacity_kw": 60.0}])
    with database.read() as connection:
        annex, roof = generators.generators(connection)
    assert (roof.id, roof.generator.capacity_kw) == (stored.id, 60.0)
    assert annex.generator.slug == "annex"


def test_what_is_exported_can_be_imported_and_is_the_same_then(database, tmp_path):
    from cloud.store.database import Database
    from cloud.store.migrations import migrate

    import_file(database, **PUNE, periods=[BREAK], generators=[ROOF])
    written = json.dumps(exported(database), default=str)
    other = Database(f"sqlite:///{tmp_path}/other.db")
    migrate(other)
    campus_file.bring_in(other, campus_file.parse(written))
    assert json.dumps(exported(other), default=str) == written
    assert '"base_load_kw": 1.5' in written
    other.close()


def test_gateways_are_told_the_free_days_and_anew_as_months_pass(
    database, gateway, meter
):
    import_file(database, **PUNE, periods=[BREAK])
    gateway(PHYSICS, meter(f"{PHYSICS}/lab"))
    configs = SiteConfigs()

    def told(now_ms):
        with database.read() as connection:
            row = gateways.find(connection, "physics")
            return configs.of(connection, row, now_ms)

    now = told(SEPTEMBER_MS)
    assert SiteConfig.from_json(now.to_json()) == now
    assert date(2026, 8, 15) in now.holidays
    assert date(2027, 8, 15) in now.holidays
    assert date(2026, 12, 31) in now.closed
    assert told(SEPTEMBER_MS + 60_000) is now
    assert told(SEPTEMBER_MS + 40 * 86_400_000).version != now.version


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"latitude": 91.0, "longitude": 0.0}, "latitude"),
        ({"latitude": 18.5}, "belong together"),
        ({"country": "India"}, "country"),
        ({"country": "QQ"}, "QQ"),
        ({"country": "IN", "subdivision": "XX"}, "XX"),
        ({"subdivision": "MH"}, "needs a country"),
        ({"periods": [BREAK | {"last": "2026-12-01"}]}, "last"),
        ({"periods": [BREAK | {"last": "2028-12-01"}]}, "within 400 days"),
        ({"periods": [BREAK | {"first": "Monday"}]}, "first"),
        ({"periods": [BREAK, BREAK]}, "two of kind closed"),
        ({"generators": [ROOF, ROOF]}, "roof is named twice"),
        ({"generators": [ROOF | {"capacity_kw": 0}]}, "capacity_kw"),
        ({"generators": [ROOF | {"tilt_deg": None}]}, "solar needs tilt_deg"),
        (
            {"generators": [ROOF | {"curve": "bergey_excel_15"}]},
            "solar has no curve",
        ),
        ({"generators": [ROOF | {"kind": "wind", "curve": "x"}]}, "there are bergey"),
        (
            {"generators": [ROOF | {"kind": "wind"}]},
            "wind needs hub_height_m and curve",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_site_is_named(said, reason):
    with pytest.raises(CampusFileError, match=reason):
        campus_file.parse(file(**said))
