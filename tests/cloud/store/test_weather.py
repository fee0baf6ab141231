import numpy as np
import pytest

from cloud.domain.weather import HOUR_S, VALUES, Weather, named, place
from cloud.store import weather

DAY_S = 86_400
NOW_S = 1_790_000_000 // HOUR_S * HOUR_S


def hours(first_s, celsius, **others):
    start_s = first_s + HOUR_S * np.arange(len(celsius))
    values = np.full((len(VALUES), len(celsius)), np.nan)
    for name, row in {"temperature_c": celsius, **others}.items():
        values[VALUES.index(name)] = row
    return Weather(start_s, values)


@pytest.fixture
def pune(database):
    with database.write() as connection:
        return weather.place_of(connection, "simulator", "18.50,73.90").id


def test_a_place_is_known_by_its_degrees_to_two_places():
    assert place(18.5204, 73.8567).name == "18.52,73.86"
    assert place(-0.0001, 0.0).name == "0.00,0.00"
    assert named("-33.87,151.21").name == "-33.87,151.21"


def test_hours_come_back_as_they_were_kept_and_later_words_count(database, pune):
    with database.write() as connection:
        weather.keep_hours(
            connection, pune, hours(NOW_S, [20, np.nan, 22], global_w_m2=[0, 1, 2])
        )
        weather.keep_hours(connection, pune, hours(NOW_S + HOUR_S, [21.5]))
        kept = weather.hours(connection, pune, NOW_S, NOW_S + 3 * HOUR_S)
    np.testing.assert_array_equal(kept["temperature_c"], [20, 21.5, 22])
    np.testing.assert_array_equal(kept["global_w_m2"], [0, np.nan, 2])
    assert np.isnan(kept["wind_10m_ms"]).all()


def test_places_do_not_share_their_hours(database, pune):
    with database.write() as connection:
        other = weather.place_of(connection, "simulator", "0.00,0.00").id
        weather.keep_hours(connection, pune, hours(NOW_S, [20]))
        assert not len(weather.hours(connection, other, 0, 2 * NOW_S))


def test_each_forecast_is_kept_with_when_it_was_issued(database, pune):
    with database.write() as connection:
        weather.keep_forecast(connection, pune, NOW_S, hours(NOW_S, [20, 21]))
        later = NOW_S + 1800
        weather.keep_forecast(connection, pune, later, hours(NOW_S, [20, 23]))
        issued_s, kept = weather.forecasts(connection, pune, NOW_S, NOW_S + DAY_S)
    assert issued_s.tolist() == [NOW_S, later, NOW_S, later]
    assert kept["temperature_c"].tolist() == [20, 20, 21, 23]


def test_a_forecast_that_says_the_same_again_is_not_kept_twice(database, pune):
    with database.write() as connection:
        for minute in (0, 30):
            weather.keep_forecast(
                connection, pune, NOW_S + 60 * minute, hours(NOW_S, [20, np.nan])
            )
        issued_s, _ = weather.forecasts(connection, pune, NOW_S, NOW_S + DAY_S)
    assert issued_s.tolist() == [NOW_S, NOW_S]


def test_earlier_forecasts_fill_only_hours_nobody_forecast(database, pune):
    with database.write() as connection:
        weather.keep_forecast(connection, pune, NOW_S - 60, hours(NOW_S + HOUR_S, [30]))
        weather.keep_earlier_forecasts(
            connection, pune, DAY_S, hours(NOW_S, [20, 21, 22])
        )
        issued_s, kept = weather.forecasts(connection, pune, NOW_S, NOW_S + DAY_S)
    assert kept["temperature_c"].tolist() == [20, 30, 22]
    assert issued_s.tolist() == [
        NOW_S - DAY_S,
        NOW_S - 60,
        NOW_S + 2 * HOUR_S - DAY_S,
    ]


def test_what_is_kept_stays_bounded(database, pune):
    old_s = NOW_S - 1000 * DAY_S
    with database.write() as connection:
        weather.keep_hours(connection, pune, hours(NOW_S - 1099 * DAY_S, [1.0]))
        weather.keep_hours(connection, pune, hours(old_s, [2.0]))
        weather.keep_forecast(connection, pune, old_s, hours(old_s, [2.0]))
        weather.forget(connection, pune, NOW_S)
        kept = weather.hours(connection, pune, 0, NOW_S)
        issued_s, _ = weather.forecasts(connection, pune, 0, NOW_S)
    assert kept["temperature_c"].tolist() == [2.0]
    assert not len(issued_s)


def test_of_settled_forecasts_the_last_in_six_hours_is_kept_for_each_hour(
    database, pune
):
    first_s = NOW_S // weather.THIN_S * weather.THIN_S - 10 * DAY_S
    with database.write() as connection:
        for half_hour in range(48):
            issued_s = first_s + 1800 * half_hour
            ahead = issued_s // HOUR_S * HOUR_S
            drawn = 20 + half_hour + np.arange(72.0)
            weather.keep_forecast(connection, pune, issued_s, hours(ahead, drawn))
        newest_s = NOW_S - HOUR_S
        weather.keep_forecast(connection, pune, newest_s, hours(NOW_S, [1.0] * 72))
        weather.forget(connection, pune, NOW_S)
        weather.forget(connection, pune, NOW_S)
        issues_s, kept = weather.forecasts(connection, pune, 0, NOW_S + 9 * DAY_S)
    settled = issues_s < newest_s
    assert (~settled).sum() == 72
    ages_s = (kept.start_s - issues_s)[settled]
    assert ages_s.max() <= 36 * HOUR_S
    for start_s in np.unique(kept.start_s[settled]):
        blocks = issues_s[settled & (kept.start_s == start_s)] // weather.THIN_S
        assert len(set(blocks.tolist())) == len(blocks)
    last_s = first_s + 1800 * 47
    assert (issues_s == last_s).sum() == 37


def test_a_place_remembers_its_failures_until_it_answers(database, pune):
    with database.write() as connection:
        for minute in (1, 2):
            weather.note_failure(connection, pune, NOW_S + 60 * minute, "no answer")
        (row,) = weather.places(connection)
        assert (row.failures, row.error, row.next_s) == (2, "no answer", NOW_S + 120)
        weather.note_answer(connection, pune, NOW_S, NOW_S + 1800)
        (row,) = weather.places(connection)
    assert (row.failures, row.error, row.answered_s) == (0, None, NOW_S)
    assert row.past_s is None


def test_the_source_that_answered_last_speaks_for_a_place(database, pune):
    with database.write() as connection:
        other = weather.place_of(connection, "open_meteo", "18.50,73.90").id
        weather.note_answer(connection, pune, NOW_S, NOW_S)
        assert weather.known_place(connection, "18.50,73.90").id == pune
        weather.note_answer(connection, other, NOW_S + 1, NOW_S)
        assert weather.known_place(connection, "18.50,73.90").id == other
        assert weather.known_place(connection, "1.00,1.00") is None
