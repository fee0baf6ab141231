"""Rows of one series with what followed, to train on and to forecast from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.filling import Rows
from cloud.forecasting.series import HOUR_S, Series
from contract.features import day_ahead_rows, next_hour_rows, scale_kw
from contract.origins import Floats, Instants

_LEAST_SCALE: Final = 0.1
_LARGEST_TARGET: Final = 8.0


@dataclass(frozen=True, slots=True)
class Table:
    """`n` origins of one series by their lead hours.

    Attributes:
        places: The hours of the series at whose beginning the origins are.
        at_s: The same as instants. [s since 1970 UTC]
        rows: n × lead hours × columns.
        target: n × lead hours, by scale; NaN where not known or not to be learnt.
        past_hours: What is known before each origin ends there; None for everything.
    """

    places: NDArray[np.int64]
    at_s: Instants
    rows: NDArray[np.float32]
    target: Floats
    past_hours: Instants | None = None

    @property
    def lead_hours(self) -> int:
        """How many hours are forecast from each origin."""
        return int(self.target.shape[1])

    def over_before(self, until_s: int) -> tuple[Rows, Floats]:
        """Return the rows whose last hour is over at `until_s`, and their targets."""
        is_over = self.at_s + self.lead_hours * HOUR_S <= until_s
        rows = self.rows[is_over].reshape(-1, self.rows.shape[2])
        target = self.target[is_over].ravel()
        known = np.isfinite(target)
        return rows[known], target[known]


def table(
    series: Series,
    learnt_kw: Floats,
    places: NDArray[np.int64],
    lead_hours: int,
    past_hours: Instants | None = None,
) -> Table:
    """Return the rows of the origins at `places`.

    Rows of a time when next to nothing was used teach nothing by scale: they have no
    target.

    Args:
        series: What the rows are made from.
        learnt_kw: Its load without what is not to be learnt; NaN there.
        places: Hours of the series at whose beginning the origins are.
        lead_hours: 1 or 24.
        past_hours: Where given, what is known before each origin ends there; one entry
            for each place.
    """
    origins = series.origins(places)
    if past_hours is not None:
        origins = origins.within(past_hours)
    make = next_hour_rows if lead_hours == 1 else day_ahead_rows
    rows = make(origins, series.calendar)
    scale = scale_kw(origins)
    target = series.following(learnt_kw, places, lead_hours) / scale[:, None]
    usual = np.nanmedian(scale) if np.isfinite(scale).any() else 0.0
    teaches = (scale > _LEAST_SCALE * usual)[:, None] & (
        np.abs(target) < _LARGEST_TARGET
    )
    return Table(
        places,
        origins.at_s,
        rows.reshape(len(places), lead_hours, rows.shape[1]),
        np.where(teaches, target, np.nan),
        past_hours,
    )


def together(
    tables: Sequence[Table], until_s: int, most_rows: int
) -> tuple[Rows, Floats]:
    """Return what the tables teach before `until_s`, evenly thinned to `most_rows`."""
    parts = [each.over_before(until_s) for each in tables]
    rows = np.vstack([rows for rows, _ in parts])
    target = np.concatenate([target for _, target in parts])
    step = -(-len(target) // most_rows) if len(target) else 1
    return rows[::step], target[::step]
