"""The models of a node: what they promise, who runs them, what was refused."""

from datetime import timedelta

from cloud.facts.forecast.versions import versions
from cloud.store import queue
from contract.forecast_status import Refusal, Shadow, State
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS


def test_versions_are_told_newest_first_with_their_errors(database, publish):
    publish(now=NOW - timedelta(days=40))
    publish(rows=900)
    found = versions(database, NOW, PHYSICS)
    assert [each["version"] for each in found["versions"]] == [2, 1]
    newest, oldest = found["versions"]
    assert newest["rows"] == 900
    assert newest["left_out"] == ["3 without load"]
    assert newest["day_ahead"] == {
        "members": ["line"],
        "error_percent": 8.0,
        "naive_error_percent": 12.0,
    }
    assert (newest["is_expired"], oldest["is_expired"]) == (False, True)
    assert (found["runs"], found["gateway"]) == ("cloud", None)


def test_a_gateway_that_runs_its_model_is_told(database, publish, gateway_says):
    publish()
    gateway_says()
    found = versions(database, NOW, PHYSICS)
    assert found["runs"] == "gateway"
    assert found["gateway"]["version"] == 1


def test_shadow_fallback_and_refusals_are_told_with_their_reason(
    database, publish, gateway_says
):
    publish()
    gateway_says(
        state=State.FALLBACK,
        why="version 2 did worse",
        shadow=Shadow(3, int(NOW.timestamp())),
        refused=Refusal(2, "made for another node", False),
    )
    gateway = versions(database, NOW, PHYSICS)["gateway"]
    assert (gateway["state"], gateway["why"]) == ("fallback", "version 2 did worse")
    assert gateway["shadow"] == {"version": 3, "until": NOW.isoformat()}
    assert gateway["refused"]["why"] == "made for another node"


def test_a_node_without_a_model_says_why_its_training_published_none(database):
    with database.write() as connection:
        queue.put(connection, "train", PHYSICS, 0)
        taken = queue.take(connection, 1)
        queue.finish(connection, taken, int(NOW.timestamp()), "too few hours")
    found = versions(database, NOW, PHYSICS)
    assert (found["versions"], found["runs"]) == ([], "nobody")
    assert found["last_training"] == {
        "ended_at": NOW.isoformat(),
        "state": "done",
        "note": "too few hours",
    }
