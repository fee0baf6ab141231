"""Rows from which the clearness of an hour is forecast: nothing past the origin."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.solar.array import Sky
from cloud.forecasting.solar.clearness import FLOOR, Places, Production

Floats = NDArray[np.float64]

COLUMNS: Final = (
    "lead_hour",
    "elevation_deg",
    "azimuth_deg",
    "expected",
    "clearness_1_before",
    "clearness_2_before",
    "clearness_3_before",
    "clearness_4_before",
    "clearness_change",
    "clearness_last",
    "mean_of_6_hours",
    "mean_of_24_hours",
    "mean_of_168_hours",
    "spread_of_6_hours",
    "spread_of_24_hours",
    "same_hour_1_day_before",
    "same_hour_2_days_before",
    "hour_before_1_day_before",
    "hour_after_1_day_before",
    "same_hour_of_7_days",
    "same_hour_of_30_days",
    "made_1_before",
    "made_2_before",
    "made_1_day_before",
    "made_if_as_last",
    "foreseen_clearness",
    "foreseen",
)
"""Columns of `Past.rows`, in order."""

_DAY_H: Final = 24
_LONGEST_NIGHT_H: Final = 20
_HIGHEST: Final = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What the hours before each hour show, made once for all origins."""

    sky: Sky
    production: Production
    last: Floats
    mean_6: Floats
    mean_24: Floats
    mean_168: Floats
    spread_6: Floats
    spread_24: Floats
    same_7: Floats
    same_30: Floats

    @classmethod
    def of(cls, sky: Sky, production: Production) -> Self:
        """Return what the hours of `production` show."""
        clearness = production.clearness
        mean_6, spread_6 = _trailing(clearness, 6, 2)
        mean_24, spread_24 = _trailing(clearness, 24, 3)
        mean_168, _ = _trailing(clearness, 168, 20)
        return cls(
            sky,
            production,
            _carried(clearness),
            mean_6,
            mean_24,
            mean_168,
            spread_6,
            spread_24,
            _same_hour(clearness, 7),
            _same_hour(clearness, 30),
        )

    def rows(self, origin: Places, target: Places, foreseen: Floats) -> Floats:
        """Return a row for each pair of an origin and a target.

        Args:
            origin: Place of the first hour that is not known when it is forecast.
            target: Place of the hour that is forecast, at or after the origin and not
                further than a day.
            foreseen: What the modules would make of the irradiance that is forecast
                for the target, as a share of the capacity; NaN where none is.
        """
        made = self.production.made
        expected = self.production.expected(origin, target)
        bright = np.maximum(self.production.clear[target], FLOOR)
        columns = [
            (target - origin + 1).astype(np.float64),
            self.sky.elevation_deg[target],
            self.sky.azimuth_deg[target],
            expected,
            *self._recent(origin),
            *self._alike(origin, target - _DAY_H),
            _at(made, origin - 1),
            _at(made, origin - 2),
            _at(made, target - _DAY_H),
            _at(self.last, origin - 1) * expected,
            np.clip(foreseen / bright, 0.0, _HIGHEST),
            foreseen,
        ]
        return np.column_stack(columns)

    def _recent(self, origin: Places) -> list[Floats]:
        """Return what the hours just before the origin show."""
        clearness = self.production.clearness
        before = [_at(clearness, origin - hours) for hours in range(1, 5)]
        shown = (
            self.last,
            self.mean_6,
            self.mean_24,
            self.mean_168,
            self.spread_6,
            self.spread_24,
        )
        known = [_at(values, origin - 1) for values in shown]
        return [*before, before[0] - before[1], *known]

    def _alike(self, origin: Places, yesterday: Places) -> list[Floats]:
        """Return what hours like the target show that are over at the origin."""
        clearness = self.production.clearness
        after = np.where(yesterday + 1 < origin, _at(clearness, yesterday + 1), np.nan)
        return [
            _at(clearness, yesterday),
            _at(clearness, yesterday - _DAY_H),
            _at(clearness, yesterday - 1),
            after,
            _at(self.same_7, yesterday),
            _at(self.same_30, yesterday),
        ]

    def lit(self, target: Places, values: Floats) -> Floats:
        """Return `values`, a row for each target; 0 where the sun never comes up."""
        dark = self.sky.clear_w_m2[target] <= 0
        return np.where(dark if values.ndim == 1 else dark[:, None], 0.0, values)


def _at(values: Floats, place: Places) -> Floats:
    """Return the values at `place`; NaN before the first."""
    return np.where(place >= 0, values[np.maximum(place, 0)], np.nan)


def _carried(values: Floats) -> Floats:
    """Return each value, or the last one known before it, through a night."""
    place = np.arange(len(values))
    known = np.maximum.accumulate(np.where(np.isfinite(values), place, -1))
    recent = (known >= 0) & (place - known <= _LONGEST_NIGHT_H)
    return np.where(recent, values[np.maximum(known, 0)], np.nan)


def _trailing(values: Floats, hours: int, fewest: int) -> tuple[Floats, Floats]:
    """Return mean and spread of the known ones of the last `hours` values."""
    known = np.isfinite(values)
    held = np.where(known, values, 0.0)
    count = _sums(known.astype(np.float64), hours)
    total, squares = _sums(held, hours), _sums(held**2, hours)
    enough = count >= fewest
    safe = np.where(enough, count, 1.0)
    mean = total / safe
    spread = np.sqrt(np.maximum(squares / safe - mean**2, 0.0))
    return np.where(enough, mean, np.nan), np.where(enough, spread, np.nan)


def _sums(values: Floats, hours: int) -> Floats:
    total = np.concatenate((np.zeros(hours), np.cumsum(values)))
    sums: Floats = total[hours:] - total[:-hours]
    return sums


def _same_hour(values: Floats, days: int) -> Floats:
    """Return the mean of each hour and the same one of the days before it."""
    shifted = np.full((days, len(values)), np.nan)
    for day in range(days):
        shifted[day, day * _DAY_H :] = values[: len(values) - day * _DAY_H]
    known = np.isfinite(shifted)
    count = known.sum(axis=0)
    total = np.where(known, shifted, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
