"""What is wrong, as it is asked for."""

import pytest

from cloud.store import alerts
from cloud.store.alerts import Raised


@pytest.fixture
def two(campus):
    site = campus.node("site", "site", timezone="UTC")
    hall = campus.node("site/hall", "building", name="Great Hall")
    with campus.database.write() as connection:
        alerts.raise_once(connection, Raised("hot", site, "hot"), 1_790_000_000)
        detail = {"version": 3}
        raised = Raised("stale", hall, "no model runs", detail=detail)
        alerts.raise_once(connection, raised, 1_790_000_100)
        alerts.end(connection, ("hot",), site, 1_790_000_200)


def test_alerts_are_told_with_their_node_newest_first(viewer, two):
    first, second = viewer.get("/api/v1/alerts").json["alerts"]
    assert first == {
        "id": first["id"],
        "kind": "stale",
        "severity": "warning",
        "node": "site/hall",
        "name": "Great Hall",
        "gateway": None,
        "message": "no model runs",
        "began": "2026-09-21T14:15:00+00:00",
        "ended": None,
        "detail": {"version": 3},
    }
    assert second["ended"] == "2026-09-21T14:16:40+00:00"


def test_alerts_can_be_asked_for_by_node_and_only_open_ones(viewer, two):
    def kinds(question):
        return [a["kind"] for a in viewer.get(question).json["alerts"]]

    assert kinds("/api/v1/alerts?open=true") == ["stale"]
    assert kinds("/api/v1/alerts?node=hall") == ["stale"]
    assert kinds("/api/v1/alerts?node=site&open=1") == ["stale"]
    assert kinds("/api/v1/alerts?node=site") == ["stale", "hot"]
    assert viewer.get("/api/v1/alerts?node=nowhere").status_code == 404
