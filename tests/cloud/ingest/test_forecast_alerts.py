from dataclasses import replace

import pytest
from sqlalchemy import event

from cloud.facts.alerts import alerts
from cloud.facts.fleet import fleet
from contract.forecast_status import ForecastStatus, Refusal, RunningModel, State
from contract.interval import from_ms

ROOM = "campus/science/physics/floor-1/room-101"
MODEL = RunningModel(
    7, "ours", "2026-03-02T12:00:00+00:00", "2026-05-02T12:00:00+00:00"
)
WELL = ForecastStatus(State.RUNNING, model=MODEL, ran=7)
FALLEN = replace(
    WELL, state=State.FALLBACK, ran=8, why="version 8 did worse: 24 hours 80 %"
)
TAMPERED = replace(WELL, refused=Refusal(9, "the bundle is not", does_worse=False))
EXPIRED = ForecastStatus(State.NAIVE, "version 7 expired", ran=7)


@pytest.fixture
def physics(gateway, meter):
    return gateway("campus/science/physics", meter(ROOM))


@pytest.fixture
def says(physics):
    def send(status):
        physics.now_ms += 1_000
        physics.send(status={"forecast": status and status.to_json()})

    return send


def going_on(database):
    return [alert["kind"] for alert in alerts(database, only_open=True)]


def test_a_model_that_did_worse_is_an_alert_until_all_is_well(database, says):
    says(WELL)
    assert alerts(database) == []
    says(FALLEN)
    [alert] = alerts(database, "physics")
    assert (alert["kind"], alert["gateway"]) == ("forecast_fallback", "physics")
    assert alert["message"] == (
        "forecasts fell back to version 7: version 8 did worse: 24 hours 80 %"
    )
    assert alert["detail"] == {"runs": 7, "refused": None}
    says(FALLEN)
    says(WELL)
    [alert] = alerts(database)
    assert alert["ended"] > alert["began"]


def test_a_model_that_is_not_what_it_should_be_is_an_alert(database, says):
    says(TAMPERED)
    [alert] = alerts(database)
    assert (alert["kind"], alert["severity"]) == ("model_refused", "critical")
    assert alert["message"] == "version 9 was refused: the bundle is not"
    says(WELL)
    assert going_on(database) == []


def test_a_gateway_without_a_usable_model_is_an_alert_not_one_that_never_had_any(
    database, says
):
    says(ForecastStatus(State.NAIVE, "no model yet"))
    assert alerts(database) == []
    says(EXPIRED)
    assert going_on(database) == ["forecast_naive"]
    says(FALLEN)
    assert going_on(database) == ["forecast_fallback"]


def test_an_alert_goes_on_when_the_cloud_is_started_again(
    database, gateway, ingest, says, physics
):
    from cloud.ingest.site_config import SiteConfigs
    from cloud.ingest.upload import Ingest

    says(FALLEN)
    physics.ingest = Ingest(database, SiteConfigs())
    says(FALLEN)
    assert len(alerts(database)) == 1
    physics.ingest = Ingest(database, SiteConfigs())
    says(WELL)
    assert going_on(database) == []


def test_an_upload_that_says_the_same_again_asks_nothing_more(database, says):
    asked = []
    says(FALLEN)
    event.listen(
        database._engine,
        "before_cursor_execute",
        lambda *arguments: asked.append(arguments[2]),
    )
    says(FALLEN)
    assert asked
    assert not any("alert" in statement for statement in asked)


@pytest.mark.parametrize("said", [None, {}, {"state": "dancing"}, 5])
def test_nonsense_about_forecasts_is_passed_over(database, physics, said):
    physics.send(status={"forecast": said})
    assert alerts(database) == []


def test_the_fleet_tells_who_forecasts_and_what_was_refused(database, physics, says):
    says(replace(FALLEN, refused=Refusal(9, "expired", does_worse=False)))
    [row] = fleet(database, from_ms(physics.now_ms))["gateways"]
    assert row["forecast"] == {
        "state": "fallback",
        "version": 7,
        "kind": "ours",
        "why": "version 8 did worse: 24 hours 80 %",
        "shadow": None,
        "refused": "expired",
        "note": None,
    }
