import json

import numpy as np
import pytest

from cloud import campus_file
from cloud.domain.weather import HOUR_S
from cloud.facts import weather as facts
from cloud.store import weather as kept
from cloud.store.queue import PutOffError
from cloud.weather.fetching import LONGEST_PAUSE_S, Fetching

DAY_S = 24 * HOUR_S
NOW_S = 1_790_000_000 // DAY_S * DAY_S + 10 * HOUR_S + 1200
PUNE = "18.50,73.90"
EVERY_S = 1800


@pytest.fixture
def campus(database):
    sites = [
        {"slug": slug, "name": slug, "timezone": "Asia/Kolkata"} | where
        for slug, where in {
            "campus": {"latitude": 18.5, "longitude": 73.9},
            "grounds": {"latitude": 18.501, "longitude": 73.899},
            "nowhere": {},
        }.items()
    ]
    text = json.dumps({"format": 1, "sites": sites})
    campus_file.bring_in(database, campus_file.parse(text))
    return database


@pytest.fixture
def fetching(provider):
    return Fetching(provider, EVERY_S, drawn=lambda: 0.0)


def due(database, fetching, now_s):
    with database.write() as connection:
        return fetching.queue_due(connection, now_s)


def place(database):
    with database.read() as connection:
        (row,) = kept.places(connection)
    return row


def test_sites_at_one_place_are_asked_for_once_and_others_not_at_all(campus, fetching):
    assert due(campus, fetching, NOW_S) == 1
    assert due(campus, fetching, NOW_S) == 0, "one job at a time"


def test_without_a_place_nothing_is_asked(database, fetching, server):
    assert due(database, fetching, NOW_S) == 0
    assert not server.asked


def test_what_comes_is_kept_as_what_was_and_what_will_be(campus, fetching):
    assert fetching.fetch(campus, PUNE, NOW_S) is None
    with campus.read() as connection:
        ahead = facts.expected(connection, "campus", NOW_S, 24)
        before = facts.observed(connection, "grounds", NOW_S - 5 * HOUR_S, 5)
    assert (ahead.source, ahead.issued_s) == ("open_meteo", NOW_S)
    assert ahead.hours["temperature_c"][:2].tolist() == [10.5, 11.5]
    assert before["temperature_c"].tolist() == [5.5, 6.5, 7.5, 8.5, 9.5]


def test_a_place_is_left_alone_for_half_an_hour(campus, fetching, server):
    fetching.fetch(campus, PUNE, NOW_S)
    assert "asked lately" in fetching.fetch(campus, PUNE, NOW_S + EVERY_S - 1)
    assert len(server.asked) == 1
    fetching.fetch(campus, PUNE, NOW_S + EVERY_S)
    assert len(server.asked) == 2


def test_the_past_is_asked_for_once_after_the_first_forecast(campus, fetching, server):
    for n in range(4):
        fetching.fetch(campus, PUNE, NOW_S + n * EVERY_S)
    assert ["start_date" in query for _, query in server.asked] == [
        False,
        True,
        False,
        False,
    ]
    at_s = np.array([NOW_S - 10 * DAY_S])
    with campus.read() as connection:
        measured_c, forecast_c = facts.known_temperatures(connection, "campus", at_s)
    assert np.isfinite(measured_c).all()
    assert np.isfinite(forecast_c).all()
    hour = at_s[0] % DAY_S // HOUR_S
    share = at_s[0] % HOUR_S / HOUR_S
    assert forecast_c[0, 0] == pytest.approx(hour + share + 1.0)
    assert measured_c[0, 0] == hour - 0.5


def test_failures_wait_longer_each_time_and_say_why(campus, fetching, server):
    well = server.answer
    server.answer = lambda handler, _query: handler.send_error(500)
    now_s, pauses_s = NOW_S, []
    for _ in range(6):
        with pytest.raises(PutOffError, match="answers 500") as caught:
            fetching.fetch(campus, PUNE, now_s)
        pauses_s.append(caught.value.until_s - now_s)
        now_s = caught.value.until_s
    assert pauses_s == [1800, 3600, 7200, 14400, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    assert place(campus).failures == 6
    assert "500" in place(campus).error
    server.answer, server.now_s = well, now_s
    fetching.fetch(campus, PUNE, now_s)
    assert (place(campus).failures, place(campus).error) == (0, None)


def test_a_source_that_asks_for_longer_is_given_longer(campus, fetching, server):
    def asked_too_often(handler, _query):
        handler.send_response(429)
        handler.send_header("Retry-After", "40000")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer = asked_too_often
    with pytest.raises(PutOffError) as caught:
        fetching.fetch(campus, PUNE, NOW_S)
    assert caught.value.until_s == NOW_S + 40000


def test_clouds_do_not_ask_in_step(campus, provider):
    late = Fetching(provider, EVERY_S, drawn=lambda: 1.0)
    late.fetch(campus, PUNE, NOW_S)
    assert place(campus).next_s == NOW_S + round(1.2 * EVERY_S)


def test_a_bad_answer_leaves_what_was_known(campus, fetching, server):
    fetching.fetch(campus, PUNE, NOW_S)
    server.spoil = lambda document: document | {"latitude": 80.0}
    with pytest.raises(PutOffError, match="not the place"):
        fetching.fetch(campus, PUNE, NOW_S + 3 * EVERY_S)
    with campus.read() as connection:
        ahead = facts.expected(connection, "campus", NOW_S + 3 * EVERY_S, 24)
    assert ahead.issued_s == NOW_S


def test_after_an_outage_more_days_are_asked_for(campus, fetching, server):
    fetching.fetch(campus, PUNE, NOW_S)
    server.now_s = NOW_S + 6 * DAY_S
    fetching.fetch(campus, PUNE, server.now_s)
    assert server.asked[-1][1]["past_days"] == "8"
