"""Days of weather that could have been."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator

from cloud.analytics.maintenance.robust import Bools, Floats

YEAR: Final = 365
_HOURS: Final = np.arange(24)
_SOLAR_CONSTANT: Final = 1.361


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather of consecutive days.

    Attributes:
        temperature_c: Of each hour, one row for each day.
        clearness: Share of the sunlight above the air that comes through.
        sunlight_kwh_m2: On the plane of an array, of each day. [kWh/m²]
        rain_mm: Of each day.
    """

    temperature_c: Floats
    clearness: Floats
    sunlight_kwh_m2: Floats
    rain_mm: Floats

    def __len__(self) -> int:
        return len(self.clearness)


def weather(rng: Generator, days: int, measured_c: Floats | None = None) -> Weather:
    """Return `days` days, of a climate drawn at random.

    Args:
        measured_c: Measured temperature, one row of 24 hours for each day; it is used
            in place of a drawn one, from a random day on and again from its start.
    """
    season = np.cos(2 * np.pi * (np.arange(days) + rng.integers(YEAR)) / YEAR)
    clearness = _clearness(rng, days)
    if measured_c is None:
        hourly_c = _temperature(rng, season, clearness)
    else:
        begin = int(rng.integers(len(measured_c)))
        hourly_c = np.resize(np.roll(measured_c, -begin, axis=0), (days, 24))
        hourly_c = hourly_c + wandering(rng, days, 0.7, 1.5)[:, None]
    rain = (clearness < 0.4) & (rng.random(days) < rng.uniform(0.2, 0.6))
    length = 1 - 0.35 * season * rng.uniform(0.2, 1.0)
    return Weather(
        hourly_c,
        clearness,
        7.5 * _SOLAR_CONSTANT * length * clearness,
        np.where(rain, rng.exponential(6.0, days), 0.0),
    )


def wandering(rng: Generator, days: int, rho: float, deviation: float) -> Floats:
    """Return a series whose neighbours are alike, with this deviation."""
    shocks = rng.normal(0.0, deviation * np.sqrt(1 - rho**2), days)
    values = np.empty(days)
    value = rng.normal(0.0, deviation)
    for day in range(days):
        value = rho * value + shocks[day]
        values[day] = value
    return values


def missing_days(rng: Generator, days: int) -> Bools:
    """Return which days nobody heard of: single ones, and outages of up to a week."""
    lost: Bools = rng.random(days) < rng.uniform(0.0, 0.05)
    for _ in range(rng.poisson(1.5 * days / YEAR)):
        begin = int(rng.integers(days))
        lost[begin : begin + int(rng.integers(2, 8))] = True
    return lost


def _temperature(rng: Generator, season: Floats, clearness: Floats) -> Floats:
    mean_c, swing_c = rng.choice([(27.0, 5.0), (18.0, 9.0), (10.0, 13.0)])
    daily_c = mean_c + rng.normal(0, 1.5) - swing_c * season
    daily_c = daily_c + wandering(rng, len(season), 0.75, rng.uniform(1.5, 4.0))
    swing = (2.0 + 8.0 * clearness)[:, None]
    shape = np.cos(2 * np.pi * (_HOURS - 15) / 24)[None, :]
    made: Floats = daily_c[:, None] + swing * shape
    return made


def _clearness(rng: Generator, days: int) -> Floats:
    wander = wandering(rng, days, 0.4, 0.2)
    mean = rng.uniform(0.4, 0.62)
    clear: Floats = np.clip(mean + wander, 0.08, 0.75)
    return clear
