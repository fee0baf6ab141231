"""The paths of forecasts: what they answer, what they refuse, and how fast."""

from datetime import timedelta
from time import process_time

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import insert

from cloud.store import schema

PHYSICS = "campus/science/physics"
PATHS = (
    "/api/v1/forecast/next-hour",
    "/api/v1/forecast/day",
    "/api/v1/forecast/past",
    "/api/v1/forecast/accuracy",
    "/api/v1/forecast/models",
    "/api/v1/forecast/patterns",
    "/api/prediction/next-hour",
    "/api/predictions",
)


def kwh(start_s):
    """A load that rises through the day and is never twice the same."""
    return 5.0 + (start_s // 3_600 % 24) / 4 + 0.001 * (start_s // 900 % 89)


@pytest.fixture
def measured(campus):
    """Five weeks at physics, up to this quarter of an hour."""
    now_s = int(campus.now.timestamp()) // 900 * 900
    rows = [
        {
            "node_id": campus.nodes[PHYSICS],
            "resolution_min": minutes,
            "simulated": False,
            "start_s": start_s,
            "energy_kwh": kwh(start_s) * minutes / 15,
            "coverage": 1.0,
        }
        for minutes in (15, 60)
        for start_s in range(now_s - 35 * 86_400, now_s, 60 * minutes)
    ]
    with campus.database.write() as connection:
        connection.execute(insert(schema.rollup), rows)
    return campus


@pytest.mark.parametrize("path", PATHS)
def test_answers_are_what_the_document_says(stranger, viewer, measured, path):
    document = stranger.get("/api/v1/openapi.json").json
    answer = viewer.get(path, query_string={"node": PHYSICS})
    assert answer.status_code == 200, answer.text
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    described = content["application/json"]["schema"]
    whole = {"components": document["components"], **described}
    Draft202012Validator(whole).validate(answer.json)


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_node_is_a_404(viewer, campus, path):
    answer = viewer.get(path, query_string={"node": "campus/nowhere"})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/forecast/day?node=physics&grid=minute", "grid"),
        ("/api/v1/forecast/accuracy?node=physics&days=0", "days"),
        ("/api/v1/forecast/accuracy?node=physics&days=29", "days"),
        ("/api/v1/forecast/accuracy?node=physics&days=soon", "days"),
        ("/api/v1/forecast/models", "node"),
        ("/api/v1/forecast/patterns", "node"),
        (f"/api/predictions?node={'x' * 201}", "node"),
    ],
)
def test_bad_input_is_a_422_that_names_its_field(viewer, campus, path, field):
    answer = viewer.get(path)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_not_told(stranger, campus, path):
    answer = stranger.get(path, query_string={"node": PHYSICS})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_parameters_have_examples_in_the_document(stranger, path):
    document = stranger.get("/api/v1/openapi.json").json
    for parameter in document["paths"][path]["get"]["parameters"]:
        assert "example" in parameter["schema"], parameter["name"]


def test_before_there_is_data_the_reason_is_told(viewer, campus):
    for name in ("next-hour", "day"):
        answer = viewer.get(f"/api/v1/forecast/{name}?node={PHYSICS}")
        assert answer.status_code == 200
        assert "last week" in answer.json["why_none"]
    for path in ("/api/predictions", "/api/prediction/next-hour"):
        answer = viewer.get(path)
        assert answer.status_code == 404
        assert "last week" in answer.json["detail"]


def test_a_day_has_24_hours_or_96_quarters(viewer, measured):
    hours, quarters = (
        viewer.get(f"/api/v1/forecast/day?node=physics&grid={grid}").json["day"]
        for grid in ("hour", "quarter")
    )
    assert (len(hours["rows"]), len(quarters["rows"])) == (24, 96)
    assert hours["rows"][0]["start"] == quarters["rows"][0]["start"]
    of_hour = [row["mean_kw"] for row in quarters["rows"][:4]]
    assert sum(of_hour) / 4 == pytest.approx(hours["rows"][0]["mean_kw"], abs=1e-3)


def test_predictions_are_in_unix_seconds(viewer, measured):
    found = viewer.get("/api/predictions?node=physics").json
    first = found["predictions"][0]["timestamp"]
    now_s = measured.now.timestamp()
    assert 0 <= now_s + 60 - first < timedelta(hours=2).total_seconds()
    assert found["source"] == "naive"


@pytest.mark.parametrize("path", PATHS)
def test_a_second_question_is_answered_at_once(viewer, measured, path):
    viewer.get(path, query_string={"node": PHYSICS})
    took = []
    for _ in range(5):
        began = process_time()
        viewer.get(path, query_string={"node": PHYSICS})
        took.append(process_time() - began)
    assert min(took) < 0.05
