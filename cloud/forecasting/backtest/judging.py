"""What the models' forecasts of one building are worth, on the same hours for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.forecast_error import Band, Score, score
from cloud.forecasting.backtest.baselines import Told
from cloud.forecasting.backtest.case import Case
from cloud.forecasting.series import HOUR_S
from contract.origins import Floats, Instants

MOSTLY: Final = 0.5
"""Share of the hours that a model has to forecast in order to be judged."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """One building's test.

    Attributes:
        clock_s: First instants of the hours as the local clock shows them, origins ×
            lead hours. [s since 1970]
        measured_kw: Their load; NaN where an hour does not count.
        bands: What each model said of them; NaN where it said nothing.
        scores: By model, over the hours that count and that all of them forecast.
        hours: How many those are.
        remarks: What else is to be said, in words.
    """

    name: str
    clock_s: Instants
    measured_kw: Floats
    bands: Mapping[str, Band]
    scores: Mapping[str, Score]
    hours: int
    remarks: tuple[str, ...]


def judged(case: Case, told: Mapping[str, Told]) -> Judged:
    """Return what the forecasts of each model are worth."""
    places = case.tested_places()
    origin_s = case.series.start_s + HOUR_S * places
    measured_kw = case.measured_kw(places)
    counts = np.isfinite(measured_kw)
    bands: dict[str, Band] = {}
    said: list[str] = []
    for model, each in told.items():
        said += [f"{model}: {text}" for text in each.left_out]
        band = _on_grid(each, origin_s, case.lead_hours)
        if (is_told(band) & counts).sum() < MOSTLY * counts.sum():
            said.append(f"{model} forecasts too few of its hours to be judged")
            continue
        bands[model] = band
    common = counts.copy()
    for band in bands.values():
        common &= is_told(band)
    if common.sum() < counts.sum():
        missing = counts.sum() - common.sum()
        said.append(f"{missing} hours that not all models forecast do not count")
    return Judged(
        name=case.series.name,
        clock_s=case.clock(places),
        measured_kw=np.where(common, measured_kw, np.nan),
        bands=bands,
        scores={
            model: score(measured_kw[common], _at(band, common))
            for model, band in bands.items()
            if common.any()
        },
        hours=int(common.sum()),
        remarks=tuple(said),
    )


def is_told(band: Band) -> Flags:
    """Return which hours a band says everything of."""
    return np.isfinite(band.point_kw) & np.isfinite(band.quantiles_kw).all(axis=-1)


def _at(band: Band, hours: Flags) -> Band:
    return Band(band.point_kw[hours], band.quantiles_kw[hours])


def _on_grid(told: Told, origin_s: Instants, lead_hours: int) -> Band:
    """Return `told` for all origins of the test; NaN where nothing was said."""
    point_kw = np.full((len(origin_s), lead_hours), np.nan)
    quantiles_kw = np.full((len(origin_s), lead_hours, 3), np.nan)
    _, ours, theirs = np.intersect1d(
        origin_s, told.origin_s, assume_unique=True, return_indices=True
    )
    point_kw[ours] = told.band.point_kw[theirs]
    quantiles_kw[ours] = told.band.quantiles_kw[theirs]
    return Band(point_kw, quantiles_kw)
