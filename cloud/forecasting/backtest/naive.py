"""Forecasts without a model."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cloud.forecasting.backtest.case import Case, Places
from contract.lags import Targets, targets
from contract.naive import NAIVE, SEASONAL_NAIVE, naive_of
from contract.origins import Floats, mean_known

_WEEK: Final = range(1, 8)
_FOUR_WEEKS: Final = range(1, 29)


def naive_point_kw(name: str, case: Case, places: Places) -> Floats:
    """Return the naive forecast `name`, origins × lead hours. [kW].

    The day's is the same hour of the day before, the week's that of the week before;
    the seasonal one is the mean of the same hour over the last week's days of the same
    type, working or free, or over four weeks' where nothing of those is known. Where
    what a forecast repeats is not known, the seasonal one stands in, then any mean.
    """
    origins = case.origins(places)
    hours = targets(origins, case.series.calendar, case.lead_hours)
    candidates = [_alike_kw(hours, _WEEK), _alike_kw(hours, _FOUR_WEEKS)]
    if name != SEASONAL_NAIVE:
        told = naive_of(hours)
        candidates.insert(0, told[..., NAIVE.index(name)])
    instead = np.nan_to_num(mean_known(origins.load_kw))[:, None]
    return first_known([*candidates, np.broadcast_to(instead, hours.start_s.shape)])


def _alike_kw(hours: Targets, days: range) -> Floats:
    """Return the mean load of the same hour on those `days` before of the same type."""
    is_free = hours.days.is_free
    alike = [
        np.where(
            is_free[hours.day - count] == is_free[hours.day],
            hours.days_before(count),
            np.nan,
        )
        for count in days
    ]
    return mean_known(np.stack(alike, axis=-1))


def first_known(candidates: Sequence[Floats]) -> Floats:
    """Return for each entry the first of the candidates that is known."""
    found = candidates[0]
    for candidate in candidates[1:]:
        found = np.where(np.isfinite(found), found, candidate)
    return found
