"""Statistics that a few wild days do not move."""

from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

_NORMAL: Final = NormalDist()
_UPPER: Final = 0.9
_MAD_TO_SIGMA: Final = 1.4826
_HIGHEST_CORRELATION: Final = 0.8
_LEAST_HOURS: Final = 20
_OVERSHOOT: Final = 1.166
"""Mean overshoot of a boundary by a Gaussian walk, twice. (Siegmund 1985)"""


@dataclass(frozen=True, slots=True)
class Slope:
    """A trend with its interval.

    Attributes:
        per_day: Median of the slopes between all pairs.
        low, high: Its interval.
    """

    per_day: float
    low: float
    high: float


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value that half of the weight is below; NaN without any."""
    known = np.isfinite(values) & (weights > 0)
    if not known.any():
        return float("nan")
    order = np.argsort(values[known])
    reached = np.cumsum(weights[known][order])
    middle = int(np.searchsorted(reached, reached[-1] / 2))
    return float(values[known][order][middle])


def sigma(residuals: Floats, weights: Floats, floor: float) -> float:
    """Return the standard deviation by the median absolute deviation from 0."""
    return max(floor, _MAD_TO_SIGMA * weighted_median(np.abs(residuals), weights))


def long_run_sigma(residuals: Floats, weights: Floats, short: float) -> float:
    """Return the deviation that sums of days follow, `short` being that of a day.

    Neighbouring days that are alike (weather, term time) let a sum wander further than
    independent days would: by √((1 + ρ) / (1 − ρ)), with ρ the correlation of a day
    with the next.
    """
    counted = np.clip(residuals, -3 * short, 3 * short) * np.sqrt(weights)
    pairs = np.isfinite(counted[1:] + counted[:-1])
    before, after = counted[:-1][pairs], counted[1:][pairs]
    power = float(np.sqrt((before**2).sum() * (after**2).sum()))
    if len(before) < 10 or power <= 0:
        return short * 1.5
    rho = min(max(float((before * after).sum()) / power, 0.0), _HIGHEST_CORRELATION)
    return short * sqrt((1 + rho) / (1 - rho))


def theil_sen(days: Floats, values: Floats, alike: float = 1.0) -> Slope | None:
    """Return the trend of `values` with its 80 % interval; None for fewer than five.

    The median of all pairs' slopes (Theil 1950), with the interval from the variance
    of Kendall's S (Sen 1968), wider by `alike` where neighbouring days are alike (as
    Hamed and Rao 1998).
    """
    known = np.isfinite(values)
    days, values = days[known], values[known]
    count = len(values)
    if count < 5:
        return None
    first, second = np.triu_indices(count, 1)
    apart = days[second] - days[first]
    slopes = np.sort((values[second] - values[first])[apart > 0] / apart[apart > 0])
    spread = alike * sqrt(count * (count - 1) * (2 * count + 5) / 18)
    half = _NORMAL.inv_cdf(_UPPER) * spread / 2
    middle = len(slopes) / 2
    low = slopes[max(int(middle - half), 0)]
    high = slopes[min(int(middle + half), len(slopes) - 1)]
    return Slope(float(np.median(slopes)), float(low), float(high))


def decision_height(allowance: float, deviation: float, days: float) -> float:
    """Return the height at which a CUSUM alarms falsely once in so many days.

    By Siegmund's approximation of the average run length (1985, Sequential Analysis,
    section 2.6), solved by bisection.

    Args:
        allowance: What each day's sum is lowered by.
        deviation: Of a day's residual, in the same unit.
    """
    drift = allowance / deviation
    low, high = 0.0, 60.0
    for _ in range(50):
        middle = (low + high) / 2
        reach = min(2 * drift * (middle + _OVERSHOOT), 700.0)
        run = (exp(reach) - reach - 1) / (2 * drift**2)
        low, high = (middle, high) if run < days else (low, middle)
    return high * deviation


def certainty(value: float, deviation: float) -> float:
    """Return the probability that what was measured as `value` is above 0."""
    return _NORMAL.cdf(value / deviation) if deviation > 0 else 1.0


def daily_mean(hourly: Floats) -> Floats:
    """Return the mean of each row of 24 hours; NaN where too few are known."""
    known = np.isfinite(hourly)
    count = known.sum(axis=1)
    total = np.where(known, hourly, 0.0).sum(axis=1)
    mean: Floats = total / np.maximum(count, 1)
    return np.where(count >= _LEAST_HOURS, mean, np.nan)
