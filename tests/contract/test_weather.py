import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.weather import HOUR_S, SiteWeather, Temperatures, blended, temperatures

NOON_S = 1_700_049_600
CELSIUS = st.lists(
    st.one_of(
        st.just(float("nan")), st.floats(-60, 50).map(lambda c: float(round(c, 2)))
    ),
    max_size=60,
)


def weather(measured=(), forecast=(), issued_s=NOON_S + 600, source="open_meteo"):
    return SiteWeather(
        source,
        issued_s,
        temperatures(NOON_S - len(measured) * HOUR_S, measured),
        temperatures(NOON_S, forecast),
    )


@given(CELSIUS, CELSIUS)
def test_weather_arrives_as_it_was_sent(measured, forecast):
    sent = weather(measured, forecast)
    came = SiteWeather.from_bytes(sent.to_bytes())
    assert (came.source, came.issued_s) == (sent.source, sent.issued_s)
    for one, other in (
        (came.measured, sent.measured),
        (came.forecast, sent.forecast),
    ):
        assert one.start_s == other.start_s
        np.testing.assert_array_equal(one.temperature_c, other.temperature_c)


def test_the_newest_hour_that_is_over_comes_first():
    known = weather(measured=[1.0, 2.0, 3.0])
    np.testing.assert_array_equal(known.measured_c(NOON_S, 4), [3.0, 2.0, 1.0, np.nan])
    np.testing.assert_array_equal(
        known.measured_c(NOON_S + 2700, 2), known.measured_c(NOON_S, 2)
    )
    np.testing.assert_array_equal(known.measured_c(NOON_S + HOUR_S, 2), [np.nan, 3.0])


@given(st.integers(0, 3), CELSIUS)
def test_what_was_measured_later_is_never_told(quarter, later):
    at_s = NOON_S + quarter * 900
    before = weather(measured=[1.0, 2.0])
    after = SiteWeather(
        "open_meteo",
        before.issued_s,
        temperatures(before.measured.start_s, [1.0, 2.0, *later]),
        before.forecast,
    )
    np.testing.assert_array_equal(before.measured_c(at_s, 5), after.measured_c(at_s, 5))


def test_where_no_word_comes_for_hours_the_forecast_stands_for_what_was():
    known = weather(measured=[1.0, 2.0], forecast=[10.0, 14.0, 18.0])
    later_s = NOON_S + 3 * HOUR_S
    np.testing.assert_array_equal(
        known.measured_c(later_s, 5), [18.0, 14.0, 10.0, 2.0, 1.0]
    )
    np.testing.assert_array_equal(
        weather(forecast=[10.0]).measured_c(NOON_S + HOUR_S, 2), [10.0, np.nan]
    )


def test_an_hour_that_begins_between_two_takes_its_share_of_both():
    known = weather(forecast=[10.0, 14.0, 18.0])
    np.testing.assert_allclose(known.forecast_c(NOON_S + 900, 2), [11.0, 15.0])
    assert np.isnan(known.forecast_c(NOON_S + 900, 3)[2])


def test_a_whole_hour_needs_nothing_of_the_one_after_it():
    np.testing.assert_array_equal(
        blended(np.array([10.0, 14.0, np.nan]), 0), [10.0, 14.0]
    )


def test_nothing_is_known_before_the_forecast_was_made():
    assert np.isnan(weather(forecast=[10.0] * 30).forecast_c(NOON_S, 5)).all()


def test_climatology_says_so():
    assert weather(source="climatology").is_climatology
    assert not weather().is_climatology


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": 2}, "format"),
        ({"source": 1}, "source"),
        ({"issued_s": None}, "issued_s"),
        ({"measured": {}}, "start_s"),
        ({"measured": {"start_s": 7, "temperature_c": []}}, "whole hour"),
        ({"measured": {"start_s": 0, "temperature_c": [1] * 401}}, "400"),
        ({"forecast": {"start_s": 0, "temperature_c": [61]}}, "°C"),
        ({"forecast": {"start_s": 0, "temperature_c": ["1"]}}, "°C"),
        ({"forecast": {"start_s": 0, "temperature_c": [True]}}, "°C"),
        ({"forecast": {"start_s": 0, "temperature_c": [float("nan")]}}, "°C"),
    ],
    ids=str,
)
def test_malformed_weather_is_refused_with_the_field(change, word):
    raw = json.loads(weather([1.0], [2.0]).to_bytes()) | change
    with pytest.raises(ValueError, match=word):
        SiteWeather.from_bytes(json.dumps(raw).encode())


def test_hours_outside_are_unknown():
    hours = Temperatures(NOON_S, np.array([1.0]))
    np.testing.assert_array_equal(
        hours.between(NOON_S - HOUR_S, 3), [np.nan, 1.0, np.nan]
    )
