from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from contract.timetable import SiteConfig, Slot
from contract.weather import HOUR_S, SiteWeather, temperatures
from gateway.forecaster.known import Known, Site, empty_memory
from gateway.forecaster.weather import KeptWeather

ZONE = ZoneInfo("Asia/Kolkata")
MONDAY_NINE = datetime(2026, 3, 2, 9, tzinfo=ZONE)
NINE_S = int(MONDAY_NINE.timestamp())
SLOTS = tuple(Slot(day, time(9), time(11)) for day in range(5))
CONFIG = SiteConfig(
    "v1", "Asia/Kolkata", {"room-101": SLOTS}, frozenset({date(2026, 3, 3)})
)


def known(weather=None, memory=None):
    return Known(
        NINE_S, memory or empty_memory(), weather or KeptWeather(), Site.of(CONFIG)
    )


def told(issued_s, measured=(), forecast=()):
    hour_s = issued_s // HOUR_S * HOUR_S
    return SiteWeather(
        "open_meteo",
        issued_s,
        temperatures(hour_s - len(measured) * HOUR_S, measured),
        temperatures(hour_s, forecast),
    )


def test_timetables_and_holidays_are_in_the_rows():
    origins = known().origins(np.array([NINE_S, NINE_S + 24 * HOUR_S]))
    assert origins.scheduled_rate[0, :3].tolist() == [1, 1, 0]
    assert origins.scheduled_rate[1].sum() == 0  # a holiday


def test_an_hour_is_known_when_all_its_quarters_are():
    memory = empty_memory()
    for place, load_kw in enumerate((1.0, 2.0, 3.0, 4.0, 5.0, float("nan"), 7.0, 8.0)):
        memory.put(NINE_S - 900 * (8 - place), (load_kw, 20.0 + place, 0.5))
    past = known(memory=memory).past_kw(np.array([NINE_S]), 3)
    np.testing.assert_array_equal(past, [[np.nan, 2.5, np.nan]])


def test_hours_begin_on_the_site_s_clocks():
    assert known().hour_s(NINE_S) == NINE_S
    assert known().hour_s(NINE_S + 1800) == NINE_S
    assert NINE_S % 3600 == 1800  # half an hour beside those of UTC


def test_what_was_forecast_later_is_not_known_earlier():
    weather = KeptWeather()
    weather.keep(told(NINE_S, forecast=[10.0] * 30))
    weather.keep(told(NINE_S + HOUR_S, forecast=[20.0] * 30))
    at_s = np.array([NINE_S - 60, NINE_S, NINE_S + HOUR_S])
    found = weather.forecast_c(at_s)
    assert np.isnan(found[0]).all()
    assert found[1, 0] == 10.0
    assert found[2, 0] == 20.0


def test_an_old_forecast_ends_and_what_follows_is_not_known():
    weather = KeptWeather()
    weather.keep(told(NINE_S, forecast=[10.0] * 72))
    assert np.isfinite(weather.forecast_c(np.array([NINE_S + 47 * HOUR_S]))).all()
    weeks_later = np.array([NINE_S + 21 * 24 * HOUR_S])
    assert np.isnan(weather.forecast_c(weeks_later)).all()


def test_measured_temperatures_are_put_together_over_many_answers():
    weather = KeptWeather()
    for hour in range(300):
        at_s = NINE_S + hour * HOUR_S
        weather.keep(told(at_s, measured=[float(hour % 30)]))
    newest = NINE_S + 299 * HOUR_S
    found = weather.measured_c(np.array([newest]))
    assert found[0, 0] == 299 % 30
    assert np.isfinite(found).all()


def test_the_weather_outlives_a_restart():
    weather, again = KeptWeather(), KeptWeather()
    for hour in range(5):
        weather.keep(told(NINE_S + hour * HOUR_S, [1.0, 2.0], [float(hour)] * 30))
    again.recall(*weather.to_bytes())
    at_s = NINE_S + HOUR_S * np.arange(6)
    np.testing.assert_array_equal(again.measured_c(at_s), weather.measured_c(at_s))
    np.testing.assert_array_equal(again.forecast_c(at_s), weather.forecast_c(at_s))


def test_forecasts_of_a_week_are_kept_and_no_more():
    weather = KeptWeather()
    for hour in range(400):
        weather.keep(told(NINE_S + hour * HOUR_S, forecast=[1.0] * 96))
    assert sum(map(len, weather.to_bytes())) < 100_000
    assert timedelta(seconds=HOUR_S * len(weather._issues)) == timedelta(days=8)
