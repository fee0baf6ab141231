from datetime import UTC, date, datetime, timedelta

import pytest

from firmware_sim.demo.csv_energy import (
    SourceError,
    empty_days,
    hours,
    instants,
    monthly_kwh,
    source,
)

SITES = "site_id,name,timezone,load_file\nhill,Hill,America/New_York,load_hill.csv\n"
LOAD = """timestamp_utc,lab,hall
2017-02-01T03:00:00Z,1.5,2
2017-02-01T04:00:00Z,2.5,
2017-02-01T05:00:00Z,4,8
2017-02-01T07:00:00Z,16,32
"""


@pytest.fixture
def hill(tmp_path):
    (tmp_path / "sites.csv").write_text(SITES)
    (tmp_path / "load_hill.csv").write_text(LOAD)
    return source(tmp_path, None)


def test_months_are_of_site_time_and_an_empty_cell_adds_nothing(hill):
    assert monthly_kwh(hill, datetime(2018, 1, 1, tzinfo=UTC)) == {
        ("hall", "2017-01"): 2,
        ("hall", "2017-02"): 40,
        ("lab", "2017-01"): 4,
        ("lab", "2017-02"): 20,
    }


def test_a_day_without_any_hour_is_empty(hill):
    assert empty_days(hill, datetime(2018, 1, 1, tzinfo=UTC)) == {
        "hall": set(),
        "lab": set(),
    }
    hill.load_file.write_text(LOAD.replace("4,8", ",8").replace("16,32", ",32"))
    assert empty_days(hill, datetime(2018, 1, 1, tzinfo=UTC)) == {
        "hall": set(),
        "lab": {date(2017, 2, 1)},
    }


def test_only_hours_that_have_ended_are_counted(hill):
    until = datetime(2017, 2, 1, 5, 30, tzinfo=UTC)
    assert monthly_kwh(hill, until) == {("hall", "2017-01"): 2, ("lab", "2017-01"): 4}


def test_meters_are_read_at_both_ends_of_each_hour(hill):
    first = datetime(2017, 2, 1, 3, tzinfo=UTC)
    assert [(at - first) // timedelta(hours=1) for at in instants(hours(hill))] == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]


def test_an_unknown_site_is_answered_with_the_known_ones(hill):
    with pytest.raises(SourceError, match="it has hill"):
        source(hill.load_file.parent, "vale")


def test_a_directory_without_sites_is_refused_by_name(tmp_path):
    with pytest.raises(SourceError, match=r"sites\.csv: No such file"):
        source(tmp_path, None)
