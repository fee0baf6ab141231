"""How far forecasts were from what came, in per cent of the load."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES: Final = (0.1, 0.5, 0.9)
"""The quantiles that every forecast has; the outer ones hold 80 % of what comes."""
NEGLIGIBLE: Final = 0.01
"""Share of the mean load below which an hour does not count for the MAPE."""

_SMALLEST_KW: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Band:
    """Forecasts of hours in kW, and the quantiles around them.

    Attributes:
        point_kw: What is expected; judged by its square error.
        quantiles_kw: One column for each of `QUANTILES`.
    """

    point_kw: Floats
    quantiles_kw: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """What forecasts of some hours missed by, in per cent.

    Attributes:
        nrmse: Root mean square error by mean load, over all hours together: the
            CV(RMSE) of ASHRAE Guideline 14-2014 with no parameter counted.
        mape: Mean of absolute errors by load, of hours with a load worth the name.
        nmbe: Mean of measured − forecast by mean load: below zero where forecasts
            are too high (ASHRAE Guideline 14-2014).
        pinball: Mean quantile loss by mean load (Koenker and Bassett, 1978).
        coverage80: Share of the hours between the outer quantiles.
    """

    nrmse: float
    mape: float
    nmbe: float
    pinball: float
    coverage80: float


def score(measured_kw: Floats, band: Band) -> Score:
    """Return what `band` missed `measured_kw` by; every hour of both is known."""
    mean_kw = max(abs(float(measured_kw.mean())), _SMALLEST_KW)
    error_kw = measured_kw - band.point_kw
    rmse_kw = float(np.sqrt(np.mean(error_kw**2)))
    low_kw, high_kw = band.quantiles_kw[:, 0], band.quantiles_kw[:, -1]
    inside = (measured_kw >= low_kw) & (measured_kw <= high_kw)
    return Score(
        nrmse=100 * rmse_kw / mean_kw,
        mape=_mape(measured_kw, error_kw, mean_kw),
        nmbe=100 * float(error_kw.mean()) / mean_kw,
        pinball=100 * pinball_kw(measured_kw, band.quantiles_kw) / mean_kw,
        coverage80=100 * float(inside.mean()),
    )


def pinball_kw(measured_kw: Floats, quantiles_kw: Floats) -> float:
    """Return the mean quantile loss in kW over all hours and `QUANTILES`.

    It is (q − 1)·e for an error e below zero and q·e above: each quantile is best off
    where that share of what comes lies below it.
    """
    error_kw = measured_kw[:, None] - quantiles_kw
    share = np.array(QUANTILES)
    return float(np.maximum(share * error_kw, (share - 1) * error_kw).mean())


def _mape(measured_kw: Floats, error_kw: Floats, mean_kw: float) -> float:
    counts = np.abs(measured_kw) >= NEGLIGIBLE * mean_kw
    if not counts.any():
        return float("nan")
    return float(100 * np.mean(np.abs(error_kw[counts] / measured_kw[counts])))
