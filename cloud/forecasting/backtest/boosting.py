"""Plain gradient boosting: one model a building, kilowatts in and out."""

from typing import Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from cloud.forecasting.backtest.case import FEWEST_ROWS, Case, Places
from cloud.forecasting.backtest.naive import naive_point_kw
from contract.calendar import DAY_S
from contract.lags import targets
from contract.naive import SEASONAL_NAIVE
from contract.origins import Floats, mean_known

_DAYS_BEFORE: Final = (1, 2, 3, 4, 5, 6, 7, 14, 21, 28)
_HOURS_BEFORE: Final = (1, 2, 3)


def boosting_kw(case: Case, trained: Places, places: Places) -> Floats:
    """Return the forecasts of boosted trees, origins × lead hours. [kW].

    Every lead hour is forecast directly, from the load of earlier days and hours; with
    next to nothing to learn from, it is the seasonal naive forecast.

    Args:
        trained: Places of the origins to learn from.
        places: Origins.
    """
    measured_kw = case.series.measured_kw(trained, case.lead_hours).ravel()
    known = np.isfinite(measured_kw)
    model = HistGradientBoostingRegressor(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, random_state=0
    )
    if known.sum() < FEWEST_ROWS:
        return naive_point_kw(SEASONAL_NAIVE, case, places)
    rows = _rows(case, trained)[known]
    varies = np.nanmax(rows, 0, initial=-np.inf) > np.nanmin(rows, 0, initial=np.inf)
    model.fit(rows[:, varies], measured_kw[known])
    told: Floats = model.predict(_rows(case, places)[:, varies])
    return told.reshape(len(places), case.lead_hours)


def _rows(case: Case, places: Places) -> Floats:
    origins = case.origins(places)
    hours = targets(origins, case.series.calendar, case.lead_hours)
    shape = hours.start_s.shape
    last_kw, temperature_c = origins.load_kw, origins.temperature_c
    frozen = [
        *(last_kw[:, hour - 1] for hour in _HOURS_BEFORE),
        mean_known(last_kw[:, :24]),
        mean_known(last_kw[:, :168]),
        temperature_c[:, 0],
        mean_known(temperature_c[:, :24]),
    ]
    columns = [
        np.broadcast_to(np.arange(shape[1]), shape),
        hours.hour,
        (hours.local_s // DAY_S + 3) % 7,
        hours.days.kind[hours.day],
        *(hours.days_before(count) for count in _DAYS_BEFORE),
        *(np.broadcast_to(each[:, None], shape) for each in frozen),
    ]
    stacked: Floats = np.stack(columns, axis=-1).reshape(-1, len(columns))
    return stacked
