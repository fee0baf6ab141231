"""The simulator's weather, asked for over HTTP as the real one is."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pytest

from cloud.domain.weather import HOUR_S, place
from cloud.weather.open_meteo import OpenMeteo
from cloud.weather.provider import WeatherError
from firmware_sim.truth_server import TruthServer
from firmware_sim.weather import TwinWeather
from firmware_sim.weather_forecast import Forecaster
from firmware_sim.weather_server import WeatherServer

PUNE = place(18.5, 73.9)


def asked(question: Callable[[OpenMeteo], object]):
    async def run():
        server = TruthServer(None, WeatherServer(Forecaster(TwinWeather(7), 7)))
        url = await server.start()
        try:
            provider = OpenMeteo("simulator", url, url)
            return await asyncio.to_thread(question, provider)
        finally:
            await server.stop()

    return asyncio.run(run())


def test_it_answers_the_same_client():
    now_s = int(time.time())
    answer = asked(lambda provider: provider.ask(PUNE, now_s, 7))
    assert len(answer.over) > 6 * 24
    assert len(answer.ahead) > 3 * 24
    for weather in (answer.over, answer.ahead):
        assert np.isfinite(weather.values).all()
    true = TwinWeather(7).told(answer.over.start_s + HOUR_S)["shortwave_radiation"]
    np.testing.assert_allclose(answer.over["global_w_m2"], true, atol=0.01)


def test_its_past_comes_with_what_was_forecast_a_day_before():
    to_s = int(time.time()) // HOUR_S * HOUR_S
    past = asked(
        lambda provider: provider.ask_past(PUNE, to_s - 92 * 24 * HOUR_S, to_s)
    )
    assert len(past.over) == len(past.day_before) == 92 * 24
    apart = past.day_before["temperature_c"] - past.over["temperature_c"]
    assert 0.5 < np.std(apart) < 1.5


def test_another_place_is_refused_with_its_words():
    with pytest.raises(WeatherError, match="400: latitude: the simulated weather"):
        asked(lambda provider: provider.ask(place(50.0, 8.0), int(time.time()), 1))
