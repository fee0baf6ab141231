import json

import numpy as np
import pytest

from cloud.domain.weather import place
from cloud.weather import http
from cloud.weather.open_meteo import OpenMeteo
from cloud.weather.provider import WeatherError

HOUR_S = 3600
DAY_S = 24 * HOUR_S
NOW_S = 1_790_000_000 // DAY_S * DAY_S + 10 * HOUR_S + 1200
PUNE = place(18.5204, 73.8567)


def spoiled(server, change):
    def spoil(document):
        change(document)
        return document

    server.spoil = spoil


def test_hours_are_means_over_what_is_told_of_their_ends(provider):
    answer = provider.ask(PUNE, NOW_S, 2)
    first = answer.over.start_s[0]
    assert first == NOW_S // DAY_S * DAY_S - 2 * DAY_S
    assert answer.over["temperature_c"][:3].tolist() == [0.5, 1.5, 2.5]
    assert answer.over["global_w_m2"][:2].tolist() == pytest.approx(
        [100 / 23, 200 / 23]
    )
    assert answer.over["wind_80m_ms"][0] == 3.0


def test_the_hour_that_runs_belongs_to_the_forecast(provider):
    answer = provider.ask(PUNE, NOW_S, 2)
    assert answer.over.start_s[-1] == NOW_S // HOUR_S * HOUR_S - HOUR_S
    assert answer.ahead.start_s[0] == NOW_S // HOUR_S * HOUR_S
    assert len(answer.ahead) >= 72


def test_a_server_whose_day_has_ended_already_is_believed(provider, server):
    server.now_s = NOW_S // DAY_S * DAY_S + DAY_S
    answer = provider.ask(PUNE, server.now_s - 2, 2)
    assert answer.ahead.start_s[0] == server.now_s - HOUR_S


def test_the_question_names_place_units_and_time(provider, server):
    provider.ask(PUNE, NOW_S, 500)
    ((path, query),) = server.asked
    assert path == "/v1/forecast"
    assert (query["latitude"], query["longitude"]) == ("18.52", "73.86")
    assert query["past_days"] == "92"
    assert query["wind_speed_unit"] == "ms"
    assert (query["timezone"], query["timeformat"]) == ("GMT", "unixtime")
    assert "apikey" not in query


def test_customers_send_their_key(server):
    OpenMeteo("open_meteo", server.url, server.url, "k1").ask(PUNE, NOW_S, 1)
    assert server.asked[0][1]["apikey"] == "k1"


def test_the_past_comes_with_what_was_forecast_a_day_before(provider):
    from_s = NOW_S // HOUR_S * HOUR_S - 50 * HOUR_S
    past = provider.ask_past(PUNE, from_s, from_s + 30 * HOUR_S)
    assert past.over.start_s[0] == from_s
    assert len(past.over) == len(past.day_before) == 30
    apart = past.day_before["temperature_c"] - past.over["temperature_c"]
    np.testing.assert_allclose(apart, 0.5)
    assert np.isnan(past.over["wind_80m_ms"]).all()


def test_empty_hours_of_the_past_are_left_out(provider, server):
    def empty(document):
        column = document["hourly"]["temperature_2m"]
        column[5:8] = [None] * 3

    spoiled(server, empty)
    from_s = NOW_S // DAY_S * DAY_S - 5 * DAY_S
    past = provider.ask_past(PUNE, from_s, from_s + DAY_S)
    assert len(past.over) == 24 - 4
    assert len(past.day_before) == 24


def set_in(*path, to):
    def change(document):
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_in("hourly_units", "temperature_2m", to="°F"), "temperature_2m.*°C"),
        (set_in("hourly_units", "wind_speed_10m", to="km/h"), "wind_speed_10m.*m/s"),
        (set_in("hourly_units", "time", to="iso8601"), "unixtime"),
        (set_in("utc_offset_seconds", to=19800), "utc_offset_seconds"),
        (set_in("latitude", to=19.2), "not the place"),
        (set_in("longitude", to=-73.86), "not the place"),
        (set_in("hourly", "temperature_2m", to=[1.0]), "one value for each hour"),
        (set_in("hourly", "temperature_2m", 90, to=None), "hours ahead are empty"),
        (set_in("hourly", "temperature_2m", 90, to=300.0), "outside of -90 to 60"),
        (set_in("hourly", "temperature_2m", 90, to="warm"), "temperature_2m.90"),
        (set_in("hourly", "temperature_2m", 90, to=float("nan")), "temperature_2m"),
        (set_in("hourly", "cloud_cover", 3, to=-5), "cloud_cover.*outside"),
        (set_in("hourly", "time", 5, to=0), "missing or out of order"),
        (set_in("hourly", "time", 5, to=None), "whole hours"),
        (set_in("hourly", "time", to=[]), "whole hours"),
        (lambda d: d["hourly"].pop("temperature_2m"), "one value for each hour"),
        (lambda d: d.pop("hourly"), "hourly"),
        (
            lambda d: [
                column.__delitem__(slice(100, None)) for column in d["hourly"].values()
            ],
            "not all hours",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_cannot_be_trusted_is_refused_with_words(
    provider, server, change, words
):
    spoiled(server, change)
    with pytest.raises(WeatherError, match=words):
        provider.ask(PUNE, NOW_S, 2)


def test_other_values_may_be_unknown(provider, server):
    spoiled(server, set_in("hourly", "cloud_cover", 60, to=None))
    answer = provider.ask(PUNE, NOW_S, 2)
    assert np.isnan(answer.ahead["cloud_percent"]).sum() == 2


def sends(status, body, **headers):
    def answer(handler, _query):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sends(200, b"<!DOCTYPE html><html>Sign in</html>"), "not JSON.*DOCTYPE"),
        (sends(200, b""), "not JSON"),
        (sends(200, b"{]"), "the answer"),
        (sends(200, b"\xff\xfe{"), "not JSON"),
        (sends(200, b" " * (http.LARGEST + 1)), "more than"),
        (sends(500, b"oops"), "answers 500"),
        (sends(503, b"", Retry_After="60"), "answers 503"),
        (
            sends(400, json.dumps({"error": True, "reason": "no such place"}).encode()),
            "answers 400: no such place",
        ),
        (sends(302, b"", Location="http://192.0.2.1/"), "moved to.*WEATHER_URL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_server_that_answers_badly_is_named_with_what_it_did(
    provider, server, answer, words
):
    server.answer = answer
    with pytest.raises(WeatherError, match=words):
        provider.ask(PUNE, NOW_S, 2)


def test_a_server_that_wants_to_be_left_alone_says_how_long(provider, server):
    server.answer = sends(429, b"", Retry_After="7200")
    with pytest.raises(WeatherError, match="too often") as caught:
        provider.ask(PUNE, NOW_S, 2)
    assert caught.value.wait_s == 7200
    server.answer = sends(429, b"", Retry_After="Wed, 21 Oct 2099 07:28:00 GMT")
    with pytest.raises(WeatherError) as caught:
        provider.ask(PUNE, NOW_S, 2)
    assert caught.value.wait_s == http.LONGEST_WAIT_S
    server.answer = sends(429, b"", Retry_After="soon")
    with pytest.raises(WeatherError) as caught:
        provider.ask(PUNE, NOW_S, 2)
    assert caught.value.wait_s == 0


def test_half_an_answer_is_none(provider, server):
    def half(handler, query):
        body = json.dumps(server.document(query)).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])

    server.answer = half
    with pytest.raises(WeatherError, match="stopped in the middle"):
        provider.ask(PUNE, NOW_S, 2)


def test_a_server_that_hangs_up_at_once_does_not_answer(provider, server):
    server.answer = lambda handler, _query: handler.connection.close()
    with pytest.raises(WeatherError, match="does not answer"):
        provider.ask(PUNE, NOW_S, 2)


def test_a_server_that_keeps_silent_is_given_up(server):
    server.answer = lambda _handler, _query: server.stop.wait(20)
    with pytest.raises(WeatherError, match="does not answer"):
        http.get(server.url, {}, patience_s=0.1)


def test_a_server_that_drips_is_given_up(server):
    def drip(handler, _query):
        handler.send_response(200)
        handler.end_headers()
        while not server.stop.wait(0.02):
            handler.wfile.write(b" ")

    server.answer = drip
    with pytest.raises(WeatherError, match="too slow"):
        http.get(server.url, {}, patience_s=5.0, deadline_s=0.2)


def test_where_nobody_listens_there_is_no_answer():
    gone = OpenMeteo("open_meteo", "http://127.0.0.1:9", "http://127.0.0.1:9", "k1")
    with pytest.raises(WeatherError, match="does not answer") as caught:
        gone.ask(PUNE, NOW_S, 2)
    assert "k1" not in str(caught.value)
