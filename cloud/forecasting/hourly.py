"""From a node's quarter hours to the hours that its model is trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.origins import QUARTER_S, means
from cloud.forecasting.cleaning import without_stuck
from cloud.forecasting.fitted import Measured
from cloud.forecasting.series import HOUR_S, Series
from contract.origins import Floats, mean_known

_QUARTERS = HOUR_S // QUARTER_S


@dataclass(frozen=True, slots=True)
class Learnable:
    """One node's hours.

    Attributes:
        learnt_kw: The load without what is not to be learnt; NaN there.
        is_origin: Hours at whose beginning the hour before was known.
        left_out: In words what is not learnt, with counts.
    """

    series: Series
    learnt_kw: Floats
    is_origin: NDArray[np.bool_]
    left_out: tuple[str, ...]

    @property
    def known_hours(self) -> int:
        """How many hours can be learnt."""
        return int(np.isfinite(self.learnt_kw).sum())


def learnable(node: Measured, name: str = "") -> Learnable:
    """Return the full hours in what was measured of a node.

    They begin at the minute at which most is known: a counter that is read once an hour
    tells only of hours from reading to reading.
    """
    begun = [_begun(node, name, minute * 60) for minute in (0, 15, 30, 45)]
    return max(begun, key=lambda hours: int(hours.is_origin.sum()))


def _begun(node: Measured, name: str, late_s: int) -> Learnable:
    """Return the hours that begin `late_s` after those of UTC."""
    history = node.history
    end_s = int(history.start_s[-1]) + QUARTER_S if len(history) else 0
    begin_s = int(history.start_s[0]) if len(history) else 0
    first_s = late_s - (late_s - begin_s) // HOUR_S * HOUR_S
    starts_s = np.arange(first_s, end_s - HOUR_S + 1, HOUR_S, dtype=np.int64)
    known = means(history)
    load_kw = known.ending_kw(starts_s + HOUR_S)
    before_kw = known.past_kw(starts_s, 1)[:, 0]
    series = Series(name, first_s, load_kw, node.calendar, _hourly_c(node, starts_s))
    learnt_kw, stuck = without_stuck(load_kw)
    gaps = int(np.isnan(load_kw).sum())
    hidden = np.isnan(before_kw[1:]) & np.isfinite(load_kw[:-1])
    said = [f"{gaps} hours without load"] if gaps else []
    if hidden.any():
        said.append(f"{int(hidden.sum())} instants between two readings of a counter")
    is_origin = np.isfinite(before_kw)
    return Learnable(series, learnt_kw, is_origin, (*said, *stuck))


def _hourly_c(node: Measured, starts_s: NDArray[np.int64]) -> Floats:
    if not len(starts_s):
        return np.empty(0)
    place = (node.history.start_s - int(starts_s[0])) // QUARTER_S
    dense = np.full(len(starts_s) * _QUARTERS, np.nan)
    inside = (place >= 0) & (place < len(dense))
    dense[place[inside]] = node.outdoor_c[inside]
    return mean_known(dense.reshape(-1, _QUARTERS))
