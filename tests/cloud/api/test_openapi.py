"""The OpenAPI document, the paths not built yet, and what every answer carries."""

import re

import pytest
from jsonschema import Draft202012Validator

from cloud.api.seed.not_yet import NOT_YET
from cloud.app import create_app
from cloud.store import schema

S0 = [
    "/api/live/campus",
    "/api/live/building/{id}",
    "/api/live/room/{id}",
    "/api/analytics/hourly",
    "/api/analytics/daily",
    "/api/analytics/building-comparison",
    "/api/prediction/next-hour",
    "/api/report/monthly",
    "/api/hardware/data",
]


@pytest.fixture
def document(stranger):
    return stranger.get("/api/v1/openapi.json").json


def refs(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from refs(inner)


def test_the_document_is_openapi_3_1_and_whole(document):
    assert document["openapi"].startswith("3.1")
    schemas = document["components"]["schemas"]
    for ref in refs(document):
        assert ref.removeprefix("#/components/schemas/") in schemas
    for described in schemas.values():
        Draft202012Validator.check_schema(described)
    operations = [o for path in document["paths"].values() for o in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    for operation in operations:
        assert operation["summary"]
        problem = operation["responses"]["default"]["content"]
        assert list(problem) == ["application/problem+json"]


def test_every_parameter_in_a_path_is_described(document):
    for path, item in document["paths"].items():
        for operation in item.values():
            described = {
                p["name"] for p in operation.get("parameters", []) if p["in"] == "path"
            }
            assert described == set(re.findall(r"{(\w+)}", path)), path


@pytest.mark.parametrize("path", S0)
def test_the_seed_paths_are_in_the_document(document, path):
    assert path in document["paths"]


def answer_schema(document, path):
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    return {
        "components": document["components"],
        **content["application/json"]["schema"],
    }


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/live/campus", "/api/live/campus"),
        ("/api/live/building/{id}", "/api/live/building/physics"),
        (
            "/api/live/room/{id}",
            "/api/live/room/campus/science/physics/floor-1/room-101",
        ),
        ("/api/v1/live/nodes/{node}", "/api/v1/live/nodes/campus/science"),
        ("/api/analytics/hourly", "/api/analytics/hourly?building=physics"),
        ("/api/analytics/daily", "/api/analytics/daily"),
        ("/api/analytics/building-comparison", "/api/analytics/building-comparison"),
        ("/api/report/monthly", "/api/report/monthly?format=json"),
        ("/api/v1/campus/tree", "/api/v1/campus/tree"),
        ("/api/v1/campus/nodes/{node}", "/api/v1/campus/nodes/physics"),
        ("/api/v1/identity/me", "/api/v1/identity/me"),
        ("/api/v1/fleet", "/api/v1/fleet"),
    ],
)
def test_answers_are_what_the_document_says(document, viewer, live_campus, path, asked):
    day = int(live_campus.now.timestamp()) // 86_400 * 86_400
    live_campus.rollup("campus", 1440, day, energy_kwh=3.0, peak_kw=1.0)
    live_campus.add(
        schema.gateway,
        slug="physics",
        node_id=live_campus.nodes["campus/science/physics"],
        public_key="0" * 64,
        created_s=0,
    )
    answer = viewer.get(asked)
    assert answer.status_code == 200, answer.text
    Draft202012Validator(answer_schema(document, path)).validate(answer.json)


@pytest.mark.parametrize(("method", "path", "part"), NOT_YET)
def test_a_part_that_is_not_built_says_so(administrator, method, path, part):
    token = administrator.get("/api/v1/identity/me").json["csrf_token"]
    asked = re.sub(r"<\w+>", "x", path)
    answer = administrator.open(asked, method=method, headers={"X-CSRF-Token": token})
    if "/debug/" in path:
        assert answer.status_code == 404
        return
    assert answer.status_code == 501
    assert answer.content_type == "application/problem+json"
    assert answer.json["part"] == part


def test_the_page_to_browse_the_api_asks_no_outside_host(stranger):
    page = stranger.get("/api/v1/docs").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    for link in links:
        assert "//" not in link
        with stranger.get(f"/api/v1/{link}") as answer:
            assert answer.status_code == 200
    assert "<script>" not in page


def test_every_answer_forbids_outside_hosts_and_framing(stranger):
    for path in ("/", "/healthz", "/api/live/campus", "/api/v1/docs"):
        with stranger.get(path) as answer:
            headers = answer.headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


def test_health_is_open_and_metrics_are_counted(stranger, viewer):
    assert stranger.get("/healthz").json["status"] == "ok"
    text = viewer.get("/metrics").text
    assert 'endpoint="health.healthz"' in text
    assert "voltonic_live_listeners 0.0" in text


def test_two_applications_do_not_share_their_counts(app, settings, database):
    other = create_app(settings, database)
    other.test_client().get("/healthz")
    registry = app.extensions["voltonic"].metrics.registry
    assert (
        registry.get_sample_value(
            "voltonic_http_requests_total",
            {"endpoint": "health.healthz", "method": "GET", "status": "200"},
        )
        is None
    )
