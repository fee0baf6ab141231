"""The weather over the simulated campus, as it is and as it is forecast."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from firmware_sim.campus import TIMEZONE
from firmware_sim.draws import Floats, Stream, between, uniform
from firmware_sim.solar import PUNE, SolarArray
from firmware_sim.sun import clear_sky, sun_at
from firmware_sim.warmth import outdoor_c

Instants = NDArray[np.int64]

HOUR_S: Final = 3_600
RUN_S: Final = 6 * HOUR_S
"""A forecast is made so often."""
UNITS: Final = {
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "cloud_cover": "%",
    "wind_speed_10m": "m/s",
    "wind_speed_80m": "m/s",
    "shortwave_radiation": "W/m²",
    "direct_normal_irradiance": "W/m²",
    "diffuse_radiation": "W/m²",
}
"""What is told, at whole hours; irradiance is the mean of the hour before."""

_DAY_S: Final = 24 * HOUR_S
_SAMPLES_S: Final = (-3150, -2250, -1350, -450)
_SHEAR: Final = 0.2
_RISE: Final = 8.0**_SHEAR  # from 10 m to 80 m
_CALM_HOUR: Final = 3.0


class Weather(Protocol):
    """Weather that can be asked for."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""

    def told(self, at_s: Instants) -> Mapping[str, Floats]:
        """Return what was at these whole hours; NaN where nobody knows."""


class TwinWeather:
    """Pune's weather: the warmth and the sky that the campus and its roof see."""

    latitude = PUNE.latitude
    longitude = PUNE.longitude

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._roof = SolarArray(seed)
        self._zone = ZoneInfo(TIMEZONE)
        self._hour = lru_cache(maxsize=20_000)(self._hour_at)

    def told(self, at_s: Instants) -> Mapping[str, Floats]:
        """Return what was, or will be, at these whole hours."""
        rows = np.array([self._hour(at) for at in at_s.tolist()]).reshape(-1, 4).T
        temperature_c, total, direct, diffuse = rows
        wind_ms = self._wind_ms(at_s)
        open_sky = np.array([self._sky(at) for at in at_s.tolist()])
        return {
            "temperature_2m": temperature_c,
            "relative_humidity_2m": np.clip(140 - 2.9 * temperature_c, 15, 100),
            "cloud_cover": np.clip(100 * (1 - open_sky), 0, 100),
            "wind_speed_10m": wind_ms,
            "wind_speed_80m": wind_ms * _RISE,
            "shortwave_radiation": total,
            "direct_normal_irradiance": direct,
            "diffuse_radiation": diffuse,
        }

    def _hour_at(self, at_s: int) -> tuple[float, float, float, float]:
        local = datetime.fromtimestamp(at_s, self._zone)
        temperature_c = float(outdoor_c(self._seed, local, 1)[0])
        irradiance = np.zeros(3)
        for back_s in _SAMPLES_S:
            at = datetime.fromtimestamp(at_s + back_s, UTC)
            clear = clear_sky(PUNE, sun_at(PUNE, at))
            if clear.global_ > 0:
                falling = np.array([clear.global_, clear.direct, clear.diffuse])
                irradiance += falling * self._roof.sky(at) / len(_SAMPLES_S)
        total, direct, diffuse = irradiance.tolist()
        return temperature_c, total, direct, diffuse

    def _sky(self, at_s: int) -> float:
        return self._roof.sky(datetime.fromtimestamp(at_s, UTC))

    def _wind_ms(self, at_s: Instants) -> Floats:
        """Return the wind 10 m up: windy and calm days, most in the afternoon."""
        day = at_s // _DAY_S
        days = np.stack([self._windiness(day), self._windiness(day + 1)])
        share = at_s % _DAY_S / _DAY_S
        hour = (at_s + PUNE.longitude * 240) % _DAY_S / HOUR_S
        wave = 1 - np.cos((hour - _CALM_HOUR) / 24 * 2 * np.pi)
        level = (1 - share) * days[0] + share * days[1]
        gust = between(0.8, 1.2, uniform(self._seed, Stream.WIND, 1, at_s // HOUR_S))
        return np.asarray(level * (1 + 0.4 * wave) * gust, dtype=np.float64)

    def _windiness(self, day: Instants) -> Floats:
        return between(0.8, 5.5, uniform(self._seed, Stream.WIND, 0, day) ** 1.5)
