"""What a day should have taken: a robust regression that knows how sure it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.analytics.maintenance.robust import Bools, Floats, long_run_sigma, sigma

IDLE: Final = 0.08
"""A day with less than this share of a busy one says nothing of efficiency."""

_ROUNDS: Final = 10
_HUBER: Final = 1.345
_FLOOR: Final = 0.01
_LITTLE: Final = 0.3
_MUCH: Final = 2.0
_UNSEEN: Final = 1e-3
_SEVERAL: Final = 4
_MARGIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Duty:
    """What each day asked of an asset, and the energy's answer to it.

    Attributes:
        rows: One row of influences for each day, that add up; NaN where not known.
        energy: What the asset took or gave. [kWh]
        asked: The duty as metered, in any unit, if it is.
        by_asked: Which columns of `rows` are multiples of `asked`.
        prior: Each influence's effect before any day is seen, in busy days.
        spread: How far from that the effect may be, as a standard deviation.
        misfit: How wrong the form is on an ordinary day, as a share.
        worse: 1 where more energy than expected is worse, -1 where less is.
    """

    rows: Floats
    energy: Floats
    asked: Floats
    by_asked: Bools
    prior: Floats
    spread: Floats
    misfit: float
    worse: int = 1

    def __len__(self) -> int:
        return len(self.energy)

    @property
    def known(self) -> Bools:
        """The days of which everything is known."""
        whole: Bools = np.isfinite(self.energy) & np.isfinite(self.rows).all(axis=1)
        return whole


@dataclass(frozen=True, slots=True)
class Fit:
    """A regression, with what it is not sure of.

    Attributes:
        doubt: Covariance of the effects, and what the form may be wrong by.
        sigma, long_sigma: Noise of a busy day, and of sums of busy days, as a share.
        usual: Energy of a busy day; what energy is counted in. [kWh]
        scale: What each column of the rows is counted in.
        weight: Mean size of the days in it, in busy days.
        low, high: Between these each influence was seen.
    """

    effects: Floats
    doubt: Floats
    sigma: float
    long_sigma: float
    usual: float
    scale: Floats
    weight: float
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Day:
    """A day against its baseline.

    Attributes:
        excess: Energy more than expected, as a share.
        expected: Energy that was expected. [kWh]
        weight: The same in busy days.
        unsure: Standard deviation of what was expected, as a share.
        in_range: Whether days like it were in the baseline.
    """

    excess: float
    expected: float
    weight: float
    unsure: float
    in_range: bool


def against(fitted: Fit, duty: Duty, day: int) -> Day:
    """Return what the day was against the baseline."""
    row = duty.rows[day] / fitted.scale
    weight = float(row @ fitted.effects)
    unsure = float(np.sqrt(row @ fitted.doubt @ row)) / max(weight, _LITTLE)
    excess = (float(duty.energy[day]) / fitted.usual - weight) / max(weight, IDLE)
    in_range = bool(((row >= fitted.low) & (row <= fitted.high)).all())
    return Day(excess, weight * fitted.usual, min(weight, _MUCH), unsure, in_range)


def fit(duty: Duty, members: Bools) -> Fit:
    """Return the regression over the days in `members`.

    Bayesian linear regression with Gaussian priors (Bishop 2006, section 3.3), made
    robust by Huber's weights (1964). The noise of a day's energy grows with the root
    of the energy; what the form is wrong by grows with a day's distance from the days
    in the baseline (Mahalanobis 1936), however many these are.
    """
    usual = busy(duty.energy[members])
    scale = np.where(duty.by_asked, busy(duty.asked[members]), 1.0)
    inputs, answer = duty.rows[members] / scale, duty.energy[members] / usual
    precision = np.diag(1 / duty.spread**2)
    effects: Floats = duty.prior
    covariance = np.diag(duty.spread**2)
    trust, noise, free = np.ones(len(answer)), 0.1, 1.0
    for _ in range(_ROUNDS):
        size = np.clip(inputs @ effects, _LITTLE / 3, _MUCH)
        weighted = inputs.T * (trust / size / noise**2)
        covariance = _inverse(weighted @ inputs + precision)
        effects = covariance @ (weighted @ answer + precision @ duty.prior)
        residual = (answer - inputs @ effects) / np.sqrt(size)
        used = float(np.trace(covariance @ weighted @ inputs))
        free = float(np.sqrt(len(answer) / max(len(answer) - used, 5.0)))
        noise = sigma(residual, size, _FLOOR) * free
        trust = np.minimum(1.0, _HUBER * noise / np.maximum(np.abs(residual), 1e-12))
    in_order, sizes = (np.full(len(duty), np.nan) for _ in range(2))
    in_order[members], sizes[members] = residual, size
    long, weight = long_run_sigma(in_order, sizes, noise), float(size.mean())
    doubt = covariance * (long / noise) ** 2 + _form(inputs, duty.misfit * weight)
    low, high = _range(inputs)
    return Fit(effects, doubt, noise, long, usual, scale, weight, low, high)


def _range(inputs: Floats) -> tuple[Floats, Floats]:
    """Return between which values each influence was seen on several days."""
    ordered = np.sort(inputs, axis=0)
    low, high = ordered[_SEVERAL - 1], ordered[-_SEVERAL]
    margin = _MARGIN * (high - low) + _UNSEEN
    return low - margin, high + margin


def _form(inputs: Floats, misfit: float) -> Floats:
    """Return what the form may be wrong by, as a covariance of the effects."""
    count, columns = inputs.shape
    spread = inputs.T @ inputs / count + _UNSEEN * np.eye(columns)
    form: Floats = misfit**2 / columns * _inverse(spread)
    return form


def _inverse(matrix: Floats) -> Floats:
    return np.linalg.inv(matrix).astype(np.float64)


def busy(values: Floats) -> float:
    """Return the value of a busy day; 1 if there was none."""
    known = values[values > 0]
    return float(np.quantile(known, 0.97)) if len(known) else 1.0
