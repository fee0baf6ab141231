"""Solar arrays drawn at random, with dirt, rain, snow and sensors of their own."""

import numpy as np
from numpy.random import Generator

from cloud.analytics.maintenance.pv import PvDays
from cloud.analytics.maintenance.robust import Bools, Floats
from cloud.analytics.maintenance.simulated.weather import (
    YEAR,
    Weather,
    missing_days,
    wandering,
)


def lived(
    rng: Generator, weather: Weather, left: Floats, *, is_sensed: bool
) -> tuple[PvDays, Bools]:
    """Return what was measured of an array, and the days with enough sun to tell.

    Args:
        left: Share of the output that a fault leaves, for each day.
    """
    count = len(weather)
    rated_kw = float(np.exp(rng.uniform(np.log(3.0), np.log(600.0))))
    sun, outdoor_c = weather.sunlight_kwh_m2, weather.temperature_c.mean(axis=1)
    warm = 1 - rng.uniform(0.003, 0.0045) * (outdoor_c + 3.2 * sun - 25.0)
    dim = 1 - rng.uniform(0.0, 0.08) * np.exp(-sun / 1.5)
    aged = 1 - rng.uniform(0.003, 0.012) * np.arange(count) / YEAR
    noise = np.exp(wandering(rng, count, 0.3, rng.uniform(0.01, 0.03)))
    ratio = rng.uniform(0.78, 0.9)
    clean = 1 - dirt(rng, weather, rng.uniform(0.0, 0.0012))
    made_kwh = rated_kw * sun * ratio * warm * dim * aged * noise * clean * left
    made_kwh = made_kwh * _snow(rng, weather) * _outages(rng, count)
    step_kwh = float(rng.choice([0.01, 0.1, 1.0])) if rated_kw > 30 else 0.01
    generated_kwh = np.floor(made_kwh / step_kwh) * step_kwh
    generated_kwh[missing_days(rng, count)] = np.nan
    has_rain = rng.random() < 0.5
    days = PvDays(
        generated_kwh,
        sun * _sensor(rng, count, is_sensed=is_sensed),
        outdoor_c + rng.normal(0, 0.7, count),
        weather.rain_mm if has_rain else np.full(count, np.nan),
        is_sensed,
    )
    return days, (sun > 1.0) & (outdoor_c > 1.0)


def dirt(rng: Generator, weather: Weather, per_day: float) -> Floats:
    """Return what dirt takes, as a share: it settles day by day, and rain washes."""
    lost = np.zeros(len(weather))
    value = 0.0
    for day, rain_mm in enumerate(weather.rain_mm):
        value += per_day * rng.uniform(0.3, 1.7)
        if rain_mm > 2.0:
            value *= rng.uniform(0.0, 0.4)
        value = min(value, 0.05)  # wind and dew take as much as comes
        lost[day] = value
    return lost


def _sensor(rng: Generator, count: int, *, is_sensed: bool) -> Floats:
    """Return what a sensor, or a weather service, says of a unit of sunlight."""
    if is_sensed:
        return np.exp(wandering(rng, count, 0.3, 0.015))
    season = 0.03 * np.cos(2 * np.pi * (np.arange(count) / YEAR + rng.random()))
    told: Floats = np.exp(season + wandering(rng, count, 0.2, 0.08))
    return told


def _snow(rng: Generator, weather: Weather) -> Floats:
    cold = weather.temperature_c.mean(axis=1) < -1.0
    snow = cold & (rng.random(len(weather)) < 0.3)
    left: Floats = np.where(snow, rng.uniform(0.0, 0.6, len(weather)), 1.0)
    return left


def _outages(rng: Generator, count: int) -> Floats:
    out = rng.random(count) < 0.01
    left: Floats = np.where(out, rng.uniform(0.0, 0.8, count), 1.0)
    return left
