"""Medians and spreads of what is known, which a few strange values do not move."""

from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import Floats

NORMAL: Final = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def medians(rows: Floats) -> Floats:
    """Return the median of each column without its NaN; NaN of nothing."""
    if not len(rows):
        return np.full(rows.shape[1:], np.nan)
    ordered = np.sort(rows, axis=0)  # NaN come last
    known = np.isfinite(rows).sum(axis=0)
    low = np.take_along_axis(ordered, (np.maximum(known - 1, 0) // 2)[None], axis=0)
    high = np.take_along_axis(
        ordered, np.minimum(known // 2, len(rows) - 1)[None], axis=0
    )
    middle: Floats = (low[0] + high[0]) / 2
    return np.where(known > 0, middle, np.nan)


def spreads(rows: Floats, middle: Floats) -> Floats:
    """Return a robust standard deviation of each column around `middle`."""
    spread: Floats = NORMAL * medians(np.abs(rows - middle))
    return spread


def median(values: Floats) -> float:
    """Return the median of what is known; NaN of nothing."""
    return float(medians(values.reshape(-1, 1))[0])


def mean_known(rows: Floats, least: float) -> Floats:
    """Return the mean of each row of which at least the share `least` is known."""
    known = np.isfinite(rows)
    count = known.sum(axis=1)
    total = np.where(known, rows, 0.0).sum(axis=1)
    enough = count >= max(least * rows.shape[1], 1)
    return np.where(enough, total / np.maximum(count, 1), np.nan)
