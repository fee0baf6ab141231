"""Where buildings stand, from a file, from the zone, or assumed and said."""

from datetime import date

import pytest

from cloud.meter_files import MeterFileError
from cloud.meter_files.metadata import country_of
from tests.cloud.meter_files.csv_text import hourly, wavy

FILE = hourly(wavy(300), north=wavy(300))
META = "building_id,timezone,gross_floor_area_m2\nhall,Asia/Kolkata,1200\nother,X,\n"


def test_a_zone_brings_its_countrys_holidays(hall):
    building = hall(hourly(wavy(300)), timezone="Europe/Berlin")
    assert building.place.country == "DE"
    assert date(2025, 10, 3) in building.holidays


def test_metadata_say_zone_and_area_and_a_building_that_is_not_there_is_told(opened):
    hall, north = opened(FILE, metadata=META, timezone="America/New_York").buildings
    assert (hall.zone.key, hall.place.floor_area_m2) == ("Asia/Kolkata", 1200.0)
    assert north.zone.key == "America/New_York"
    assert "meta.csv has no line for it" in north.complaints


def test_sites_beside_the_metadata_add_coordinates_and_holidays(opened):
    hall, _ = opened(
        FILE,
        metadata="building_id,site_id,timezone\nhall,main,America/New_York\n",
        sites="site_id,lat,lon,holiday_country,holiday_subdiv\nmain,42.5,-76.5,US,NY\n",
        timezone="UTC",
    ).buildings
    place = hall.place
    assert (place.latitude, place.longitude) == (42.5, -76.5)
    assert (place.country, place.subdivision) == ("US", "NY")


def test_without_any_zone_utc_is_assumed_and_said(hall):
    building = hall(hourly(wavy(300)))
    assert building.zone.key == "UTC"
    said = " ".join(building.complaints)
    assert "UTC is assumed" in said
    assert "give --timezone or --metadata" in said


def test_nonsense_in_a_cell_costs_that_cell_only(hall):
    meta = (
        "building_id,timezone,latitude,longitude,gross_floor_area_m2,holiday_country\n"
        "hall,Europe/Berlin,91,nine,nan,ZZ\n"
    )
    building = hall(hourly(wavy(300)), metadata=meta)
    assert building.zone.key == "Europe/Berlin"
    assert building.holidays == frozenset()
    said = " ".join(building.complaints)
    for part in ("latitude '91'", "longitude 'nine'", "no public holidays are used: "):
        assert part in said


def test_a_misspelt_zone_is_named_and_the_option_stands_in(hall):
    meta = "building_id,timezone\nhall,Europe/Berlyn\n"
    building = hall(hourly(wavy(300)), metadata=meta, timezone="Europe/Paris")
    assert building.zone.key == "Europe/Paris"
    assert "'Europe/Berlyn' is not a time zone" in building.complaints[0]


def test_metadata_without_buildings_are_refused_naming_the_column(opened):
    with pytest.raises(MeterFileError, match="there is no column building_id; there"):
        opened(FILE, metadata="name,timezone\nhall,UTC\n")


def test_an_option_that_is_no_zone_is_refused(opened):
    with pytest.raises(MeterFileError, match="'Berlin' is not a time zone"):
        opened(FILE, timezone="Berlin")


def test_every_zone_in_use_has_a_country_old_names_as_well():
    assert country_of("Asia/Kolkata") == country_of("Asia/Calcutta") == "IN"
    assert country_of("US/Eastern") == "US"
    assert country_of("UTC") is None
