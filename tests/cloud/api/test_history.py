"""History, comparison and the monthly report, worked out by hand."""

import csv
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

KOLKATA = ZoneInfo("Asia/Kolkata")
PHYSICS = "campus/science/physics"
BIOLOGY = "campus/science/biology"
ROOM = f"{PHYSICS}/floor-1/room-101"


def local_s(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=KOLKATA).timestamp())


@pytest.fixture
def march(campus):
    """Two days of March 2026 at the campus and its two buildings.

    Campus: 2 March used 300, saved 30, peak 20; 3 March used 500, saved 70, peak 45.
    """
    first, second = local_s("2026-03-02"), local_s("2026-03-03")
    campus.rollup("campus", 1440, first, energy_kwh=300.0, saved_kwh=30.0, peak_kw=20.0)
    campus.rollup(
        "campus",
        1440,
        second,
        energy_kwh=500.0,
        saved_kwh=70.0,
        peak_kw=45.0,
        coverage=0.5,
    )
    campus.rollup("campus", 60, local_s("2026-03-02T09:30"), energy_kwh=12.0)
    campus.rollup(PHYSICS, 1440, first, energy_kwh=500.0, saved_kwh=100.0)
    campus.rollup(BIOLOGY, 1440, second, energy_kwh=300.0)
    hour = {"ac_kwh": 1.5, "light_kwh": 0.5}
    campus.rollup(ROOM, 60, first, energy_kwh=3.0, occupancy_rate=1.0, **hour)
    campus.rollup(ROOM, 60, first + 3600, energy_kwh=2.0, occupancy_rate=0.5, **hour)
    return campus


def test_the_month_is_the_sum_of_its_days(viewer, march):
    month = viewer.get("/api/report/monthly?month=2026-03").json
    totals = month["totals"]
    assert totals["energy_kwh"] == 800.0
    assert totals["saved_kwh"] == 100.0
    assert totals["saved_percent"] == pytest.approx(100 * 100 / 900)
    assert totals["cost"] == 6_400.0  # 800 kWh × ₹8
    assert totals["cost_saved"] == 800.0
    assert totals["co2_kg"] == pytest.approx(656.0)  # 800 × 0.82
    assert totals["co2_saved_kg"] == pytest.approx(82.0)
    assert (totals["peak_kw"], totals["peak_date"]) == (45.0, "2026-03-03")
    assert totals["coverage"] == pytest.approx(1.5 / 31)
    assert [day["date"] for day in month["days"]] == ["2026-03-02", "2026-03-03"]
    assert (month["currency"], month["timezone"]) == ("INR", "Asia/Kolkata")


def test_the_months_score_counts_air_and_light_for_nobody(viewer, march):
    # room: 5 kWh in two hours; for nobody: half of 1.5 + 0.5 in the second hour
    month = viewer.get("/api/report/monthly?month=2026-03").json
    assert month["totals"]["efficiency_score"] == 80.0


def test_the_report_as_csv_has_the_same_figures(viewer, march):
    answer = viewer.get("/api/report/monthly?month=2026-03&format=csv")
    assert answer.content_type.startswith("text/csv")
    assert "voltonic-campus-2026-03.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["section"] for row in rows] == [
        "totals",
        "buildings",
        "buildings",
        "days",
        "days",
    ]
    assert float(rows[0]["energy_kwh"]) == 800.0
    assert rows[3]["date"] == "2026-03-02"


def test_a_month_without_figures_is_unknown_not_zero(viewer, march):
    totals = viewer.get("/api/report/monthly?month=2026-02").json["totals"]
    assert totals["energy_kwh"] is None
    assert totals["cost"] is None
    assert totals["coverage"] == 0.0


def test_buildings_are_ranked_by_kwh_per_square_metre(viewer, march):
    answer = viewer.get(
        "/api/analytics/building-comparison?from=2026-03-01&to=2026-04-01"
    ).json
    ranked = [
        (line["rank"], line["name"], line["kwh_per_m2"]) for line in answer["buildings"]
    ]
    # biology: 300 kWh on 500 m²; physics: 500 kWh on 1,000 m²
    assert ranked == [(1, "Biology", 0.6), (2, "Physics", 0.5)]
    assert answer["buildings"][1]["saved_percent"] == pytest.approx(100 / 6)


def test_days_are_told_by_their_local_date(viewer, march):
    answer = viewer.get("/api/analytics/daily?from=2026-03-02&to=2026-03-03").json
    assert [(day["date"], day["peak_kw"]) for day in answer["rows"]] == [
        ("2026-03-02", 20.0)
    ]


def test_hours_follow_the_zone_that_is_asked_for(viewer, march):
    nine = local_s("2026-03-02T09:00")
    for place in range(8):
        march.rollup(
            PHYSICS,
            15,
            nine + 900 * place,
            energy_kwh=1.0 + place // 4,
            temperature_c=30.0,
        )
    march.rollup(PHYSICS, 60, nine, energy_kwh=4.0)
    span = "from=2026-03-02&to=2026-03-03&building=physics"
    rows = viewer.get(f"/api/analytics/hourly?{span}").json["rows"]
    # four quarter-hours of 1 kWh, then four of 2 kWh
    assert [(row["hour"], row["mean_kw"]) for row in rows] == [
        ("2026-03-02T09:00:00+05:30", 4.0),
        ("2026-03-02T10:00:00+05:30", 8.0),
    ]
    utc = viewer.get(f"/api/analytics/hourly?{span}&tz=UTC").json["rows"]
    # 03:30 to 05:30 UTC: two quarters, four, two; the outer ones half known
    assert [(row["hour"][:16], row["mean_kw"], row["coverage"]) for row in utc] == [
        ("2026-03-02T03:00", 4.0, 0.5),
        ("2026-03-02T04:00", 6.0, 1.0),
        ("2026-03-02T05:00", 8.0, 0.5),
    ]


def test_a_load_curve_has_the_rows_of_its_span(viewer, march):
    start = local_s("2026-03-02")
    march.rollup(PHYSICS, 15, start, energy_kwh=2.0, coverage=0.5, estimated_kwh=0.0)
    march.rollup(PHYSICS, 15, start + 900, energy_kwh=3.0)
    march.rollup(PHYSICS, 60, start, energy_kwh=5.0)
    answer = viewer.get(
        f"/api/v1/analytics/load?node={PHYSICS}&resolution=15"
        "&from=2026-03-01T23:59:59+05:30&to=2026-03-02T00:30:00%2B05:30"
    ).json
    # 2 kWh known in half of a quarter-hour is 16 kW; 3 kWh in a whole one 12 kW
    assert [(row["at"], row["mean_kw"]) for row in answer["rows"]] == [
        ("2026-03-01T18:30:00+00:00", 16.0),
        ("2026-03-01T18:45:00+00:00", 12.0),
    ]


def test_a_span_within_an_hour_shows_what_was_measured(viewer, march):
    quarter = local_s("2026-03-02T09:15")
    march.rollup(PHYSICS, 15, quarter, energy_kwh=2.0)
    march.rollup(PHYSICS, 60, quarter - 900, energy_kwh=2.0)
    rows = viewer.get(
        f"/api/v1/analytics/load?node={PHYSICS}&resolution=15"
        "&from=2026-03-02T09:15:00%2B05:30&to=2026-03-02T09:30:00%2B05:30"
    ).json["rows"]
    assert [row["mean_kw"] for row in rows] == [8.0]


def test_simulated_rows_show_only_where_nothing_was_measured(viewer, campus):
    start = local_s("2026-03-02")
    campus.rollup(BIOLOGY, 1440, start, energy_kwh=7.0, simulated=True)
    span = "from=2026-03-01&to=2026-03-04&building=biology"
    rows = viewer.get(f"/api/analytics/daily?{span}").json["rows"]
    assert [row["energy_kwh"] for row in rows] == [7.0]
    campus.rollup(BIOLOGY, 60, start, energy_kwh=1.0)
    campus.rollup(BIOLOGY, 1440, start, energy_kwh=5.0)
    rows = viewer.get(f"/api/analytics/daily?{span}").json["rows"]
    assert [row["energy_kwh"] for row in rows] == [5.0]


def test_the_tree_reaches_down_to_buildings(viewer, march):
    (site,) = viewer.get("/api/v1/campus/tree").json["sites"]
    (faculty,) = site["children"]
    assert site["timezone"] == "Asia/Kolkata"
    assert [b["slug"] for b in faculty["children"]] == ["biology", "physics"]
    assert faculty["children"][0]["children"] == []
    floor = viewer.get(f"/api/v1/campus/nodes/{PHYSICS}/floor-1").json
    assert [room["room_type"] for room in floor["children"]] == ["classroom", "lab"]
