"""Whatever is sent, the answer is a problem that names what is wrong."""

import pytest

HARDWARE = "/api/hardware/data"
GOOD = {"energy_produced": 0.0, "energy_consumed": 0.5, "current_load": 40.0}


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["title"]
    return answer.json


def raw(client, body, content_type="application/json"):
    return client.post(HARDWARE, data=body, content_type=content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"energy_produced": NaN}',
        b'{"energy_produced": Infinity}',
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_what_is_not_json_is_a_400(device, body):
    problem(raw(device, body), 400)


def test_another_content_type_is_a_415(device):
    problem(raw(device, b"a=b", "application/x-www-form-urlencoded"), 415)


def test_a_huge_body_is_a_413(device):
    problem(raw(device, b'"' + b"x" * 2_000_000 + b'"'), 413)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"energy_consumed": -1}, "energy_consumed"),
        ({"energy_consumed": "0.5"}, "energy_consumed"),
        ({"energy_consumed": None}, "energy_consumed"),
        ({"energy_consumed": 1e300}, "energy_consumed"),
        ({"current_load": 401}, "current_load"),
        ({"voltage": -5}, "voltage"),
        ({"power_factor": 1.5}, "power_factor"),
        ({"frequency": True}, "frequency"),
        ({"timestamp": -1}, "timestamp"),
        ({"timestamp": 1e18}, "timestamp"),
        ({"timestamp": "2026-01-01T00:00:00"}, "timestamp"),
        ({"timestamp": "2099-01-01T00:00:00Z"}, "timestamp"),
        ({"timestamp": "soon"}, "timestamp"),
        ({"facility_id": 1.5}, "facility_id"),
    ],
)
def test_a_wrong_value_names_its_field(device, changed, field):
    found = problem(device.post(HARDWARE, json={**GOOD, **changed}), 422)
    assert [error["field"] for error in found["errors"]] == [field]
    assert found["detail"].startswith(field)


def test_a_wrong_value_in_a_list_names_its_place(device):
    found = problem(device.post(HARDWARE, json=[GOOD, {**GOOD, "voltage": "x"}]), 422)
    assert found["errors"][0]["field"] == "1.voltage"


@pytest.mark.parametrize("body", [[], {}, "text", 7, None, [[]], [GOOD] * 1001])
def test_another_shape_is_a_422(device, body):
    problem(device.post(HARDWARE, json=body), 422)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("from=1900-01-01", "from"),
        ("to=9999-12-31T23:59:59%2B00:00", "to"),
        ("from=yesterday", "from"),
        ("tz=Mars/Olympus", "tz"),
        ("tz=../../etc/passwd", "tz"),
    ],
)
def test_a_wrong_span_names_its_end(viewer, live_campus, query, field):
    found = problem(viewer.get(f"/api/analytics/hourly?{query}"), 422)
    assert found["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "query",
    [
        "node=campus",
        "node=campus&from=2026-03-02T00:00:00&to=2026-03-03T00:00:00",
        "node=campus&from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z",
        "node=campus&from=0001-01-01T00:00:00Z&to=2026-03-02T00:00:00Z",
        "node=campus&from=2026-03-02T00:00:00Z&to=9999-12-31T23:59:59Z",
        "node=campus&from=2000-03-02T00:00:00Z&to=2026-03-02T00:00:00Z&resolution=15",
        "node=campus&from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z&resolution=7",
    ],
)
def test_a_load_curve_needs_a_sound_span(viewer, live_campus, query):
    problem(viewer.get(f"/api/v1/analytics/load?{query}"), 422)


@pytest.mark.parametrize(
    "month", ["2026-13", "26-1", "1900-01", "9999-12", "x", "2026-03-01", ""]
)
def test_what_is_not_a_month_is_a_422(viewer, live_campus, month):
    problem(viewer.get(f"/api/report/monthly?month={month or '%20'}"), 422)


@pytest.mark.parametrize(
    "path",
    [
        "/api/live/room/room-999",
        "/api/live/room/physics",
        "/api/live/building/999999999999999999999999",
        "/api/live/building/-1",
        "/api/live/building/%F0%9F%8F%A2",
        "/api/live/building/'%20OR%201=1--",
        "/api/live/room/..%2f..%2fetc",
        "/api/v1/campus/nodes/nowhere",
        "/api/no/such/path",
    ],
)
def test_what_does_not_exist_is_a_404(viewer, live_campus, path):
    assert problem(viewer.get(path), 404)["detail"]


def test_another_method_is_a_405_that_says_which(viewer):
    answer = viewer.put("/api/live/campus")
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_html_in_names_stays_text(viewer, campus):
    name = "<script>alert(1)</script>"
    campus.node("campus/evil", "faculty", name=name)
    campus.node("campus/evil/lab", "building", name="=HYPERLINK(1)", area_m2=1.0)
    answer = viewer.get("/api/live/campus")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert name in [faculty["name"] for faculty in answer.json["faculties"]]
    csv = viewer.get("/api/report/monthly?format=csv").text
    assert "'=HYPERLINK(1)" in csv
    assert ",=HYPERLINK" not in csv


def test_a_fault_of_ours_is_a_500_without_its_inside(app, viewer, database, caplog):
    def broken():
        raise RuntimeError("the inside")

    app.view_functions["fleet.fleet"] = broken
    found = problem(viewer.get("/api/v1/fleet"), 500)
    assert "inside" not in str(found)
    assert "the inside" in caplog.text


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{broken", "property name"),
        ('{"energy_consumed": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_named_so(device, body, why):
    answer = device.post(HARDWARE, data=body, content_type="application/json")
    detail = problem(answer, 400)["detail"]
    assert "not JSON" in detail
    assert why in detail


def test_a_body_too_large_names_the_limit(device):
    answer = device.post(HARDWARE, data=b"0" * 2**21, content_type="application/json")
    assert "1048576 bytes" in problem(answer, 413)["detail"]


def test_reading_a_path_for_posts_says_what_it_answers(device):
    found = device.get(HARDWARE)
    assert problem(found, 405)["detail"] == f"{HARDWARE} answers POST, not GET"
    assert found.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_no_such_path_is_a_404_by_any_method(device, method):
    found = problem(getattr(device, method)("/api/v1/setup"), 404)
    assert "/api/v1/docs" in found["detail"]
