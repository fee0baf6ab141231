"""Forecasts of known weather: right in the next hours, less and less so later on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from firmware_sim.draws import Floats, Stream, uniform
from firmware_sim.weather import HOUR_S, RUN_S, Instants, Weather

_KNOT_S: Final = 6 * HOUR_S
_IRRADIANCE: Final = (
    "shortwave_radiation",
    "direct_normal_irradiance",
    "diffuse_radiation",
)
_WIND: Final = ("wind_speed_10m", "wind_speed_80m")


@dataclass(frozen=True, slots=True)
class Forecaster:
    """Forecasts that are wrong in the same way on every run with one seed.

    Each is made at a whole six hours; its error wanders with the hour it is for and
    grows with the square root of the time ahead.
    """

    weather: Weather
    seed: int

    def told(self, at_s: Instants, now_s: int) -> Mapping[str, Floats]:
        """Return what was, and what is forecast at `now_s` for later."""
        run_s = np.minimum(at_s, now_s) // RUN_S * RUN_S
        true = self.weather.told(at_s)
        expected = self._wrong(true, at_s, run_s)
        return {
            name: np.where(at_s <= now_s, true[name], expected[name]) for name in true
        }

    def told_before(
        self, at_s: Instants, now_s: int, before_s: int
    ) -> Mapping[str, Floats]:
        """Return what was forecast `before_s` before each hour; NaN if yet to come."""
        made_s = at_s - before_s
        true = self.weather.told(at_s)
        expected = self._wrong(true, at_s, made_s // RUN_S * RUN_S)
        return {
            name: np.where(made_s <= now_s, values, np.nan)
            for name, values in expected.items()
        }

    def _wrong(
        self, true: Mapping[str, Floats], at_s: Instants, run_s: Instants
    ) -> dict[str, Floats]:
        ahead = np.sqrt(np.maximum(at_s - run_s, 0) / (24 * HOUR_S))
        off = {
            n: self._wander(place, at_s, run_s) * ahead
            for place, n in enumerate(("warmth", "sky", "wind", "damp"))
        }
        cloud = np.clip(true["cloud_cover"], 0, 100)
        light = np.clip(1 - off["sky"] * (0.06 + 0.24 * cloud / 100), 0.3, 1.4)
        wrong = {
            "temperature_2m": true["temperature_2m"] + 1.1 * off["warmth"],
            "relative_humidity_2m": np.clip(
                true["relative_humidity_2m"] + 6 * off["damp"], 5, 100
            ),
            "cloud_cover": np.clip(cloud + 20 * off["sky"], 0, 100),
        }
        wrong |= {name: true[name] * np.exp(0.22 * off["wind"]) for name in _WIND}
        return wrong | {name: true[name] * light for name in _IRRADIANCE}

    def _wander(self, place: int, at_s: Instants, run_s: Instants) -> Floats:
        """Return an error of about 1 that goes straight between knots."""
        knot = at_s // _KNOT_S
        share = at_s % _KNOT_S / _KNOT_S
        key = run_s // RUN_S * 8 + place
        return (1 - share) * self._drawn(key, knot) + share * self._drawn(key, knot + 1)

    def _drawn(self, key: Instants, knot: Instants) -> Floats:
        draws = [
            uniform(self.seed, Stream.WEATHER_ERROR, key, knot * 3 + n)
            for n in range(3)
        ]
        return np.asarray(2 * (np.sum(draws, axis=0) - 1.5), dtype=np.float64)
