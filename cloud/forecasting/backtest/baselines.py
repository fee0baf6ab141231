"""What forecasts are compared with, each with intervals of its own past errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from cloud.analytics.forecast_error import Band
from cloud.forecasting.backtest.bands import DAYS, quantiles_kw
from cloud.forecasting.backtest.boosting import boosting_kw
from cloud.forecasting.backtest.case import Case, Places
from cloud.forecasting.backtest.naive import naive_point_kw
from cloud.forecasting.backtest.seed_forest import forest_kw
from contract.naive import NAIVE_DAY, NAIVE_WEEK, SEASONAL_NAIVE
from contract.origins import Floats, Instants

SEED_FOREST: Final = "seed_forest"
BOOSTING: Final = "boosting"
BASELINES: Final = (NAIVE_DAY, NAIVE_WEEK, SEASONAL_NAIVE, SEED_FOREST, BOOSTING)

Learner = Callable[[Case, Places, Places], Floats]
_LEARNERS: Final[Mapping[str, Learner]] = {
    SEED_FOREST: forest_kw,
    BOOSTING: boosting_kw,
}


@dataclass(frozen=True, slots=True)
class Told:
    """Forecasts of one building by one model.

    Attributes:
        origin_s: When they were made. [s since 1970 UTC]
        band: Origins × lead hours (× quantiles).
        left_out: In words what was not learnt from.
    """

    origin_s: Instants
    band: Band
    left_out: tuple[str, ...] = ()


def told(name: str, case: Case) -> Told:
    """Return the forecasts of baseline `name` in the test of `case`."""
    places = case.places()
    lately = places[places >= case.split - 24 * _practice_days(case)]
    learner = _LEARNERS.get(name)
    with threadpool_limits(1):  # one process a core does better than threads
        point_kw = (
            naive_point_kw(name, case, lately)
            if learner is None
            else _learned_kw(learner, case, lately)
        )
    quantiles = quantiles_kw(case, lately, point_kw)
    tested = lately >= case.split
    return Told(
        case.series.start_s + 3_600 * lately[tested],
        Band(point_kw[tested], quantiles[tested]),
    )


def _practice_days(case: Case) -> int:
    """Return for how many days before the test errors are learnt from."""
    days = (case.split - case.first) // 24
    return min(DAYS, days // 3)


def _learned_kw(learner: Learner, case: Case, places: Places) -> Floats:
    """Return forecasts by models that were trained on what was over before.

    One for the days of practice, so that its errors are honest, and one for the test.
    """
    practised = places[places < case.split]
    tested = places[places >= case.split]
    begins = int(practised[0]) if len(practised) else case.split
    trained = _trained(learner, case, case.split)
    early = _trained(learner, case, begins)
    return np.vstack(
        (learner(case, early, practised), learner(case, trained, tested))
        if len(practised)
        else (learner(case, trained, tested),)
    )


def _trained(learner: Learner, case: Case, until: int) -> Places:
    """Return the places to learn from: all that follows them is over at `until`."""
    if learner is forest_kw:
        return np.arange(max(case.first, 1), until, dtype=np.int64)
    places = case.places()
    return places[places + case.lead_hours <= until]
