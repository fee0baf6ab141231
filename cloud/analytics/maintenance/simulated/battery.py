"""Batteries drawn at random: how they are used, what their meters and BMS say."""

import numpy as np
from numpy.random import Generator

from cloud.analytics.maintenance.battery import LEAST_SWING, BatteryDays
from cloud.analytics.maintenance.robust import Bools, Floats
from cloud.analytics.maintenance.simulated.weather import (
    YEAR,
    Weather,
    missing_days,
    wandering,
)


def lived(rng: Generator, weather: Weather, left: Floats) -> tuple[BatteryDays, Bools]:
    """Return what was measured of a battery, and the days it was cycled.

    Args:
        left: Share of the capacity that a fault leaves, for each day.
    """
    count = len(weather)
    rated_kwh = float(np.exp(rng.uniform(np.log(8.0), np.log(2000.0))))
    inside_c = 20.0 + rng.uniform(0.1, 0.8) * (weather.temperature_c.mean(axis=1) - 20)
    cold = 1 - rng.uniform(0.002, 0.006) * np.maximum(20.0 - inside_c, 0.0)
    aged = 1 - rng.uniform(0.01, 0.035) * np.arange(count) / YEAR
    capacity_kwh = rated_kwh * cold * aged * left
    swing = np.clip(rng.uniform(0.3, 0.85) + wandering(rng, count, 0.3, 0.15), 0.0, 1.6)
    swing[rng.random(count) < rng.uniform(0.0, 0.15)] = 0.02
    kept = np.diff(np.cumsum(rng.normal(0, 0.02, count)), prepend=0.0)
    out = np.sqrt(rng.uniform(0.82, 0.94)) - 0.002 * np.maximum(20 - inside_c, 0) / 10
    noise = np.exp(rng.normal(0, rng.uniform(0.003, 0.012), (2, count)))
    charged_kwh = capacity_kwh * (swing + kept) / out * noise[0]
    discharged_kwh = capacity_kwh * swing * out * noise[1]
    gained, lost = _told(rng, np.stack((swing + kept, swing)))
    step_kwh = 0.1 if rated_kwh > 100 else 0.01
    charged_kwh, discharged_kwh = (
        np.floor(np.maximum(each, 0.0) / step_kwh) * step_kwh
        for each in (charged_kwh, discharged_kwh)
    )
    discharged_kwh[missing_days(rng, count)] = np.nan
    temperature_c = inside_c + rng.normal(0, 0.5, count)
    if rng.random() < 0.3:
        temperature_c = np.full(count, np.nan)
    days = BatteryDays(charged_kwh, discharged_kwh, gained, lost, temperature_c)
    return days, swing >= LEAST_SWING


def _told(rng: Generator, swings: Floats) -> Floats:
    """Return swings as a BMS says them: in whole percent, and not quite right."""
    wrong = np.exp(wandering(rng, swings.shape[1], 0.6, rng.uniform(0.005, 0.02)))
    step = float(rng.choice([0.001, 0.01]))
    told: Floats = np.maximum(np.round(swings * wrong / step) * step, 0.0)
    return told
