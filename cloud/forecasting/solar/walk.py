"""Forecasts along a history as they would have been made at the time, and no better."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.solar import first_days
from cloud.forecasting.solar.bands import widened, widening
from cloud.forecasting.solar.clearness import Places
from cloud.forecasting.solar.model import GROUPS, Foreseen, Learnt, learn
from cloud.forecasting.solar.rows import Past

Floats = NDArray[np.float64]
Progress = Callable[[float], None]

RELEARN_DAYS: Final = 14
"""How often the model is learnt anew. [d]"""
LOOK_BACK_H: Final = 28 * 24
"""How far back forecasts are compared with what came, to widen their bands. [h]"""

_DAY_H: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """Forecasts of pairs of an origin and a target, as shares of the capacity."""

    origin: Places
    target: Places
    mean: Floats
    quantiles: Floats


def walk(
    past: Past,
    foreseen: Foreseen,
    pairs: tuple[Places, Places],
    progress: Progress = lambda _share: None,
) -> Walked:
    """Forecast each pair from what was known at its origin.

    Args:
        foreseen: What was forecast of the irradiance.
        pairs: Origins in ascending order, and their targets.
    """
    origin, target = pairs
    mean, plain = np.full(len(origin), np.nan), np.full((len(origin), 3), np.nan)
    quantiles = plain.copy()
    day = origin // _DAY_H
    groups = _groups(target - origin + 1)
    learnt: Learnt | None = None
    for now in np.unique(day).tolist():
        if now % RELEARN_DAYS == 0 or learnt is None:
            learnt = learn(past, foreseen, now * _DAY_H, groups)
        here = day == now
        pair = origin[here], target[here]
        forecast = first_days.forecast if learnt is None else learnt.forecast
        mean[here], plain[here] = forecast(past, *pair, foreseen(*pair))
        factor = _factor(past, (target, plain), now * _DAY_H)
        quantiles[here] = widened(plain[here], factor)
        progress((now + 1) / (int(day[-1]) + 1))
    return Walked(origin, target, mean, quantiles)


def _groups(leads: Places) -> list[int]:
    """Return the groups that any of these lead hours belong to."""
    return [
        group
        for group, (first, last) in enumerate(GROUPS)
        if ((leads >= first) & (leads <= last)).any()
    ]


def _factor(past: Past, said: tuple[Places, Floats], now: int) -> float:
    """Return what the last weeks before place `now` ask the bands to be widened by."""
    target, quantiles = said
    over = (target < now) & (target >= now - LOOK_BACK_H)
    over &= np.isfinite(quantiles[:, 0]) & past.sky.is_day[target]
    measured = past.production.made[target[over]]
    known = np.isfinite(measured)
    return widening(measured[known], quantiles[over][known])
