"""Room temperature: a daily wave, warmer and cooler days, warm and cool rooms."""

from datetime import datetime
from typing import Final

import numpy as np

from firmware_sim.draws import Floats, Stream, uniform

LOW_C: Final = 24.0
HIGH_C: Final = 36.0
_MEAN_C: Final = 29.5
_SWING_C: Final = 4.0
_DAY_SPREAD_C: Final = 1.2
_WARMEST_HOUR: Final = 15.0


def outdoor_c(seed: int, local: datetime, steps: int) -> Floats:
    """Return the temperature of `steps` minutes from `local`, before room and clip."""
    hour = local.hour + (local.minute + np.arange(steps)) / 60
    day = local.toordinal()
    spread = 2 * uniform(seed, Stream.DAY_WARMTH, 0, np.array([day, day + 1])) - 1
    drift = np.interp(hour, [0.0, 24.0], spread) * _DAY_SPREAD_C
    wave = np.cos((hour - _WARMEST_HOUR) / 24 * 2 * np.pi)
    return _MEAN_C + _SWING_C * wave + drift


def warmth_c(outdoor: Floats, offset: Floats) -> Floats:
    """Return one row a step, one column a room, within 24 to 36 °C."""
    return np.clip(outdoor[:, None] + offset[None, :], LOW_C, HIGH_C)
