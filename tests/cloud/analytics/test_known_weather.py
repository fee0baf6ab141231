import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.known_weather import forecast_c, measured_c
from cloud.domain.weather import HOUR_S, VALUES, Weather
from contract.weather import SiteWeather, temperatures

NOON_S = 1_790_000_000 // HOUR_S * HOUR_S
CELSIUS = st.floats(-20, 40)
ISSUES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(-40, 40), CELSIUS),
    min_size=1,
    max_size=60,
    unique_by=lambda drawn: drawn[:2],
)
"""Hours ahead of noon, quarter hours at which it was said, what was said."""


def weather(start_s, celsius):
    values = np.full((len(VALUES), len(start_s)), np.nan)
    values[VALUES.index("temperature_c")] = celsius
    return Weather(np.asarray(start_s, dtype=np.int64), values)


def issued(drawn):
    rows = sorted((NOON_S + HOUR_S * h, NOON_S + 900 * q, c) for h, q, c in drawn)
    start_s, issued_s, celsius = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return issued_s, weather(start_s, celsius)


@given(ISSUES, st.integers(-10, 10))
def test_of_each_hour_the_newest_word_that_was_out_by_then_counts(drawn, quarter):
    at_s = np.array([NOON_S + 900 * quarter])
    first_s = int(at_s[0]) // HOUR_S * HOUR_S
    found = forecast_c(*issued(drawn), at_s // HOUR_S * HOUR_S, 12)[0]
    for lead in range(12):
        start_s = first_s + HOUR_S * lead
        said = [
            (q, c)
            for h, q, c in drawn
            if NOON_S + HOUR_S * h == start_s and NOON_S + 900 * q <= first_s
        ]
        if said:
            assert found[lead] == max(said)[1]
        else:
            assert np.isnan(found[lead])


@given(ISSUES, ISSUES, st.integers(-10, 10))
def test_nothing_said_after_an_instant_changes_what_was_known_then(
    before, after, quarter
):
    at_s = np.array([NOON_S + 900 * quarter])
    known = [d for d in before if NOON_S + 900 * d[1] <= at_s[0]]
    later = [d for d in after if NOON_S + 900 * d[1] > at_s[0]]
    if known:
        np.testing.assert_array_equal(
            forecast_c(*issued(known), at_s), forecast_c(*issued(known + later), at_s)
        )


@given(st.lists(CELSIUS, min_size=1, max_size=30), st.integers(0, 119))
def test_hours_that_are_not_over_are_not_known(celsius, quarter):
    hours = weather(NOON_S + HOUR_S * np.arange(len(celsius)), celsius)
    at_s = NOON_S + 900 * quarter
    over = hours.take(hours.start_s + HOUR_S <= at_s)
    np.testing.assert_array_equal(
        measured_c(hours, np.array([at_s])), measured_c(over, np.array([at_s]))
    )


def test_a_gateway_and_training_see_the_same_rows():
    rng = np.random.default_rng(3)
    past, ahead = rng.normal(20, 5, 200), rng.normal(20, 5, 40)
    told = SiteWeather(
        "simulator",
        NOON_S,
        temperatures(NOON_S - 200 * HOUR_S, past),
        temperatures(NOON_S, ahead),
    )
    hours = weather(NOON_S - HOUR_S * np.arange(200, 0, -1), past)
    forecasts = weather(NOON_S + HOUR_S * np.arange(40), ahead)
    issues_s = np.full(40, NOON_S)
    at_s = NOON_S + np.array([0, 900, 2700])
    measured = measured_c(hours, at_s)
    leads = forecast_c(issues_s, forecasts, at_s)
    for row, instant in enumerate(at_s.tolist()):
        np.testing.assert_array_equal(measured[row], told.measured_c(instant))
        np.testing.assert_array_equal(leads[row], told.forecast_c(instant))


def test_without_any_forecast_nothing_is_known():
    nothing = np.empty(0, dtype=np.int64), Weather.nothing()
    assert np.isnan(forecast_c(*nothing, np.array([NOON_S]))).all()
    assert forecast_c(*nothing, np.empty(0, dtype=np.int64)).shape == (0, 24)
    assert np.isnan(measured_c(Weather.nothing(), np.array([NOON_S]))).all()
