"""From what is in the database to findings and alerts, night by night."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from cloud.domain.finding import FindingState
from cloud.maintenance import job
from cloud.maintenance.keeping import dismiss
from cloud.store import alerts, assets, findings, queue
from tests.cloud.maintenance.house import CHILLER, FIRST, PHYSICS, night

SUBJECT = f"{PHYSICS}/chiller"
DAYS, ONSET = 300, 250


@pytest.fixture
def lived(house):
    """A chiller that cools what the weather and office hours ask, worse from a day."""

    def lived(worse=0.0, days=DAYS):
        [kept] = house.stand(CHILLER)
        outdoor_c, hour = house.temperature(days), np.arange(24 * days)
        noise = np.repeat(np.random.default_rng(1).normal(1, 0.03, days), 24)
        office = (hour % 24 > 7) & (hour % 24 < 18) & (hour // 24 % 7 != 4)
        load = 1.0 + 0.4 * np.maximum(outdoor_c - 5, 0) * (0.5 + 0.5 * office)
        grown = np.where(hour // 24 >= ONSET, 1 + worse, 1.0)
        house.rolled_up(
            days,
            ac_kwh=load * noise * grown,
            energy_kwh=2 * load,
            occupancy_rate=office.astype(float),
        )
        return kept

    return lived


def caught_up(database, now):
    """Let the job be done until it has nothing more to gather; return its notes."""
    notes = []
    while True:
        notes.append(job.maintain_at(database, SUBJECT, now))
        if not notes[-1].startswith("its days until"):
            return notes


def kept_findings(database, kept):
    with database.read() as connection:
        return findings.of_asset(connection, kept.id)


def test_a_drift_becomes_a_finding_and_an_alert_within_30_days(database, lived):
    kept = lived(worse=0.2)
    caught_up(database, night(ONSET))
    assert kept_findings(database, kept) == []
    notes = caught_up(database, night(ONSET + 30))
    assert notes[-1].endswith("1 findings that go on")
    [row] = kept_findings(database, kept)
    assert row.state == FindingState.OPEN
    assert "Chiller has taken" in row.told.sentence
    assert row.told.change_percent == pytest.approx(20, abs=4)
    evidence = json.loads(row.told.evidence)
    assert evidence["series"][-1]["date"] == str(FIRST + timedelta(days=ONSET + 29))
    with database.read() as connection:
        [alert] = alerts.found(connection, only_open=True)
    assert alert.kind == job.KIND
    assert alert.node_path == PHYSICS
    assert alert.message == row.told.sentence


def test_a_finding_goes_on_under_its_own_number(database, lived):
    kept = lived(worse=0.2)
    caught_up(database, night(ONSET + 20))
    [before] = kept_findings(database, kept)
    caught_up(database, night(ONSET + 40))
    [after] = kept_findings(database, kept)
    assert after.id == before.id
    assert after.told.known_s > before.told.known_s


def test_a_dismissed_finding_stays_dismissed_and_its_alert_ends(database, lived):
    kept = lived(worse=0.2)
    caught_up(database, night(ONSET + 20))
    [row] = kept_findings(database, kept)
    assert dismiss(database, row.id, 0)
    assert not dismiss(database, 99, 0)
    caught_up(database, night(ONSET + 25))
    [row] = kept_findings(database, kept)
    assert row.state == FindingState.DISMISSED
    with database.read() as connection:
        assert alerts.found(connection, only_open=True) == []


def test_a_serviced_machine_learns_anew(database, house, lived):
    lived(worse=0.2)
    caught_up(database, night(ONSET + 20))
    day = str(FIRST + timedelta(days=ONSET + 5))
    [kept] = house.stand(CHILLER | {"serviced": day})
    caught_up(database, night(ONSET + 25))
    assert kept_findings(database, kept) == []
    with database.read() as connection:
        assert alerts.found(connection, only_open=True) == []
        [kept] = assets.assets(connection)
    assert "four weeks" in json.loads(kept.condition)["why_none"]


def test_what_is_missing_is_said(database, house):
    [kept] = house.stand(CHILLER)
    assert job.maintain_at(database, SUBJECT, night(9)).startswith("nothing has been")
    house.rolled_up(60, ac_kwh=np.ones(60 * 24), energy_kwh=np.ones(60 * 24))
    assert "outdoor temperature is not known" in caught_up(database, night(60))[-1]
    assert job.maintain_at(database, "campus/gone", night(1)) == (
        "there is no such asset any more"
    )
    assert kept_findings(database, kept) == []


def test_days_are_gathered_a_month_at_a_time(database, lived):
    kept = lived(days=80)
    assert job.maintain_at(database, SUBJECT, night(80)) == (
        f"its days until {FIRST + timedelta(days=job.AT_ONCE - 1)}"
    )
    caught_up(database, night(80))
    with database.read() as connection:
        days = assets.days(connection, kept.id, 0)
    assert len(days) == 80
    assert all(figures["electricity_kwh"] for _, figures in days)


def test_each_asset_is_due_once_a_night_and_while_days_are_missing(database, lived):
    lived(days=80)
    plan = job.MaintenancePlan()

    def due(now):
        with database.write() as connection:
            return plan.queue_due(connection, int(now.timestamp()))

    def done():
        with database.write() as connection:
            taken = queue.take(connection, 2**40)
            queue.finish(connection, taken, 1, None)
        return taken.subject

    assert due(night(79)) == 1
    assert due(night(79)) == 0
    assert done() == SUBJECT
    job.maintain_at(database, SUBJECT, night(79))
    assert due(night(79)) == 1  # more days are to be gathered
    done()
    caught_up(database, night(79))
    assert due(night(79)) == 0
    assert due(night(80)) == 1


def test_a_day_of_25_hours_is_one_day(database, lived):
    kept = lived(days=DAYS)
    caught_up(database, night(DAYS))
    with database.read() as connection:
        days = assets.days(connection, kept.id, 0)
    starts = [start for start, _ in days]
    assert sorted(set(np.diff(starts))) == [23 * 3600, 24 * 3600, 25 * 3600]
    longest = days[int(np.argmax(np.diff(starts)))]
    assert datetime.fromtimestamp(longest[0], UTC).date() == date(2025, 10, 25)
    assert len(longest[1]["outdoor_c"]) == 24
