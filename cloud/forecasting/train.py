"""The forest, and how well it does on time it has not seen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from cloud.forecasting.dataset import Dataset

HELD_OUT: Final = 0.25
"""Share of the rows, the newest, that the backtest does not train on."""

_HOUR_S: Final = 3_600
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the model and the naive forecast missed by, on the held-out last part.

    Attributes:
        cv_rmse_percent: Root mean square error by mean load. [%]
        naive_cv_rmse_percent: The same for "as the last hour". [%]
        residual_p10_kw, residual_p90_kw: Quantiles of measured − forecast. [kW]
    """

    cv_rmse_percent: float
    naive_cv_rmse_percent: float
    residual_p10_kw: float
    residual_p90_kw: float


def fit(matrix: NDArray[np.float32], target_kw: Floats) -> RandomForestRegressor:
    """Return a forest, bounded in depth and leaves; the same rows, the same forest."""
    forest = RandomForestRegressor(
        n_estimators=60,
        max_depth=12,
        max_leaf_nodes=96,
        min_samples_leaf=3,
        random_state=0,
        n_jobs=1,
    )
    return forest.fit(matrix, target_kw)


def backtest(rows: Dataset) -> Backtest:
    """Return the error on the last part after training on what was over before it."""
    tested = slice(int(len(rows) * (1 - HELD_OUT)), None)
    over = rows.origin_s + _HOUR_S <= rows.origin_s[tested][0]
    forest = fit(rows.matrix[over], rows.target_kw[over])
    measured_kw = rows.target_kw[tested]
    residual_kw = measured_kw - forest.predict(rows.matrix[tested])
    naive_kw = measured_kw - rows.last_hour_kw[tested]
    p10, p90 = np.quantile(residual_kw, (0.1, 0.9))
    return Backtest(
        _cv_rmse_percent(residual_kw, measured_kw),
        _cv_rmse_percent(naive_kw, measured_kw),
        float(p10),
        float(p90),
    )


def _cv_rmse_percent(residual_kw: Floats, measured_kw: Floats) -> float:
    mean_kw = max(abs(float(measured_kw.mean())), 1e-6)
    return float(100 * np.sqrt(np.mean(residual_kw**2)) / mean_kw)
