"""Assets and connection limits in the campus file."""

import json
from datetime import date

import pytest

from cloud import campus_file
from cloud.campus_file import CampusFileError
from cloud.campus_file.export import exported
from cloud.domain.asset import AssetKind, Figure
from cloud.store import assets, campus

PHYSICS = "campus/physics"
CHILLER = {
    "slug": "chiller-1",
    "kind": "hvac",
    "name": "Chiller 1",
    "points": {
        "electricity": f"{PHYSICS}/chiller/energy_import_kwh",
        "heat": f"{PHYSICS}/chiller/heat_kwh",
    },
    "rated_kw": 120.0,
    "commissioned": "2025-05-01",
}
ROOF = {
    "slug": "roof",
    "kind": "pv",
    "name": "Roof",
    "points": {"electricity": f"{PHYSICS}/generated_kwh"},
}
BATTERY = {
    "slug": "battery",
    "kind": "battery",
    "name": "Battery",
    "points": {
        "electricity": f"{PHYSICS}/battery/active_power_kw",
        "soc": f"{PHYSICS}/battery/state_of_charge_percent",
    },
}


def file(*standing, **changes):
    physics = {"path": PHYSICS, "kind": "building", "name": "Physics", **changes}
    if standing:
        physics["assets"] = list(standing)
    site = {"slug": "campus", "name": "Campus", "timezone": "UTC", "nodes": [physics]}
    return json.dumps({"format": 1, "sites": [site]})


def bring_in(database, text):
    campus_file.bring_in(database, campus_file.parse(text))
    with database.read() as connection:
        return assets.assets(connection)


def test_assets_come_in_and_go_out_as_they_are(database):
    kept = bring_in(database, file(CHILLER, ROOF, BATTERY, connection_limit_kw=400.0))
    assert [each.subject for each in kept] == [
        f"{PHYSICS}/{slug}" for slug in ("battery", "chiller-1", "roof")
    ]
    chiller = kept[1].asset
    assert chiller.kind is AssetKind.HVAC
    assert chiller.points[Figure.HEAT] == f"{PHYSICS}/chiller/heat_kwh"
    assert chiller.commissioned == date(2025, 5, 1)
    [site] = exported(database)["sites"]
    [node] = site["nodes"]
    assert node["connection_limit_kw"] == 400.0
    assert node["assets"] == [BATTERY, CHILLER, ROOF]
    campus_file.parse(json.dumps(exported(database)))


def test_what_the_file_no_longer_names_is_gone_and_silence_changes_nothing(database):
    before = bring_in(database, file(CHILLER, ROOF))
    with database.write() as connection:
        assets.keep_days(connection, before[0].id, [(0, {"electricity_kwh": 1.0})])
    assert bring_in(database, file()) == before
    [left] = bring_in(database, file(CHILLER))
    assert left.id == before[0].id
    with database.read() as connection:
        assert len(assets.days(connection, left.id, 0)) == 1


def test_days_of_other_points_are_forgotten(database):
    [before] = bring_in(database, file(CHILLER))
    with database.write() as connection:
        assets.keep_days(connection, before.id, [(0, {"electricity_kwh": 1.0})])
    points = {"electricity": f"{PHYSICS}/ac_kwh"}
    [after] = bring_in(database, file(CHILLER | {"points": points}))
    assert after.id == before.id
    with database.read() as connection:
        assert assets.days(connection, after.id, 0) == []


def test_a_limit_that_is_not_said_again_stays(database):
    bring_in(database, file(connection_limit_kw=400.0))
    bring_in(database, file())
    with database.read() as connection:
        assert campus.described(connection)[PHYSICS].connection_limit_kw == 400.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "toaster"}, "kind"),
        ({"points": {}}, "hvac needs electricity"),
        ({"kind": "battery"}, "battery needs soc"),
        ({"points": CHILLER["points"] | {"soc": "a/b/c"}}, "hvac has no soc"),
        ({"points": {"electricity": "energy_import_kwh"}}, "node/device/quantity"),
        ({"points": {"electricity": "campus/c/rain_mm"}}, "'rain_mm' is none of"),
        ({"rated_kw": -1}, "rated_kw"),
        ({"commissioned": "May"}, "commissioned"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_an_asset_is_named(changes, reason):
    with pytest.raises(CampusFileError, match=reason) as caught:
        campus_file.parse(file(CHILLER | changes))
    assert PHYSICS in str(caught.value)


def test_two_assets_of_one_name_are_refused():
    with pytest.raises(CampusFileError, match="assets: roof is named twice"):
        campus_file.parse(file(ROOF, ROOF))


@pytest.mark.parametrize("limit", [0, -5, "much"])
def test_a_limit_is_a_positive_power(limit):
    with pytest.raises(CampusFileError, match="connection_limit_kw"):
        campus_file.parse(file(connection_limit_kw=limit))
