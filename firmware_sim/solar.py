"""The 50 kW roof: clear-sky production times a sky that is the same on every run."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import numpy as np

from firmware_sim.draws import Stream, uniform
from firmware_sim.sun import Place, clear_sky, on_plane, sun_at

CAPACITY_KW: Final = 50.0
EFFICIENCY: Final = 0.85
TILT: Final = 30.0
AZIMUTH: Final = 180.0
PUNE: Final = Place(18.5, 73.9, altitude_m=560.0, turbidity=4.0)

_STANDARD_W_M2: Final = 1000.0
_CLEAR_DAYS: Final = 0.5
_KNOT_MINUTES: Final = 20
_KNOT_S: Final = _KNOT_MINUTES * 60


class SolarArray:
    """A south-facing array in Pune behind one inverter."""

    def __init__(self, seed: int, place: Place = PUNE) -> None:
        self._seed = seed
        self._place = place
        self._clear_kw = lru_cache(maxsize=4096)(self._clear_kw_at)

    def clear_kw(self, at: datetime) -> float:
        """Return the production in kW under a cloudless sky."""
        return self._clear_kw_at(int(at.timestamp()))

    def sky(self, at: datetime) -> float:
        """Return the share of the clear-sky production that clouds let through.

        About half of the days are clear; on the others it wanders between knots.
        """
        seconds = at.timestamp()
        day = int((seconds + self._place.longitude * 240) // 86_400)
        cover = float(uniform(self._seed, Stream.CLOUDS, 0, day))
        if cover < _CLEAR_DAYS:
            return 1.0
        knot = int(seconds // _KNOT_S)
        draws = uniform(self._seed, Stream.CLOUDS, 1, [knot, knot + 1])
        wander = float(np.interp(seconds / _KNOT_S - knot, [0, 1], draws))
        depth = (cover - _CLEAR_DAYS) / (1 - _CLEAR_DAYS)
        return 1.0 - depth * (0.25 + 0.6 * wander)

    def power_kw(self, at: datetime) -> float:
        """Return the production at `at` in kW."""
        return self._between_knots(at) * self.sky(at)

    def _between_knots(self, at: datetime) -> float:
        """Return clear-sky production, drawn straight through 5-minute knots."""
        seconds = at.timestamp()
        knot = int(seconds // 300) * 300
        share = (seconds - knot) / 300
        return (1 - share) * self._clear_kw(knot) + share * self._clear_kw(knot + 300)

    def _clear_kw_at(self, seconds: int) -> float:
        sun = sun_at(self._place, datetime.fromtimestamp(seconds, UTC))
        falling = on_plane(sun, clear_sky(self._place, sun), TILT, AZIMUTH)
        full_kw = CAPACITY_KW * EFFICIENCY
        return min(full_kw, full_kw * falling / _STANDARD_W_M2)
