"""Intervals for forecasts that have none: by what they missed lately."""

from typing import Final

import numpy as np

from cloud.analytics.forecast_error import QUANTILES
from cloud.forecasting.backtest.case import Case, Places
from contract.calendar import DAY_S
from contract.origins import Floats, mean_known

DAYS: Final = 56
"""How many days of errors count."""

_FEWEST: Final = 10
_UNKNOWN: Final = 0.5


def quantiles_kw(case: Case, places: Places, point_kw: Floats) -> Floats:
    """Return the quantiles around `point_kw`, origins × lead hours × `QUANTILES`.

    They follow from what forecasts of the same hour of the day missed by on the
    days before, and no later; before there are enough, from those of all hours.

    Args:
        places: Origins, ascending, those that were only made to learn from as well.
        point_kw: Their forecasts, origins × lead hours. [kW]
    """
    clock_s = case.clock(places)
    day, hour = clock_s // DAY_S, clock_s % DAY_S // 3_600
    first = int(day.min())
    missed = np.full((int(day.max()) - first + 1, 24), np.nan)
    error_kw = case.measured_kw(places) - point_kw
    known = np.isfinite(error_kw)
    missed[(day - first)[known], hour[known]] = error_kw[known]
    today = (clock_s[:, 0] // DAY_S - first).astype(np.int64)
    away = np.stack([_away(missed, int(row)) for row in range(len(missed))])
    unknown = ~np.isfinite(away[today[:, None], hour])
    width_kw = _UNKNOWN * np.abs(mean_known(point_kw))[:, None, None]
    guess = width_kw * np.array([-1.0, 0.0, 1.0])
    return point_kw[..., None] + np.where(
        unknown, np.broadcast_to(guess, unknown.shape), away[today[:, None], hour]
    )


def _away(missed: Floats, today: int) -> Floats:
    """Return the quantiles of the errors before `today`, hours of the day × 3."""
    lately = missed[max(today - DAYS, 0) : today]
    everything = lately[np.isfinite(lately)]
    if len(everything) < _FEWEST:
        return np.full((24, len(QUANTILES)), np.nan)
    overall = np.quantile(everything, QUANTILES)
    return np.stack(
        [
            np.quantile(column[np.isfinite(column)], QUANTILES)
            if np.isfinite(column).sum() >= _FEWEST
            else overall
            for column in lately.T
        ]
    )
