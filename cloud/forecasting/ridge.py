"""A line for each hour of the day."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from cloud.forecasting.filling import Rows
from contract.origins import Floats

_HOURS: Final = 24
_ALL_HOURS_PENALTY: Final = 30.0
_ONE_HOUR_PENALTY: Final = 300.0
_MARGIN: Final = 0.25  # of the range of targets, how far an answer may lie outside
_CONSTANT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class HourlyRidge:
    """A line for each hour of the day, drawn towards the line of all hours.

    Attributes:
        weights: 24 × columns after filling.
        low, high: Answers are cut off there, as a line knows no bounds.
    """

    weights: Rows
    intercepts: Rows
    low: float
    high: float

    def predict(self, filled: Rows, hour: NDArray[np.int64]) -> Floats:
        """Return what the line of each row's hour says."""
        said = np.einsum("ij,ij->i", filled, self.weights[hour], dtype=np.float64)
        cut: Floats = np.clip(said + self.intercepts[hour], self.low, self.high)
        return cut


def fit_ridge(filled: Rows, target: Floats, hour: NDArray[np.int64]) -> HourlyRidge:
    """Return the lines: one ridge of all rows, then one of each hour's misses."""
    mean = filled.mean(axis=0, dtype=np.float64)
    deviation = filled.std(axis=0, dtype=np.float64)
    spread = np.where(deviation > _CONSTANT, deviation, np.inf)
    standard = (filled - mean) / spread
    common = Ridge(_ALL_HOURS_PENALTY).fit(standard, target)
    missed = target - common.predict(standard)
    weights = np.tile(common.coef_, (_HOURS, 1))
    intercepts = np.full(_HOURS, common.intercept_)
    for each in range(_HOURS):
        of_hour = hour == each
        if of_hour.any():
            own = Ridge(_ONE_HOUR_PENALTY).fit(standard[of_hour], missed[of_hour])
            weights[each] += own.coef_
            intercepts[each] += own.intercept_
    weights /= spread
    intercepts -= weights @ mean
    low, high = float(target.min()), float(target.max())
    margin = _MARGIN * (high - low)
    return HourlyRidge(
        weights.astype(np.float32),
        intercepts.astype(np.float32),
        low - margin,
        high + margin,
    )
