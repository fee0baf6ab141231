from datetime import UTC, datetime, timedelta

import pytest

from cloud.domain.role import Role
from cloud.identity.keys import new_program_key
from cloud.store import schema
from tests.cloud.api.conftest import PHYSICS, with_key

LIST = "/api/v1/analytics/anomalies"
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
NIGHT = NOW - timedelta(days=3)


@pytest.fixture
def operator(app, database):
    return with_key(app, new_program_key(database, "Olga", Role.OPERATOR, 0))


@pytest.fixture
def found(campus):
    """A night at physics that is over, with the hours around it."""
    for hours in range(24 * 30):
        start_s = int((NOW - timedelta(hours=hours)).timestamp()) - 3600 - 1800
        campus.rollup(PHYSICS, 60, start_s, energy_kwh=10.0 + hours % 24 / 10)
    start_s = int(NIGHT.timestamp())
    return campus.add(
        schema.anomaly,
        node_id=campus.nodes[PHYSICS],
        kind="night_load",
        start_s=start_s,
        end_s=start_s + 8 * 3600,
        known_s=start_s + 8 * 3600,
        found_s=start_s + 14 * 3600,
        size_kwh=120.0,
        cost=960.0,
        currency="INR",
        confidence=0.8,
        sentence="Something was left on.",
        evidence='{"nights": 1.0}',
        state="open",
    )


def test_the_list_tells_each_with_its_size_cost_and_confidence(viewer, found):
    (told,) = viewer.get(LIST).json["anomalies"]
    assert told == {
        "id": found,
        "node": PHYSICS,
        "name": "Physics",
        "kind": "night_load",
        "state": "open",
        "verdict": None,
        "start": NIGHT.isoformat(),
        "end": (NIGHT + timedelta(hours=8)).isoformat(),
        "known_until": (NIGHT + timedelta(hours=8)).isoformat(),
        "found": (NIGHT + timedelta(hours=14)).isoformat(),
        "size_kwh": 120.0,
        "cost": 960.0,
        "currency": "INR",
        "confidence": 0.8,
        "sentence": "Something was left on.",
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"node": PHYSICS}, 1),
        ({"node": "campus"}, 1),
        ({"node": "campus/science/biology"}, 0),
        ({"kind": "night_load", "state": "open"}, 1),
        ({"kind": "drift"}, 0),
        ({"state": "dismissed"}, 0),
        ({"from": "2026-01-01T00:00:00Z", "to": "2199-01-01T00:00:00Z"}, 1),
        ({"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}, 0),
    ],
)
def test_it_can_be_asked_by_place_kind_state_and_time(viewer, found, query, count):
    assert len(viewer.get(LIST, query_string=query).json["anomalies"]) == count


def test_one_is_told_with_the_figures_and_the_load_around_it(viewer, found):
    told = viewer.get(f"{LIST}/{found}").json
    assert told["evidence"] == {"nights": 1.0}
    assert told["feedback"] == []
    course = told["course"]
    assert course["resolution_min"] == 60
    starts = [datetime.fromisoformat(row["start"]) for row in course["rows"]]
    assert starts[0] <= NIGHT - timedelta(hours=22)
    assert starts[-1] >= NIGHT + timedelta(hours=30)
    assert all(row["load_kw"] is not None for row in course["rows"])
    assert any(row["expected_kw"] is not None for row in course["rows"])


def test_an_operator_says_what_it_was_and_is_named(operator, viewer, found):
    said = {"verdict": "expected", "note": "  a concert  "}
    answer = operator.post(f"{LIST}/{found}/feedback", json=said)
    assert answer.status_code == 201
    assert answer.json["state"] == "dismissed"
    (feedback,) = viewer.get(f"{LIST}/{found}").json["feedback"]
    assert feedback["author"] == "Olga"
    assert (feedback["verdict"], feedback["note"]) == ("expected", "a concert")
    (listed,) = viewer.get(LIST, query_string={"state": "dismissed"}).json["anomalies"]
    assert listed["verdict"] == "expected"


def test_a_viewer_may_read_but_not_say(viewer, found):
    answer = viewer.post(f"{LIST}/{found}/feedback", json={"verdict": "expected"})
    assert answer.status_code == 403
    assert "operator" in answer.json["detail"]


def test_a_browser_needs_its_token_to_say_something(administrator, found):
    said = {"verdict": "confirmed"}
    path = f"{LIST}/{found}/feedback"
    assert administrator.post(path, json=said).status_code == 403
    token = administrator.get("/api/v1/identity/me").json["csrf_token"]
    answer = administrator.post(path, json=said, headers={"X-CSRF-Token": token})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "ghost"}, "kind"),
        ({"state": "gone"}, "state"),
        ({"from": "2026-01-01T00:00:00Z"}, "give both from and to"),
        ({"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "before to"),
        ({"from": "yesterday", "to": "2026-01-01T00:00:00Z"}, "from"),
        ({"node": "x" * 201}, "node"),
    ],
)
def test_a_wrong_question_is_a_problem_that_names_the_field(
    viewer, found, query, field
):
    answer = viewer.get(LIST, query_string=query)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "verdict"),
        ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "expected", "note": " "}, "note"),
        ({"verdict": "expected", "note": "x" * 2001}, "note"),
        ({"verdict": "expected", "by": "Eve"}, "by"),
    ],
)
def test_wrong_feedback_is_a_problem_that_names_the_field(operator, found, body, field):
    answer = operator.post(f"{LIST}/{found}/feedback", json=body)
    assert answer.status_code == 422
    assert field in answer.json["detail"]


@pytest.mark.parametrize("number", [999, 2**31, 2**70])
def test_what_does_not_exist_is_not_found(operator, found, number):
    said = {"verdict": "expected"}
    for answer in (
        operator.get(f"{LIST}/{number}"),
        operator.post(f"{LIST}/{number}/feedback", json=said),
    ):
        assert answer.status_code in (404, 422)
        assert answer.content_type == "application/problem+json"


def test_an_unknown_node_is_not_found(viewer, campus):
    answer = viewer.get(LIST, query_string={"node": "campus/attic"})
    assert answer.status_code == 404
