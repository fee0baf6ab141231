import numpy as np
import pytest

from cloud.analytics.climatology import FEWEST_DAYS, climatology
from cloud.domain.weather import HOUR_S, VALUES, Weather

DAY_S = 86_400
NOON_S = 20_000 * DAY_S + 12 * HOUR_S
TEMPERATURE = VALUES.index("temperature_c")


def weather(start_s, celsius):
    values = np.full((len(VALUES), len(start_s)), np.nan)
    values[TEMPERATURE] = celsius
    return Weather(np.asarray(start_s, dtype=np.int64), values)


def usual(past, start_s=NOON_S):
    mean, spread = climatology(past, np.array([start_s]))
    return mean["temperature_c"][0], spread[TEMPERATURE, 0]


def test_the_same_hour_of_the_days_around_says_what_is_usual():
    days = NOON_S - DAY_S * np.arange(1, 11)
    other_hour = days + HOUR_S
    celsius = np.arange(10.0)
    past = weather(
        np.sort(np.concatenate((days, other_hour))), np.repeat(celsius[::-1], 2)
    )
    mean, spread = usual(past)
    assert mean == pytest.approx(4.5)
    assert spread == pytest.approx(np.std(celsius, ddof=1))


def test_days_of_earlier_years_count_and_other_seasons_do_not():
    year_s = round(365.2425) * DAY_S
    last_year = NOON_S - year_s + DAY_S * np.arange(-3, 4)
    summer = NOON_S - year_s // 2 + DAY_S * np.arange(-3, 4)
    past = weather(np.concatenate((last_year, summer)), [5.0] * 7 + [30.0] * 7)
    assert usual(past) == (5.0, 0.0)


def test_too_few_days_say_nothing():
    days = NOON_S - DAY_S * np.arange(1, FEWEST_DAYS)[::-1]
    assert np.isnan(usual(weather(days, [20.0] * len(days)))).all()


def test_a_wider_window_is_asked_where_the_near_days_are_too_few():
    days = np.sort(NOON_S - DAY_S * np.array([1, 2, 15, 16, 17]))
    assert usual(weather(days, [1.0, 1.0, 1.0, 2.0, 2.0]))[0] == pytest.approx(1.4)


def test_what_nobody_measured_has_no_usual_value():
    mean, _ = climatology(
        weather(NOON_S - DAY_S * np.arange(9, 0, -1), [20.0] * 9), np.array([NOON_S])
    )
    assert np.isnan(mean["global_w_m2"][0])
