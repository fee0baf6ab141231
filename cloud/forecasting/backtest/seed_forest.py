"""The seed's random forest: the next hour of five figures, a day by its own answers."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from cloud.forecasting.backtest.case import FEWEST_ROWS, Case, Places
from cloud.forecasting.backtest.naive import naive_point_kw
from cloud.forecasting.series import HOUR_S
from cloud.forecasting.train import fit
from contract.features import seed_next_hour_rows
from contract.naive import SEASONAL_NAIVE
from contract.origins import Floats, mean_known


def forest_kw(case: Case, trained: Places, places: Places) -> Floats:
    """Return the forecasts of a forest, origins × lead hours. [kW].

    The hour that was forecast stands in for the last hour's load when the next one is
    forecast, and the temperature of the day before for one that is not yet known. With
    next to nothing to learn from, it is the seasonal naive forecast.

    Args:
        trained: Places of the hours to learn from.
        places: Origins.
    """
    after_kw = case.series.measured_kw(trained, 1)[:, 0]
    last_kw = case.series.measured_kw(trained - 1, 1)[:, 0]
    complete = np.isfinite(after_kw + last_kw)
    if complete.sum() < FEWEST_ROWS:
        return naive_point_kw(SEASONAL_NAIVE, case, places)
    learned = trained[complete]
    usual_c = float(np.nan_to_num(mean_known(case.series.temperature_c[learned])))
    temperature_c = _temperature_c(case, learned, 0, usual_c)
    rows = _rows(case, learned, temperature_c, last_kw[complete])
    forest = fit(rows, after_kw[complete])
    return _fed_back(case, forest, places, usual_c)


def _fed_back(
    case: Case, forest: RandomForestRegressor, places: Places, usual_c: float
) -> Floats:
    last_kw = _last_known(case.origins(places).load_kw)
    told = np.empty((len(places), case.lead_hours))
    for lead in range(case.lead_hours):
        temperature_c = _temperature_c(case, places, lead, usual_c)
        last_kw = forest.predict(_rows(case, places + lead, temperature_c, last_kw))
        told[:, lead] = last_kw
    return told


def _rows(
    case: Case, places: Places, temperature_c: Floats, last_kw: Floats
) -> NDArray[np.float32]:
    return seed_next_hour_rows(
        case.series.start_s + HOUR_S * places,
        case.series.calendar.zone,
        temperature_c,
        np.zeros(len(places)),
        last_kw,
    )


def _temperature_c(case: Case, places: Places, lead: int, usual_c: float) -> Floats:
    """Return the temperature before `lead` hours after each place, as known there."""
    column = 0 if lead == 0 else 24 - lead
    known_c = case.series.origins(places).temperature_c[:, column]
    return np.where(np.isfinite(known_c), known_c, usual_c)


def _last_known(load_kw: Floats) -> Floats:
    """Return the newest load that is known at each origin, or 0."""
    known = np.isfinite(load_kw)
    newest = np.take_along_axis(load_kw, known.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(known.any(axis=1), newest, 0.0)
