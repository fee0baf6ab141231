"""Hours of the wall clock from readings at any step."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.meter_files import MeterFileError
from tests.cloud.meter_files.csv_text import START, hourly, stamps, table, wavy

QUARTER = timedelta(minutes=15)


def local(building):
    return [
        datetime.fromtimestamp(int(at), UTC).astimezone(building.zone)
        for at in building.start_s
    ]


def test_quarter_hours_are_added_up_and_an_hour_with_a_hole_is_not_known(hall):
    cells = [1.0, 2.0, 3.0, 4.0, 5.0, "", 5.0, 5.0, *wavy(400)]
    building = hall(table(zip(stamps(408, QUARTER), cells, strict=True)))
    assert building.load_kw[0] == 10.0
    assert np.isnan(building.load_kw[1])
    assert building.load_kw[2] == sum(wavy(4))
    assert set(np.diff(building.start_s)) == {3600}


def test_quarter_hours_become_hours_of_a_clock_that_is_half_an_hour_off(hall):
    file = table(zip(stamps(408, QUARTER), wavy(408), strict=True))
    building = hall(file, timezone="Asia/Kolkata")
    assert {at.minute for at in local(building)} == {0}
    assert building.load_kw[1] == pytest.approx(sum(wavy(408)[2:6]))


def test_a_row_left_out_is_a_gap_not_a_shift(hall):
    lines = hourly(wavy(200)).splitlines()
    del lines[10:13]
    building = hall("\n".join(lines))
    assert len(building.start_s) == 200
    assert np.flatnonzero(np.isnan(building.load_kw)).tolist() == [9, 10, 11]


def test_instants_without_offset_follow_the_clock_through_the_repeated_hour(hall):
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2025, 10, 20, tzinfo=UTC)
    at = [(start + timedelta(hours=n)).astimezone(zone) for n in range(300)]
    rows = zip([f"{each:%Y-%m-%d %H:%M}" for each in at], wavy(300), strict=True)
    building = hall(table(rows, "zeit,hall"), timezone="Europe/Berlin")
    assert building.load_kw.tolist() == wavy(300)


def test_days_or_odd_steps_are_refused(opened):
    for step in (timedelta(days=1), timedelta(minutes=7)):
        rows = zip(stamps(50, step), wavy(50), strict=True)
        with pytest.raises(MeterFileError, match="minutes apart; hours"):
            opened(table(rows))


def test_lines_off_the_grid_are_left_out_and_counted(opened):
    lines = hourly(wavy(200)).splitlines()
    lines += [f"{START + timedelta(hours=3, minutes=20):%Y-%m-%dT%H:%M:%SZ},99"]
    files = opened("\n".join(lines))
    assert files.buildings[0].load_kw.tolist() == wavy(200)
    assert "1 lines stand off the 60 minute grid" in files.complaints[-1]


def test_a_wrong_century_does_not_fill_the_memory(opened):
    text = hourly(wavy(200)) + "2199-01-01T00:00:00Z,5\n"
    with pytest.raises(MeterFileError, match="more than 20 years"):
        opened(text)
