"""How experts are heard together: each by how little it missed by lately."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from contract.naive import LAST_HOUR, NAIVE
from contract.origins import Floats

FEWEST: Final = 24
"""Judged hours without which nothing is known of an expert."""

_MEMBERS_POWER: Final = 2.0
_NAIVE_POWER: Final = 1.0
_TOLERATED: Final = 1.2  # how much worse than naive a model may be before it gives way
_BLEND_POWER: Final = 24.0  # so high that it gives way all at once
_NAIVE_HOURS: Final = 168  # judged hours that tell how good a naive forecast is lately
_SMALLEST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Heard:
    """What follows from one forecast's experts, one entry for each hour.

    Attributes:
        mean: The model and the naive forecasts together.
        model: The members alone; NaN without any.
        naive: The naive forecasts alone.
    """

    mean: Floats
    model: Floats
    naive: Floats


def heard(said: Floats, members: int, squares: Floats) -> Heard:
    """Return the experts' forecasts as one.

    Members are weighed among themselves, naive forecasts as well; the two meet by how
    they did, so that a model that is no use is hardly heard.

    Args:
        said: Hours × (members, then `NAIVE`), by scale; NaN unknown.
        members: How many of them are members.
        squares: Judged hours × (`BLENDS`, then the experts), squared misses.
    """
    is_next_hour = len(said) == 1
    of_members = squares[:, BLENDS : BLENDS + members]
    weights = _weights(of_members, _MEMBERS_POWER)
    model = _mean(said[:, :members], np.where(weights > 0, weights, _prior(weights)))
    naive = _naive(said[:, members:], squares[:, BLENDS + members :], is_next_hour)
    share = _model_share(squares)
    both = np.column_stack((model, naive))
    mean = _mean(both, np.array([share, 1 - share]))
    mean = np.where(np.isfinite(mean), mean, _mean(both, np.ones(2)))
    return Heard(np.where(np.isfinite(mean), mean, 1.0), model, naive)


BLENDS: Final = 3
"""Columns of squares before the experts': ours, the model's, the naive ones'."""


def _naive(said: Floats, squares: Floats, is_next_hour: bool) -> Floats:
    """Return the naive forecasts' mean.

    Before they were judged, what is usually best: the last hour for the next one, else
    what is known of earlier days. The last hour says nothing of a day.
    """
    last = NAIVE.index(LAST_HOUR)
    usual = np.full(len(NAIVE), 0.0 if is_next_hour else 1.0)
    usual[last] = 1.0 if is_next_hour else 0.0
    weights = _weights(squares[-_NAIVE_HOURS:], _NAIVE_POWER)
    if not is_next_hour:
        weights = weights * usual
    found = _mean(said, weights)
    for other in (usual, np.ones(len(NAIVE))):
        found = np.where(np.isfinite(found), found, _mean(said, other))
    return found


def _model_share(squares: Floats) -> float:
    """Return how much the model counts beside the naive forecasts, 0 to 1.

    Sizes are compared, not squares: one odd day must not outweigh the weeks.
    """
    both = squares[:, 1:BLENDS]
    known = both[np.isfinite(both).all(axis=1)]
    if len(known) < FEWEST:
        return 1.0
    model, naive = np.maximum(np.sqrt(known).mean(axis=0), _SMALLEST)
    return float(1 / (1 + (model / naive / _TOLERATED) ** _BLEND_POWER))


def _weights(squares: Floats, power: float) -> Floats:
    """Return a weight for each expert; 0 where too little of it was judged."""
    judged = np.isfinite(squares).sum(axis=0)
    mean = np.nansum(squares, axis=0) / np.maximum(judged, 1)
    weight: Floats = np.maximum(mean, _SMALLEST) ** -power
    return np.where(judged >= FEWEST, weight, 0.0)


def _prior(weights: Floats) -> float:
    """Return what counts for an expert that nothing is known of: as the others do."""
    known = weights[weights > 0]
    return float(known.mean()) if len(known) else 1.0


def _mean(said: Floats, weights: Floats) -> Floats:
    """Return the weighed mean of what is known; NaN where nothing counts."""
    here = np.where(np.isfinite(said), weights, 0.0)
    total = here.sum(axis=1)
    summed = (here * np.where(np.isfinite(said), said, 0.0)).sum(axis=1)
    mean: Floats = summed / np.where(total > 0, total, np.nan)
    return mean
