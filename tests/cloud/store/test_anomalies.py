from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from cloud.domain.anomaly import State, Verdict
from cloud.store import anomalies, anomaly_feedback, campus, phases
from cloud.store.anomalies import Told, Wanted
from cloud.store.anomaly_feedback import FeedbackRow
from cloud.store.campus import NodeValues

KOLKATA = ZoneInfo("Asia/Kolkata")


def s(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=KOLKATA).timestamp())


@pytest.fixture
def nodes(database):
    with database.write() as connection:
        values = NodeValues("site", "Campus", timezone="Asia/Kolkata")
        site = campus.add_node(connection, "campus", None, values)
        return [
            campus.add_node(
                connection, f"campus/{slug}", site, NodeValues("building", slug)
            )
            for slug in ("hall", "hall-2")
        ]


@pytest.fixture
def kept(database, nodes):
    """Keep an anomaly and return its id."""

    def keep(start, end=None, kind="night_load", node=0):
        start_s = s(start)
        end_s = None if end is None else s(end)
        known_s = start_s + 86_400 if end_s is None else end_s
        told = Told(
            kind, start_s, end_s, known_s, known_s, 5.0, 1.5, "INR", 0.8, "Lo.", "{}"
        )
        with database.write() as connection:
            anomalies.add(connection, nodes[node], told)
            return anomalies.of_node(connection, nodes[node])[-1].id

    return keep


@pytest.fixture
def say(database):
    def to(anomaly_id, verdict, at_s=1, note=None):
        with database.write() as connection:
            said = FeedbackRow(at_s, "Ann", verdict.value, note)
            anomaly_feedback.give(connection, anomaly_id, said)

    return to


@pytest.fixture
def ask(database):
    def with_connection(what, *arguments):
        with database.read() as connection:
            return what(connection, *arguments)

    return with_connection


def test_they_are_found_by_place_time_kind_and_state(kept, ask, say):
    first = kept("2026-03-02T22:00", "2026-03-03T06:00")
    second = kept("2026-03-05T22:00")
    other = kept("2026-03-02T10:00", "2026-03-02T12:00", "spike", node=1)
    say(first, Verdict.EXPECTED)

    def ids(**wanted):
        return [row.id for row in ask(anomalies.found, Wanted(**wanted))]

    assert ids() == [second, first, other]
    assert ids(path="campus/hall") == [second, first]  # not hall-2
    assert ids(path="campus") == [second, first, other]
    assert ids(kind="spike") == [other]
    assert ids(state="dismissed") == [first]
    assert ids(span_s=(s("2026-03-03T06:00"), s("2026-03-05T22:00"))) == []
    assert ids(span_s=(s("2026-03-03T05:00"), s("2026-03-09T00:00"))) == [second, first]


@pytest.mark.parametrize("verdict", Verdict)
def test_the_state_follows_the_newest_verdict(kept, ask, say, verdict):
    number = kept("2026-03-02T22:00", "2026-03-03T06:00")
    say(number, Verdict.CONFIRMED)
    say(number, verdict, 2, "why")
    assert ask(anomalies.one, number).state == verdict.state
    assert ask(anomaly_feedback.verdicts, [number]) == {number: verdict.value}
    newest, _ = ask(anomaly_feedback.given, number)
    assert newest == FeedbackRow(2, "Ann", verdict.value, "why")


def test_only_what_nobody_spoke_of_can_be_withdrawn(database, kept, ask, say):
    open_one, judged = kept("2026-03-02T22:00"), kept("2026-03-05T22:00")
    say(judged, Verdict.CONFIRMED)
    with database.write() as connection:
        for each in (open_one, judged):
            anomalies.withdraw(connection, each)
    assert ask(anomalies.one, open_one) is None
    assert ask(anomalies.one, judged).state == State.CONFIRMED


def test_holidays_are_the_local_days_of_which_four_hours_are_covered(
    kept, ask, say, nodes
):
    say(kept("2026-03-02T22:00", "2026-03-03T06:00"), Verdict.HOLIDAY)
    say(kept("2026-03-05T20:00", "2026-03-07T03:00"), Verdict.HOLIDAY)
    say(kept("2026-03-09T10:00", "2026-03-09T11:00", "spike"), Verdict.HOLIDAY)
    say(kept("2026-03-11T22:00", "2026-03-12T06:00"), Verdict.CONFIRMED)
    assert ask(anomaly_feedback.feedback_holidays, nodes[0]) == {
        date(2026, 3, 3),
        date(2026, 3, 5),
        date(2026, 3, 6),
        date(2026, 3, 9),
    }
    assert ask(anomaly_feedback.feedback_holidays, nodes[1]) == frozenset()


def test_a_verdict_that_was_changed_counts_no_more(kept, ask, say, nodes):
    number = kept("2026-03-02T22:00", "2026-03-03T06:00")
    say(number, Verdict.HOLIDAY)
    say(number, Verdict.CONFIRMED)
    assert ask(anomaly_feedback.feedback_holidays, nodes[0]) == frozenset()
    span = s("2026-03-02T22:00"), s("2026-03-03T06:00")
    assert ask(anomaly_feedback.confirmed_spans, nodes[0]) == [span]


def test_doubts_are_counted_by_kind_less_what_was_confirmed(kept, ask, say, nodes):
    verdicts = [Verdict.EXPECTED, Verdict.NOT_AN_ANOMALY, Verdict.CONFIRMED]
    for day, verdict in enumerate([*verdicts, Verdict.HOLIDAY], 2):
        say(kept(f"2026-03-{day:02}T22:00", f"2026-03-{day:02}T23:00"), verdict)
    say(kept("2026-03-09T10:00", "2026-03-09T11:00", "spike"), Verdict.CONFIRMED)
    assert ask(anomaly_feedback.doubts, nodes[0], 0) == {"night_load": 1}
    assert ask(anomaly_feedback.doubts, nodes[0], s("2026-03-08T00:00")) == {}


def test_hours_of_phases_are_kept_and_forgotten(database, ask, nodes):
    with database.write() as connection:
        phases.put(connection, nodes[0], 7200, {"l1_v": 230.0, "l3_a": 4.0})
        phases.put(connection, nodes[0], 7200, {"l1_v": 231.0})
        phases.put(connection, nodes[0], 3600, {"l1_v": 229.0})
        phases.forget(connection, nodes[0], 7200)
    hours = ask(phases.hours, nodes[0])
    assert hours.start_s.tolist() == [7200]
    assert hours.values[0, 0] == 231.0
    assert ask(phases.newest_s, nodes[0]) == 7200
    assert ask(phases.newest_s, nodes[1]) is None
