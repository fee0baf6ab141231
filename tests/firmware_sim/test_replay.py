import csv
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from math import fsum
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from firmware_sim.devices import sdm630
from firmware_sim.faults import Unit
from firmware_sim.replay import HOUR_MS, load
from firmware_sim.replay_csv import ReplayError
from firmware_sim.replay_scene import ReplayScene

SITES = "site_id,name,timezone,load_file\n"
NEW_YORK = ZoneInfo("America/New_York")
FLOAT32_STEP = 2.0**-23
UNIVERSITY = Path(__file__).parents[3] / "shared/data/campus"


def ms(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def directory(tmp_path, loads, timezone="Europe/Berlin", **files):
    (tmp_path / "sites.csv").write_text(f"{SITES}north,North,{timezone},load.csv\n")
    (tmp_path / "load.csv").write_text(loads)
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def hours(first, cells):
    """Return a load file of one building, with one row for each cell."""
    start = datetime.fromisoformat(first).timestamp()
    rows = [
        f"{datetime.fromtimestamp(start + n * 3600, UTC):%Y-%m-%dT%H:%M:%SZ},{cell}"
        for n, cell in enumerate(cells)
    ]
    return "\n".join(["timestamp_utc,hall", *rows, ""])


def polled(site, building):
    """Return what a gateway reads at each instant: float32, None while out."""
    scene = ReplayScene(site, 7)
    bank = scene.wirings[building].lines["main"].units[1].bank
    counter = next(f for f in sdm630.FIELDS if f.name == "import_kwh")
    ask = bytes.fromhex("04 0048 0002")
    for at in site.instants_ms():
        scene.advance(at)
        refused = Unit(bank).reply(ask).pdu[0] == 0x84
        yield at, None if refused else counter.get(bank.measured)


def increments(readings):
    """Return `(start, kWh)` of each rise between neighbouring readings."""
    before = None
    for at, counter in readings:
        if counter is not None:
            if before is not None and counter >= before[1]:
                yield before[0], counter - before[1]
            before = at, counter


def test_an_hours_energy_is_in_the_counter_at_its_end(tmp_path):
    site = load(directory(tmp_path, hours("2026-01-01T00:00Z", [5, 0, 2.5])))
    hall, start = site.histories["hall"], ms("2026-01-01T00:00Z")
    begin = hall.shown(start).import_kwh
    rises = [hall.shown(start + n * HOUR_MS).import_kwh - begin for n in range(4)]
    assert rises == [0, 5, 5, 7.5]
    assert hall.shown(start + HOUR_MS // 2).import_kwh - begin == 2.5
    assert hall.shown(start).power_kw == 5
    assert hall.shown(start - 1) is None
    assert hall.shown(start + 3 * HOUR_MS + 1) is None


def test_a_gap_is_an_outage_and_then_another_meter(tmp_path):
    cells = [5, 6, "", "", 7, 8]
    site = load(directory(tmp_path, hours("2026-01-01T00:00Z", cells)))
    read = [counter for _, counter in polled(site, "hall")]
    assert [counter is None for counter in read] == [0, 0, 0, 1, 0, 0, 0]
    assert read[2] - read[0] == 11
    assert read[4] < read[0]
    assert read[6] - read[4] == 15


def test_every_meter_starts_lower_than_the_one_before_ever_was(tmp_path):
    cells = [0, "", 0, "", "", 0, "", 3]
    site = load(directory(tmp_path, hours("2026-01-01T00:00Z", cells)))
    known = [counter for _, counter in polled(site, "hall") if counter is not None]
    assert known == [1.5, 1.5, 1.0, 1.0, 0.5, 0.5, 0.0, 3.0]


def test_a_row_left_out_is_a_gap_too(tmp_path):
    rows = hours("2026-01-01T00:00Z", [5, 6, 7]).splitlines()
    site = load(directory(tmp_path, "\n".join(rows[:2] + rows[3:])))
    read = dict(polled(site, "hall"))
    assert read[ms("2026-01-01T02:00Z")] < read[ms("2026-01-01T01:00Z")]
    assert len(read) == 4


@pytest.mark.parametrize(
    ("day", "length"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)],
)
def test_days_of_23_and_25_hours_keep_their_energy(tmp_path, day, length):
    zone = ZoneInfo("Europe/Berlin")
    first = datetime.fromisoformat(f"{day}T00:00Z").timestamp() - 48 * 3600
    start = datetime.fromtimestamp(first, UTC).isoformat()
    site = load(directory(tmp_path, hours(start, range(1, 121))))
    days = defaultdict(list)
    for at, kwh in increments(polled(site, "hall")):
        days[str(datetime.fromtimestamp(at / 1000, zone).date())].append(kwh)
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=zone)
    skipped = (midnight.timestamp() - first) // 3600
    assert len(days[day]) == length
    assert sum(days[day]) == sum(skipped + n for n in range(1, length + 1))


def test_a_universitys_year_has_the_csvs_own_monthly_sums(university):
    site = load(university)
    site = replace(site, histories=dict(list(site.histories.items())[:2]))
    cells, lost = monthly_cells(university / f"load_{site.slug}.csv")
    for building in site.histories:
        readings = list(polled(site, building))
        largest = max(counter for _, counter in readings if counter is not None)
        rounding = (2 + lost[building]) * largest * FLOAT32_STEP
        rises = defaultdict(list)
        for at, kwh in increments(readings):
            rises[month(at)].append(kwh)
        assert len(rises) == 12
        for name, kwh in rises.items():
            expected = fsum(cells[building, name])
            assert fsum(kwh) == pytest.approx(expected, rel=1e-4, abs=rounding)


@pytest.fixture(params=["made up", "measured"][: 1 + UNIVERSITY.exists()])
def university(request, tmp_path):
    """Return the directory of a year with gaps: always a made-up one."""
    if request.param == "measured":
        return UNIVERSITY
    (tmp_path / "sites.csv").write_text(
        "site_id,name,timezone,load_file\nuni,Uni,America/New_York,load_uni.csv\n"
    )
    start = ms("2025-01-01T05:00Z") // 1000
    with (tmp_path / "load_uni.csv").open("w") as out:
        out.write("timestamp_utc,library,hall\n")
        for n in range(8760):
            at = datetime.fromtimestamp(start + n * 3600, UTC)
            gone = 3000 <= n < 3075 or n % 997 == 0
            cells = "," if gone else f"{300 + n * 7 % 101}.125,{n * 3 % 17}.3"
            out.write(f"{at:%Y-%m-%dT%H:%M:%SZ},{cells}\n")
    return tmp_path


def month(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, NEW_YORK).strftime("%Y-%m")


def monthly_cells(path):
    cells, lost = defaultdict(list), defaultdict(int)
    with path.open() as lines:
        for row in csv.DictReader(lines):
            name = month(ms(row.pop("timestamp_utc")))
            for building, cell in row.items():
                cells[building, name] += [float(cell)] if cell else []
                lost[building] += not cell
    return cells, lost


def test_the_site_is_chosen_by_name_and_is_the_first_by_default(tmp_path):
    site = load(
        directory(
            tmp_path,
            hours("2026-01-01T00:00Z", [1]),
            other=hours("2026-01-01T00:00Z", [2]).replace("hall", "barn"),
        )
    )
    assert list(site.histories) == ["hall"]
    with (tmp_path / "sites.csv").open("a") as sites:
        sites.write("south,South,Asia/Kolkata,other.csv\n")
    assert list(load(tmp_path, "south").histories) == ["barn"]
    with pytest.raises(ReplayError, match="no site east; it has north, south"):
        load(tmp_path, "east")


def test_the_campus_file_has_zone_and_areas(tmp_path):
    areas = "building_id,gross_floor_area_m2\nhall,1234.5\nelsewhere,1\n"
    loads = hours("2026-01-01T00:00Z", [1])
    site = load(directory(tmp_path, loads, buildings=areas))
    assert site.campus_file()["sites"] == [
        {
            "slug": "north",
            "name": "North",
            "timezone": "Europe/Berlin",
            "nodes": [
                {
                    "path": "north/hall",
                    "kind": "building",
                    "name": "Hall",
                    "area_m2": 1234.5,
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("loads", "complaint"),
    [
        ("", "no column timestamp_utc"),
        ("timestamp_utc,hall\n", "no hours"),
        ("timestamp_utc,hall\n2026-01-01T00:30:00Z,1\n", "not a whole UTC hour"),
        ("timestamp_utc,hall\n2026-01-01T00:00:00,1\n", "not a whole UTC hour"),
        ("timestamp_utc,hall\nyesterday,1\n", r"load.csv:2: timestamp_utc"),
        ("timestamp_utc,hall\n2026-01-01T00:00:00Z,x\n", r"load.csv:2: hall"),
        ("timestamp_utc,hall\n2026-01-01T00:00:00Z,-1\n", "0 or more"),
        ("timestamp_utc,hall\n2026-01-01T00:00:00Z,inf\n", "0 or more"),
        ("timestamp_utc,hall\n" + "2026-01-01T00:00:00Z,1\n" * 2, "does not ascend"),
    ],
)
def test_what_is_wrong_in_the_data_is_named(tmp_path, loads, complaint):
    with pytest.raises(ReplayError, match=complaint):
        load(directory(tmp_path, loads))


def test_a_zone_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ReplayError, match="no such zone 'Mars/Olympus'"):
        load(directory(tmp_path, hours("2026-01-01T00:00Z", [1]), "Mars/Olympus"))


def test_without_a_conductor_whole_weeks_bring_the_data_to_now(tmp_path):
    cells = np.ones(21 * 24, dtype=int)
    site = load(directory(tmp_path, hours("2026-01-05T00:00Z", cells)))
    shift_ms = site.shift_ms(ms("2026-07-01T12:34Z"))
    assert shift_ms % (7 * 24 * HOUR_MS) == 0
    assert site.histories["hall"].shown(ms("2026-07-01T12:34Z") - shift_ms) is not None
