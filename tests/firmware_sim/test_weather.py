import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from firmware_sim import replay_weather
from firmware_sim.replay_csv import ReplayError
from firmware_sim.solar import AZIMUTH, CAPACITY_KW, EFFICIENCY, PUNE, TILT, SolarArray
from firmware_sim.sun import Irradiance, on_plane, sun_at
from firmware_sim.warmth import outdoor_c
from firmware_sim.weather import HOUR_S, UNITS, TwinWeather
from firmware_sim.weather_forecast import Forecaster
from firmware_sim.weather_server import QueryError, WeatherServer

NOW_S = 1_790_000_000 // HOUR_S * HOUR_S
DAY_S = 24 * HOUR_S
PAST = NOW_S - HOUR_S * np.arange(30 * 24)[::-1]
QUERY = {
    "latitude": "18.5",
    "longitude": "73.9",
    "hourly": "temperature_2m,shortwave_radiation",
    "timeformat": "unixtime",
    "wind_speed_unit": "ms",
}


def error(before_s, name="temperature_2m"):
    forecaster = Forecaster(TwinWeather(7), 7)
    true = forecaster.weather.told(PAST)[name]
    wrong = forecaster.told_before(PAST, NOW_S, before_s)[name]
    return float(np.sqrt(np.mean((wrong - true) ** 2)))


def test_it_is_as_warm_as_the_rooms_see_it():
    at_s = NOW_S + 1800  # a whole hour in Pune, half past in UTC
    local = datetime.fromtimestamp(at_s, ZoneInfo("Asia/Kolkata"))
    told = TwinWeather(7).told(np.array([at_s]))
    assert told["temperature_2m"][0] == outdoor_c(7, local, 1)[0]


def test_the_sun_that_is_told_is_what_the_roof_makes_power_of():
    told = TwinWeather(7).told(PAST)
    roof = SolarArray(7)
    made, falling = [], []
    for place, at_s in enumerate(PAST.tolist()):
        minutes = [datetime.fromtimestamp(at_s - 60 * m, UTC) for m in range(60)]
        made.append(np.mean([roof.power_kw(at) for at in minutes]))
        sky = Irradiance(
            told["shortwave_radiation"][place],
            told["direct_normal_irradiance"][place],
            told["diffuse_radiation"][place],
        )
        falling.append(on_plane(sun_at(PUNE, minutes[30]), sky, TILT, AZIMUTH))
    expected = CAPACITY_KW * EFFICIENCY * np.array(falling) / 1000
    apart = np.abs(np.array(made) - expected)[np.array(falling) > 50]
    assert np.mean(apart) < 0.02 * CAPACITY_KW


def test_the_parts_of_the_irradiance_add_up():
    told = TwinWeather(7).told(PAST)
    at_noon = [
        place for place, at_s in enumerate(PAST.tolist()) if at_s % DAY_S == 7 * HOUR_S
    ]
    for place in at_noon:
        sun = sun_at(PUNE, datetime.fromtimestamp(int(PAST[place]) - 1800, UTC))
        direct = told["direct_normal_irradiance"][place] * np.cos(sun.zenith)
        total = told["shortwave_radiation"][place]
        assert direct + told["diffuse_radiation"][place] == pytest.approx(
            total, rel=0.03
        )


def test_a_forecast_is_less_sure_the_further_ahead_it_reaches():
    errors = [error(hours * HOUR_S) for hours in (1, 12, 24, 72)]
    assert errors == sorted(errors)
    assert errors[0] < 0.6
    assert 0.6 < errors[2] < 1.3
    assert error(72 * HOUR_S, "wind_speed_10m") > error(HOUR_S, "wind_speed_10m")


def test_the_same_seed_errs_in_the_same_way():
    one, other = (Forecaster(TwinWeather(7), 7).told(PAST, NOW_S) for _ in range(2))
    for name in UNITS:
        np.testing.assert_array_equal(one[name], other[name])
    at_s = NOW_S + HOUR_S * np.arange(1, 48)
    drawn = [
        Forecaster(TwinWeather(7), seed).told(at_s, NOW_S)["temperature_2m"]
        for seed in (7, 8)
    ]
    assert (drawn[0] != drawn[1]).all()


def test_what_is_over_is_told_as_it_was_and_what_is_not_made_yet_is_unknown():
    forecaster = Forecaster(TwinWeather(7), 7)
    true = forecaster.weather.told(PAST)
    np.testing.assert_array_equal(
        forecaster.told(PAST, NOW_S)["wind_speed_10m"], true["wind_speed_10m"]
    )
    late = NOW_S + DAY_S + HOUR_S * np.arange(-1, 2)
    before = forecaster.told_before(late, NOW_S, DAY_S)["temperature_2m"]
    assert np.isfinite(before).tolist() == [True, True, False]


def told(now_s=NOW_S, **changes):
    server = WeatherServer(Forecaster(TwinWeather(7), 7))
    return server.told(QUERY | changes, now_s)


def test_days_are_whole_and_stamped_in_utc():
    answer = told(past_days="2", forecast_days="3")
    stamps = answer["hourly"]["time"]
    assert len(stamps) == 5 * 24
    assert stamps[0] == NOW_S // DAY_S * DAY_S - 2 * DAY_S
    assert answer["hourly_units"] == {
        "time": "unixtime",
        "temperature_2m": "°C",
        "shortwave_radiation": "W/m²",
    }
    dated = told(start_date="2026-03-01", end_date="2026-03-01", timeformat="iso8601")
    assert dated["hourly"]["time"][1] == "2026-03-01T01:00"
    assert json.loads(json.dumps(dated, allow_nan=False)) == dated


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"latitude": "52.5"}, "latitude: the simulated weather is at 18.5"),
        ({"longitude": "x"}, "longitude"),
        ({"hourly": "snow"}, "no variable 'snow'"),
        ({"wind_speed_unit": "kn"}, "wind_speed_unit"),
        ({"past_days": "-1"}, "past_days"),
        ({"past_days": "400", "forecast_days": "16"}, "days"),
        ({"start_date": "2026-03-01"}, "end_date"),
        ({"start_date": "yesterday", "end_date": "2026-03-01"}, "start_date"),
    ],
    ids=str,
)
def test_a_question_it_cannot_answer_is_refused_with_words(changes, words):
    with pytest.raises(QueryError, match=words):
        told(**changes)


def weather_file(tmp_path, *rows):
    path = tmp_path / "weather.csv"
    path.write_text("\n".join(["timestamp_utc,temp_c,wind_ms", *rows, ""]))
    return path


def test_a_replay_tells_what_its_file_says_and_nothing_else(tmp_path):
    rows = "2017-01-01T05:00:00Z,-2.8,4.1", "2017-01-01T07:00:00Z,,"
    weather = replay_weather.load(weather_file(tmp_path, *rows), (42.46, -76.49))
    first_s = int(datetime(2017, 1, 1, 4, tzinfo=UTC).timestamp())
    known = weather.told(first_s + HOUR_S * np.arange(5))
    np.testing.assert_array_equal(
        known["temperature_2m"], [np.nan, -2.8, np.nan, np.nan, np.nan]
    )
    assert known["wind_speed_10m"][1] == 4.1
    assert np.isnan(known["shortwave_radiation"]).all()
    later = weather.later(7 * DAY_S * 1000)
    assert (
        later.told(np.array([first_s + HOUR_S + 7 * DAY_S]))["temperature_2m"] == -2.8
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no hours"),
        (["2017-01-01T05:00:00Z,cold,1"], "weather.csv:2: temp_c"),
        (["2017-01-01T05:00:00Z,1,-1"], "weather.csv:2: wind_ms"),
        (["2017-01-01T05:30:00Z,1,1"], "whole UTC hour"),
        (["2017-01-01T05:00:00Z,1,1"] * 2, "does not ascend"),
    ],
    ids=str,
)
def test_what_is_wrong_in_a_weather_file_is_named(tmp_path, rows, words):
    with pytest.raises(ReplayError, match=words):
        replay_weather.load(weather_file(tmp_path, *rows), (0.0, 0.0))
