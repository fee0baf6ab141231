"""The present figures, by hand on a campus of three rooms."""

from datetime import timedelta

import pytest

PHYSICS = "campus/science/physics"


def test_a_main_meter_wins_and_a_building_without_one_sums_its_rooms(
    viewer, live_campus
):
    campus = viewer.get("/api/live/campus").json
    assert campus["load_kw"] == 12.5
    assert {c["name"]: c["load_kw"] for c in campus["faculties"][0]["buildings"]} == {
        "Physics": 10.0,
        "Biology": 2.5,
    }
    assert campus["meters"] == {"reporting": 4, "silent": 0}
    assert campus["simulated"] is False


def test_the_campus_is_as_old_as_its_oldest_figure(viewer, live_campus):
    assert viewer.get("/api/live/campus").json["age_s"] == pytest.approx(40, abs=5)


def test_unmetered_is_the_main_meter_less_the_rooms(viewer, live_campus):
    assert viewer.get("/api/live/building/physics").json["unmetered_kw"] == 5.0
    assert viewer.get("/api/live/campus").json["unmetered_kw"] == 5.0
    assert viewer.get("/api/live/building/biology").json["unmetered_kw"] is None


def test_load_by_kind_is_the_rooms_sum(viewer, live_campus):
    kinds = viewer.get("/api/live/building/physics").json["load_by_kind"]
    assert kinds == {
        "base_kw": 1.9,
        "ac_kw": 2.0,
        "light_kw": 0.45,
        "equipment_kw": 0.65,
    }


def test_the_score_is_the_share_of_the_load_not_burnt_in_vacant_rooms(
    viewer, live_campus
):
    # rooms that know: 1.0 + 4.0 kW; for nobody: 0.2 + 0.05 kW; 100 × (1 − 0.25 / 5)
    assert viewer.get("/api/live/building/physics").json["efficiency_score"] == 95.0
    assert viewer.get("/api/live/building/biology").json["efficiency_score"] is None


def test_a_building_shows_its_floors_and_rooms(viewer, live_campus):
    building = viewer.get("/api/live/building/physics").json
    room = building["floors"][0]["rooms"][0]
    assert (room["name"], room["room_type"], room["load_kw"]) == (
        "Room-101",
        "classroom",
        1.0,
    )
    assert (room["occupied"], room["temperature_c"], room["setback"]) == (
        False,
        27.5,
        False,
    )


def test_a_room_is_found_by_path_and_by_id(viewer, live_campus):
    by_path = viewer.get(f"/api/live/room/{PHYSICS}/floor-1/room-101").json
    by_id = viewer.get(f"/api/live/room/{by_path['id']}").json
    assert by_id["path"] == by_path["path"]
    assert by_path["scheduled"] is False


def test_a_slug_that_two_rooms_share_asks_for_the_path(viewer, live_campus):
    answer = viewer.get("/api/live/room/room-101")
    assert answer.status_code == 404
    assert "give the full path" in answer.json["detail"]


def test_a_stale_value_is_unknown_and_its_meter_silent(viewer, campus):
    campus.meter(PHYSICS, 10.0, age_s=181)
    building = viewer.get("/api/live/building/physics").json
    assert building["load_kw"] is None
    assert building["age_s"] is None
    assert building["meters"] == {"reporting": 0, "silent": 1}


def test_a_slow_device_stays_fresh_for_three_of_its_intervals(viewer, campus):
    slow = campus.device(PHYSICS, "meter", reporting_interval_s=900)
    campus.value(slow, PHYSICS, "active_power_kw", 7.0, age_s=2_600)
    assert viewer.get("/api/live/building/physics").json["load_kw"] == 7.0


def test_simulated_values_count_only_where_nothing_real_is_heard(viewer, campus):
    rooms = [f"{PHYSICS}/floor-1/room-{n}" for n in (101, 102)]
    campus.meter(rooms[0], 3.0, simulated=True)
    biology = "campus/science/biology/floor-1/room-101"
    campus.meter(biology, 2.0, simulated=True)
    alone = viewer.get("/api/live/campus").json
    assert (alone["load_kw"], alone["simulated"]) == (5.0, True)
    campus.meter(rooms[1], 1.5)
    mixed = viewer.get("/api/live/campus").json
    assert (mixed["load_kw"], mixed["simulated"]) == (1.5, False)


def test_solar_adds_up_beside_the_load(viewer, live_campus):
    solar = live_campus.device(PHYSICS, "pv", role="production")
    live_campus.value(solar, PHYSICS, "generated_power_kw", 6.5)
    campus = viewer.get("/api/live/campus").json
    assert (campus["solar_kw"], campus["load_kw"]) == (6.5, 12.5)


def test_saved_energy_is_told_in_kwh_percent_money_and_carbon(viewer, live_campus):
    now = live_campus.now
    midnight = (now + timedelta(hours=5.5)).replace(
        hour=0, minute=0, second=0, microsecond=0
    ) - timedelta(hours=5.5)
    today, yesterday = int(midnight.timestamp()), int(midnight.timestamp()) - 86_400
    live_campus.rollup("campus", 1440, yesterday, energy_kwh=300.0, saved_kwh=40.0)
    live_campus.rollup("campus", 1440, today, energy_kwh=140.0, saved_kwh=20.0)
    quarter = int(now.timestamp()) // 900 * 900 - 900
    live_campus.rollup("campus", 15, quarter, energy_kwh=3.0, saved_kwh=0.5)
    # used 440, saved 60: 60 / 500 = 12 %; 60 × 8 ₹; 60 × 0.82 kg; 0.5 kWh × 4 / h
    assert viewer.get("/api/live/campus").json["saved"] == {
        "power_kw": 2.0,
        "today_kwh": 20.0,
        "total_kwh": 60.0,
        "percent": 12.0,
        "cost": 480.0,
        "currency": "INR",
        "co2_kg": pytest.approx(49.2),
    }


def test_nothing_saved_yet_is_unknown_not_zero(viewer, live_campus):
    saved = viewer.get("/api/live/campus").json["saved"]
    assert saved["total_kwh"] is None
    assert saved["percent"] is None


def test_any_node_is_shown_under_v1(viewer, live_campus):
    faculty = viewer.get("/api/v1/live/nodes/campus/science").json
    assert (faculty["kind"], faculty["load_kw"]) == ("faculty", 12.5)


def test_an_organisation_without_sites_is_a_404_that_says_so(viewer):
    answer = viewer.get("/api/live/campus")
    assert answer.status_code == 404
    assert answer.json["detail"] == "there is no site yet"
