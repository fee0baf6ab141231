"""Nobody gets in without a session or a key, and nobody gets further than they may."""

import re

import pytest

OPEN = {
    "/",
    "/<path:name>",
    "/api",
    "/api/<path:name>",
    "/healthz",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/docs-start.js",
    "/api/v1/docs/<path:name>",
    "/api/v1/identity/setup",
    "/api/v1/identity/session",
}
SIGNED_BY_GATEWAYS = "/api/v1/gateways/"


def routes(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.rule, method, re.sub(r"<[^>]*>", "1", rule.rule)


def test_a_stranger_gets_401_from_every_route_but_the_open_ones(app, stranger):
    asked = 0
    for rule, method, path in routes(app):
        if rule in OPEN and (rule, method) != ("/api/v1/identity/session", "DELETE"):
            continue
        answer = stranger.open(path, method=method)
        assert answer.status_code == 401, (method, rule)
        assert answer.content_type == "application/problem+json", (method, rule)
        asked += 1
    assert asked > 30


def test_a_gateway_without_its_signature_is_a_stranger(app, stranger):
    signed = [path for rule, _, path in routes(app) if SIGNED_BY_GATEWAYS in rule]
    assert signed
    for path in signed:
        method = "POST" if path.endswith("uploads") else "GET"
        assert stranger.open(path, method=method).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "wrong"},
        {"X-API-Key": ""},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic d3Jvbmc6d3Jvbmc="},
        {"Cookie": "voltonic_session=wrong"},
    ],
)
def test_a_bad_key_or_cookie_is_401_and_says_how_to_ask(stranger, headers):
    answer = stranger.get("/api/live/campus", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "X-API-Key" in answer.json["detail"]


def test_a_key_works_in_either_header(viewer, stranger, live_campus):
    assert viewer.get("/api/live/campus").status_code == 200
    bearer = {"Authorization": f"Bearer {viewer.key}"}
    assert stranger.get("/api/live/campus", headers=bearer).status_code == 200


def test_a_device_may_post_and_nothing_else(app, device):
    for rule, method, path in routes(app):
        if rule in OPEN or SIGNED_BY_GATEWAYS in rule:
            continue
        expected = rule.startswith("/api/hardware/")
        status = device.open(path, method=method, json={}).status_code
        assert (status != 403) is expected, (method, rule)


def test_a_person_may_not_post_as_a_device(viewer):
    assert viewer.post("/api/hardware/data", json={}).status_code == 403


def test_a_viewer_may_not_write_where_an_operator_must(viewer):
    answer = viewer.post("/api/energy/optimise/controls", json={})
    assert answer.status_code == 403
    assert answer.json["detail"] == "this needs the role operator"
