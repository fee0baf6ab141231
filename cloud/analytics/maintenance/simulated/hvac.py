"""Machines that cool or heat a building, drawn at random."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from cloud.analytics.maintenance.hvac import HvacDays
from cloud.analytics.maintenance.robust import Bools, Floats
from cloud.analytics.maintenance.simulated.weather import (
    YEAR,
    Weather,
    missing_days,
    wandering,
)

_INDOOR_C = 22.0


@dataclass(frozen=True, slots=True)
class Machine:
    """What is drawn for one machine.

    Attributes:
        ua_kw_k: Heat through the envelope.
        gains_kw: Heat of people and devices at full use.
        cools, heats: What it does.
        carnot: Its COP as a share of the ideal one.
        fans: Electricity of fans and pumps, as a share of its greatest.
    """

    ua_kw_k: float
    gains_kw: float
    cools: bool
    heats: bool
    carnot: float
    fans: float
    is_metered: bool


def machine(rng: Generator) -> Machine:
    """Return a machine of a room's size to a campus chiller's."""
    does = rng.integers(3)
    ua_kw_k = float(np.exp(rng.uniform(np.log(0.5), np.log(40.0))))
    return Machine(
        ua_kw_k,
        ua_kw_k * rng.uniform(3.0, 10.0),
        cools=bool(does != 1),
        heats=bool(does != 0),
        carnot=rng.uniform(0.3, 0.5),
        fans=rng.uniform(0.02, 0.12),
        is_metered=bool(rng.random() < 0.5),
    )


def lived(
    rng: Generator, made: Machine, weather: Weather, worse: Floats
) -> tuple[HvacDays, Bools]:
    """Return what was measured of a machine, and the days it really worked.

    Args:
        worse: Electricity of the compressor as a multiple, for each day.
    """
    count = len(weather)
    used = _used(rng, count)
    heat_kw = _heat(rng, made, weather, used)
    cop = _cop(made, weather.temperature_c, heat_kw)
    noise = np.exp(wandering(rng, count, 0.5, rng.uniform(0.01, 0.04)))
    compressor = np.abs(heat_kw) / cop * (worse * noise)[:, None]
    fans = made.fans * np.quantile(compressor, 0.98) * (0.3 + 0.7 * used)
    heat_kwh = np.abs(heat_kw).sum(axis=1)
    electricity_kwh = (compressor + fans).sum(axis=1)
    busy = heat_kwh > 0.1 * np.quantile(heat_kwh, 0.95)
    return _measured(rng, made, weather, (electricity_kwh, heat_kwh, used)), busy


def _used(rng: Generator, count: int) -> Floats:
    """Return how much of the building is in use, for each day and hour."""
    weekday = (np.arange(count) + rng.integers(7)) % 7
    begins, ends = rng.integers(6, 10), rng.integers(16, 23)
    hours = ((np.arange(24) >= begins) & (np.arange(24) < ends)).astype(float)
    level = np.where(weekday < 5, rng.uniform(0.6, 1.0), rng.uniform(0.0, 0.4))
    level = level * np.clip(1 + wandering(rng, count, 0.6, 0.1), 0.5, 1.3)
    for _ in range(rng.poisson(12 * count / YEAR)):
        level[int(rng.integers(count))] = rng.uniform(0.0, 0.2)  # a holiday
    for _ in range(rng.poisson(2 * count / YEAR)):
        begin = int(rng.integers(count))
        level[begin : begin + int(rng.integers(5, 16))] *= rng.uniform(0.2, 0.6)
    made: Floats = np.clip(level, 0.0, 1.0)[:, None] * hours[None, :]
    return made


def _heat(rng: Generator, made: Machine, weather: Weather, used: Floats) -> Floats:
    """Return heat to be delivered in each hour, in kW; cold is negative."""
    sun = made.gains_kw * 0.3 * weather.clearness[:, None]
    damp = 1 + np.clip(wandering(rng, len(weather), 0.7, 0.06), -0.2, 0.2)
    gain = (made.gains_kw * used + sun) * damp[:, None]
    through = made.ua_kw_k * (weather.temperature_c - _INDOOR_C)
    free = 2.0 * made.ua_kw_k  # nobody minds two kelvins
    excess = _slowed(through + gain, rng.uniform(2.0, 20.0))
    cold = np.maximum(excess - free, 0.0) * made.cools
    warm = np.maximum(-excess - free, 0.0) * made.heats
    set_back = 0.4 + 0.6 * (used > 0)
    heat: Floats = (warm - cold) * set_back
    return heat


def _slowed(heat_kw: Floats, hours: float) -> Floats:
    """Return what a building with this time constant passes on."""
    passed = np.empty(heat_kw.size)
    value = float(heat_kw[0].mean())
    for hour, heat in enumerate(heat_kw.ravel()):
        value += (heat - value) / hours
        passed[hour] = value
    return passed.reshape(heat_kw.shape)


def _cop(made: Machine, outdoor_c: Floats, heat_kw: Floats) -> Floats:
    """Return the COP: a share of Carnot's, less at part load."""
    cooling = (7.0 + 273.15) / np.maximum(outdoor_c + 12.0 - 7.0, 12.0)
    heating = (45.0 + 273.15) / np.maximum(45.0 + 5.0 - outdoor_c, 12.0)
    ideal = np.where(heat_kw < 0, cooling, heating)
    largest = max(float(np.quantile(np.abs(heat_kw), 0.98)), 1e-9)
    part = 0.75 + 0.25 * np.clip(np.abs(heat_kw) / largest, 0.0, 1.0)
    cop: Floats = np.clip(made.carnot * ideal * part, 1.2, 9.0)
    return cop


def _measured(
    rng: Generator,
    made: Machine,
    weather: Weather,
    truth: tuple[Floats, Floats, Floats],
) -> HvacDays:
    """Return what counters, of their resolution, and sensors say of the truth."""
    electricity_kwh, heat_kwh, used = truth
    count = len(weather)
    step_kwh = float(rng.choice([0.01, 0.1, 1.0]))
    heat_step_kwh = float(rng.choice([0.1, 1.0, 10.0])) if made.ua_kw_k > 5 else 0.1
    heat = np.exp(rng.normal(0, 0.015, count)) * heat_kwh
    occupied = np.clip(used * 1.2, 0.0, 1.0)
    if rng.random() < 0.5:  # a timetable, which knows nothing of who came
        occupied = (used > 0.3).astype(float)
    outdoor_c = weather.temperature_c + wandering(rng, count, 0.5, 0.3)[:, None]
    nobody = np.full(count, np.nan)
    found = HvacDays(
        _counted(electricity_kwh, step_kwh),
        _counted(heat, heat_step_kwh) if made.is_metered else nobody,
        outdoor_c + rng.normal(0, 0.5, outdoor_c.shape),
        occupied,
    )
    found.electricity_kwh[missing_days(rng, count)] = np.nan
    return found


def _counted(energy_kwh: Floats, step_kwh: float) -> Floats:
    """Return daily energy from a counter of whole steps."""
    count = np.floor(np.cumsum(energy_kwh) / step_kwh) * step_kwh
    return np.diff(count, prepend=0.0)
