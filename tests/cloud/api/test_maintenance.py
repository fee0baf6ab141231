"""Assets, their findings and the capacity of connections, as the API tells them."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from cloud.domain.asset import Asset, AssetKind, Figure
from cloud.domain.finding import FindingState
from cloud.domain.role import Role
from cloud.identity.keys import new_program_key
from cloud.store import assets, findings, schema
from cloud.store.findings import Told
from tests.cloud.api.conftest import PHYSICS, with_key

DAY_S = 86_400
START_S = 1_780_000_000
ZONE = ZoneInfo("Asia/Kolkata")
MAINTENANCE = "/api/v1/analytics/maintenance"
CAPACITY = "/api/v1/analytics/capacity"
EVIDENCE = {
    "figures": [{"name": "COP", "unit": "1", "before": 3.7, "after": 3.1}],
    "days": 40,
    "baseline_days": 300,
    "threshold_percent": 20.0,
    "slope_percent_per_day": [0.1, 0.2, 0.3],
    "series": [
        {
            "date": "2026-05-28",
            "measured_kwh": 118.0,
            "expected_kwh": 100.0,
            "change_percent": 18.0,
            "level_percent": 17.0,
        }
    ],
}
CONDITION = {"figures": EVIDENCE["figures"], "judged_days": 400, "why_none": None}


def told(**changes):
    values = {
        "kind": "cop",
        "start_s": START_S,
        "found_s": START_S + 9 * DAY_S,
        "known_s": START_S + 40 * DAY_S,
        "ended_s": None,
        "change_percent": 17.04,
        "slope_percent_per_day": 0.2,
        "days_until": 15.0,
        "days_until_low": 10.0,
        "days_until_high": None,
        "confidence": 0.987,
        "sentence": "Chiller has taken 17 % more electricity.",
        "advice": "Clean the condenser.",
        "evidence": json.dumps(EVIDENCE),
    }
    return Told(**(values | changes))


@pytest.fixture
def found(campus):
    """A chiller in Physics with a finding, and a battery that nobody looked at yet."""
    points = {Figure.ELECTRICITY: f"{PHYSICS}/chiller/energy_import_kwh"}
    chiller = Asset("chiller", AssetKind.HVAC, "Chiller", points, rated_kw=120.0)
    battery = Asset("bank", AssetKind.BATTERY, "Bank")
    with campus.database.write() as connection:
        assets.set_assets(connection, campus.nodes[PHYSICS], [chiller, battery])
        [bank, kept] = assets.assets(connection)
        assets.note_condition(connection, kept.id, CONDITION, START_S)
        findings.add(connection, kept.id, told(), FindingState.OPEN)
        [row] = findings.of_asset(connection, kept.id)
    assert bank.asset.kind is AssetKind.BATTERY
    return row.id


def test_a_node_has_its_assets_and_their_findings(viewer, found):
    answer = viewer.get(MAINTENANCE, query_string={"node": "campus/science"}).json
    assert [each["asset"] for each in answer["assets"]] == [
        f"{PHYSICS}/bank",
        f"{PHYSICS}/chiller",
    ]
    bank, chiller = answer["assets"]
    assert bank["examined"] is None
    assert "in the night" in bank["why_none"]
    assert chiller["judged_days"] == 400
    assert chiller["why_none"] is None
    assert chiller["condition"][0]["after"] == 3.1
    assert chiller["open_findings"] == 1
    [finding] = answer["findings"]
    assert finding["id"] == found
    assert finding["change_percent"] == 17.0
    assert finding["days_until"] == {"likely": 15.0, "earliest": 10.0, "latest": None}
    assert finding["end"] is None
    assert "evidence" not in finding


def test_elsewhere_there_is_nothing_and_without_a_node_everything(viewer, found):
    elsewhere = viewer.get(MAINTENANCE, query_string={"node": "biology"}).json
    assert (elsewhere["assets"], elsewhere["findings"]) == ([], [])
    everything = viewer.get(MAINTENANCE).json
    assert everything["node"] is None
    assert len(everything["assets"]) == 2
    assert len(everything["findings"]) == 1


def test_one_finding_has_its_evidence(viewer, found):
    answer = viewer.get(f"{MAINTENANCE}/findings/{found}").json
    assert answer["sentence"].startswith("Chiller")
    assert answer["evidence"] == EVIDENCE


def test_an_operator_dismisses_a_finding_and_a_viewer_may_not(
    app, viewer, found, database
):
    path = f"{MAINTENANCE}/findings/{found}/dismissal"
    assert viewer.post(path).status_code == 403
    operator = with_key(app, new_program_key(database, "an op", Role.OPERATOR, 0))
    answer = operator.post(path)
    assert answer.status_code == 201
    assert answer.json["state"] == "dismissed"
    assert viewer.get(MAINTENANCE).json["assets"][1]["open_findings"] == 0


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (f"{MAINTENANCE}/findings/99", {}, 404),
        (f"{MAINTENANCE}/findings/0", {}, 422),
        (MAINTENANCE, {"node": "nowhere"}, 404),
        (CAPACITY, {"node": "nowhere"}, 404),
        (CAPACITY, {"node": "x" * 300}, 422),
    ],
)
def test_what_is_not_there_is_a_problem(viewer, campus, path, query, status):
    answer = viewer.get(path, query_string=query)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_no_finding_of_that_number_can_be_dismissed(app, campus, database):
    operator = with_key(app, new_program_key(database, "an op", Role.OPERATOR, 0))
    assert operator.post(f"{MAINTENANCE}/findings/99/dismissal").status_code == 404


@pytest.fixture
def peaks(campus):
    """Ten months of daily peaks at Physics that end today."""
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for place in range(304):
        day = today - timedelta(days=place)
        campus.rollup(
            PHYSICS,
            1440,
            int(day.astimezone(UTC).timestamp()),
            energy_kwh=1000.0,
            peak_kw=100.0 + day.day,
        )
        campus.rollup(
            PHYSICS, 60, int(day.astimezone(UTC).timestamp()), energy_kwh=40.0
        )
    return campus


def limit(campus, limit_kw):
    with campus.database.write() as connection:
        connection.execute(
            update(schema.node)
            .where(schema.node.c.id == campus.nodes[PHYSICS])
            .values(connection_limit_kw=limit_kw)
        )


def test_capacity_tells_peaks_to_come_headroom_and_when_the_limit_is_met(viewer, peaks):
    limit(peaks, 140.0)
    answer = viewer.get(CAPACITY, query_string={"node": PHYSICS}).json
    assert answer["limit_kw"] == 140.0
    assert answer["headroom_kw"] == pytest.approx(140 - 131)
    assert 9 <= sum(month["is_whole"] for month in answer["months"]) <= 10
    assert len(answer["ahead"]) == 24
    first = answer["ahead"][0]
    assert first["low_kw"] < first["likely_kw"] < first["high_kw"]
    assert 0 < first["exceeds_limit"] < 0.5
    by = {each["probability_percent"]: each["month"] for each in answer["exceeded_by"]}
    assert by[10] < by[50] <= (by[90] or "9999-12")
    growth = answer["growth_percent_per_year"]
    assert growth["low"] < growth["likely"] < growth["high"]


def test_without_months_capacity_says_why(viewer, campus):
    answer = viewer.get(CAPACITY).json
    assert answer["node"] == "campus"
    assert answer["why_none"] == "3 whole months are needed; there are 0"
    assert (answer["ahead"], answer["limit_kw"]) == ([], None)


def test_the_answers_are_as_the_document_says(viewer, stranger, found, peaks):
    from jsonschema import Draft202012Validator

    document = stranger.get("/api/v1/openapi.json").json
    asked = {
        MAINTENANCE: MAINTENANCE,
        CAPACITY: f"{CAPACITY}?node={PHYSICS}",
        f"{MAINTENANCE}/findings/{{id}}": f"{MAINTENANCE}/findings/{found}",
    }
    for path, url in asked.items():
        responses = document["paths"][path]["get"]["responses"]
        said = responses["200"]["content"]["application/json"]["schema"]
        wanted = {**said, "components": document["components"]}
        Draft202012Validator(wanted).validate(viewer.get(url).json)
