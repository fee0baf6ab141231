import json
from datetime import date, datetime, timedelta

import pytest

from cloud import config, jobs
from cloud.anomalies.feedback import Feedback, give
from cloud.anomalies.watching import KIND, AnomalyPlan
from cloud.domain.anomaly import State, Verdict
from cloud.facts.anomaly.known import factor, watched
from cloud.facts.anomaly.told import UnknownAnomalyError
from cloud.facts.tree import tree
from cloud.store import queue
from tests.cloud.anomalies.conftest import BERLIN, NOW, left_on, usual_kw

THURSDAY, FRIDAY = date(2026, 3, 19), date(2026, 3, 20)
HOUR = timedelta(hours=1)


def s(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def without(first, last):
    """A load of which nothing is known from `first` to before `last`."""

    def kw(at):
        return None if s(first) <= at.timestamp() < s(last) else usual_kw(at)

    return kw


def test_a_night_is_kept_with_its_size_its_cost_and_a_sentence(measured, look):
    measured(left_on(THURSDAY))
    (row,) = look()
    told = row.told
    assert (row.node_path, told.kind, row.state) == (
        "campus/hall",
        "night_load",
        "open",
    )
    assert (told.start_s, told.end_s) == (s("2026-03-18T22:00"), s("2026-03-19T06:00"))
    assert told.found_s == s("2026-03-19T12:00")
    assert told.size_kwh == pytest.approx(8 * 20, rel=0.1)
    assert told.cost == pytest.approx(0.3 * told.size_kwh, abs=0.01)
    assert told.currency == "EUR"
    assert told.sentence.startswith("Something was left on in the night to Thu 19 Mar")
    assert json.loads(told.evidence)["nights"] == 1
    assert 0.5 <= told.confidence <= 1


def test_looking_again_changes_nothing(measured, look):
    measured(left_on(THURSDAY))
    assert look() == look()


def test_an_episode_that_goes_on_stays_one_row_and_ends(measured, look):
    measured(left_on(THURSDAY, FRIDAY))
    (first,) = look(NOW - timedelta(days=1))
    assert first.told.end_s is None
    (second,) = look(NOW)
    assert second.id == first.id
    assert second.told.start_s == first.told.start_s
    assert second.told.found_s == first.told.found_s
    assert second.told.size_kwh == pytest.approx(2 * first.told.size_kwh, rel=0.1)
    measured(usual_kw, start=NOW - HOUR, until=NOW + timedelta(days=3))
    (third,) = look(NOW + timedelta(days=3))
    assert third.id == first.id
    assert third.told.end_s == s("2026-03-20T06:00")


def test_a_gap_goes_on_until_readings_come_and_is_withdrawn_when_they_fill_it(
    measured, look
):
    gap = "2026-03-20T03:00", "2026-03-20T12:00"
    measured(without(*gap))
    (row,) = look()
    assert (row.told.kind, row.told.end_s) == ("missing", None)
    measured(usual_kw, start=NOW - timedelta(hours=10))
    assert look() == []


def test_what_somebody_spoke_of_is_not_withdrawn_but_ended(database, measured, look):
    measured(without("2026-03-20T03:00", "2026-03-20T12:00"))
    (row,) = look()
    give(database, row.id, Feedback(Verdict.CONFIRMED, "Ann"), 1)
    measured(usual_kw, start=NOW - timedelta(hours=10))
    (kept,) = look()
    assert kept.state == State.CONFIRMED
    assert kept.told.end_s == kept.told.known_s


def test_an_hour_that_is_known_in_part_is_not_known(measured, look):
    measured(usual_kw, coverage=0.5)
    assert look() == []


def test_a_node_that_has_been_silent_for_a_month_is_left_alone(measured, look):
    measured(usual_kw, until=NOW - timedelta(days=29))
    assert look() == []


def test_a_holiday_is_a_closed_day_from_then_on(database, measured, look):
    measured(left_on(THURSDAY))
    (row,) = look()
    give(database, row.id, Feedback(Verdict.HOLIDAY, "Ann"), 1)
    with database.read() as connection:
        node = tree(database, connection).find("campus/hall")
        found = watched(database, connection, node, NOW)
    assert found.watch.calendar.closed == {THURSDAY}
    assert found.watch.factors == {}


def test_doubt_makes_the_next_alike_one_harder_to_tell(database, measured, look):
    measured(left_on(THURSDAY, more_kw=6.5))
    (row,) = look()
    give(database, row.id, Feedback(Verdict.EXPECTED, "Ann"), 1)
    later = NOW + timedelta(days=5)
    alike = left_on(date(2026, 3, 24), more_kw=6.5)
    measured(alike, start=NOW - HOUR, until=later)
    (kept,) = look(later)
    assert (kept.id, kept.state) == (row.id, State.DISMISSED)
    give(database, row.id, Feedback(Verdict.CONFIRMED, "Ann"), 2)
    assert [each.told.kind for each in look(later)] == ["night_load", "night_load"]


def test_the_threshold_rises_by_a_quarter_each_time_up_to_twice():
    assert [factor(n) for n in (0, 1, 2, 4, 40)] == [1.0, 1.25, 1.5, 2.0, 2.0]


def test_feedback_on_what_does_not_exist_is_refused(database, hall):
    with pytest.raises(UnknownAnomalyError, match="no anomaly 7"):
        give(database, 7, Feedback(Verdict.CONFIRMED, "Ann"), 1)


def test_each_site_is_looked_at_once_an_hour(database, hall):
    plan = AnomalyPlan()

    def queued(at_s):
        with database.write() as connection:
            count = plan.queue_due(connection, at_s)
            taken = queue.take(connection, at_s)
            if taken is not None:
                queue.finish(connection, taken, at_s, None)
            return count

    settled = s("2026-03-20T12:05")
    assert [queued(settled + each) for each in (0, 60, 3500, 3600, 3700)] == [
        1,
        0,
        0,
        1,
        0,
    ]


def test_the_worker_knows_the_job(tmp_path):
    assert KIND in jobs.work(config.load(tmp_path)).kinds
