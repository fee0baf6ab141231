"""An array nobody has watched for long: the last clearness goes on, then what is usual.

With a weather forecast its irradiance is taken at its word. The quantiles are wide
guesses of clearness errors, kept until the array's own are known.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.solar.bands import Bands
from cloud.forecasting.solar.clearness import FLOOR, Places
from cloud.forecasting.solar.rows import COLUMNS, Past

Floats = NDArray[np.float64]

USUAL: Final = 0.7
"""Clearness of an hour of which nothing is known."""

_FADES: Final = 0.85  # of what the last hour says, with each hour
_TRUST: Final = 0.5  # in the last hour, beside a forecast of the irradiance
_NEAR_H: Final = 1
_EDGES: Final = np.array([0.5, 0.85])
_NEAR: Final = Bands(
    _EDGES, np.array([[-0.2, 0.0, 0.35], [-0.4, 0.0, 0.25], [-0.35, 0.0, 0.12]])
)
_FAR: Final = Bands(
    _EDGES, np.array([[-0.3, 0.0, 0.6], [-0.55, 0.0, 0.35], [-0.65, 0.0, 0.2]])
)


def forecast(
    past: Past, origin: Places, target: Places, foreseen: Floats
) -> tuple[Floats, Floats]:
    """Return the means and the 10, 50 and 90 % quantiles of what will be made.

    Both as a share of the capacity; the quantiles are columns.
    """
    rows = past.rows(origin, target, foreseen)
    usual = _first(rows, "mean_of_168_hours", "mean_of_24_hours")
    last = _first(rows, "clearness_last")
    fades = _FADES ** rows[:, COLUMNS.index("lead_hour")]
    told = rows[:, COLUMNS.index("foreseen_clearness")]
    is_told = np.isfinite(told)
    weight = np.where(is_told, _TRUST, 1.0) * fades
    rest = np.where(is_told, told, np.where(np.isfinite(usual), usual, USUAL))
    clearness = np.where(np.isfinite(last), weight * last + (1 - weight) * rest, rest)
    expected = np.maximum(past.production.expected(origin, target), 0.0)
    scale = np.maximum(expected, FLOOR)
    quantiles = np.empty((len(rows), 3))
    near = target - origin < _NEAR_H
    quantiles[near] = _NEAR.around(clearness[near])
    quantiles[~near] = _FAR.around(clearness[~near])
    made = clearness * scale, quantiles * scale[:, None]
    return past.lit(target, made[0]), past.lit(target, made[1])


def _first(rows: Floats, *names: str) -> Floats:
    """Return the first of these columns that is known in each row."""
    found = np.full(len(rows), np.nan)
    for name in names:
        found = np.where(np.isfinite(found), found, rows[:, COLUMNS.index(name)])
    return found
