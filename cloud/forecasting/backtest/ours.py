"""Our own forecasts, made as if the test had been lived."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from cloud.analytics.forecast_error import Band
from cloud.forecasting import walk
from cloud.forecasting.backtest.baselines import BASELINES, Told
from cloud.forecasting.backtest.case import Case

OURS: Final = "ours"
MODELS: Final = (*BASELINES, OURS)

Progress = Callable[[float], None]


def ours(cases: Sequence[Case], progress: Progress) -> dict[str, Told]:
    """Return our forecasts by building.

    Buildings whose test begins at the same instant form a site and learn from each
    other.
    """
    sites: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        sites[case.train_until_s].append(case)
    found: dict[str, Told] = {}
    for site in sites.values():
        before, part = len(found) / len(cases), len(site) / len(cases)
        walks = walk.forecast(
            [case.series for case in site],
            site[0].train_until_s,
            site[0].lead_hours,
            own_days=site[0].own_days,
            progress=partial(_of_all, progress, before, part),
        )
        found |= {each.name: _told(each) for each in walks}
    return found


def _of_all(progress: Progress, before: float, part: float, share: float) -> None:
    progress(before + part * share)


def _told(made: walk.Walk) -> Told:
    quantiles_kw = np.stack((made.p10_kw, made.p50_kw, made.p90_kw), axis=-1)
    return Told(made.origin_s, Band(made.mean_kw, quantiles_kw), made.left_out)
