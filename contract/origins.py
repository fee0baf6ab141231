"""What is known at the instants at which forecasts are made."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]

PAST_HOURS: Final = 35 * 24
"""How much of the load before an origin a forecast may rest on. [h]"""
PAST_CLIMATE_HOURS: Final = 192
"""The same for the temperature. [h]"""
LEAD_HOURS: Final = 24
"""How far ahead a day-ahead forecast reaches. [h]"""
SCALE_HOURS: Final = 168
"""Hours whose mean load is the unit of a scale-free row. [h]"""

_SMALLEST_KW: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Origins:
    """`n` instants of the 15-minute grid with what is known at each of them.

    Column 0 of the past is the hour that ends at the origin, column k the hour that
    ends k hours earlier; column 0 of what comes is the hour that begins at the origin.

    Attributes:
        at_s: The instants. [s since 1970 UTC]
        load_kw: Mean load, `PAST_HOURS` columns; NaN where not known. [kW]
        temperature_c: Measured outdoors, `PAST_CLIMATE_HOURS` columns. [°C]
        forecast_temperature_c: Of the lead hours, as forecast at the origin. [°C]
        occupancy_rate: Mean over the last hour, 0 to 1; NaN where not known.
        scheduled_rate: Share of the rooms in use by the timetable in each lead hour;
            NaN without timetables.
    """

    at_s: Instants
    load_kw: Floats
    temperature_c: Floats
    forecast_temperature_c: Floats
    occupancy_rate: Floats
    scheduled_rate: Floats

    @classmethod
    def of_load(cls, at_s: Instants, load_kw: Floats) -> Self:
        """Return origins at which only the load is known."""
        count = len(at_s)
        leads = np.broadcast_to(np.float64("nan"), (count, LEAD_HOURS))
        climate = np.broadcast_to(np.float64("nan"), (count, PAST_CLIMATE_HOURS))
        return cls(at_s, load_kw, climate, leads, leads[:, 0], leads)

    def __len__(self) -> int:
        return len(self.at_s)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Self:
        """Return these origins only."""
        return type(self)(
            self.at_s[which],
            self.load_kw[which],
            self.temperature_c[which],
            self.forecast_temperature_c[which],
            self.occupancy_rate[which],
            self.scheduled_rate[which],
        )

    def within(self, hours: int | Instants) -> Self:
        """Return the same origins, as if measuring had begun `hours` before each.

        Args:
            hours: One for all origins, or one for each.
        """
        return replace(
            self,
            load_kw=_newest(self.load_kw, hours),
            temperature_c=_newest(self.temperature_c, hours),
        )


def _newest(past: Floats, hours: int | Instants) -> Floats:
    is_known = np.arange(past.shape[1]) < np.asarray(hours).reshape(-1, 1)
    return np.where(is_known, past, np.nan)


def mean_known(values: Floats) -> Floats:
    """Return the mean over the last axis of what is known there; NaN of nothing."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean


def scale_kw(origins: Origins) -> Floats:
    """Return the unit of each origin's rows in kW: the week's mean load or feed-in.

    NaN where nothing is known of that week; never 0.
    """
    mean_kw = mean_known(np.abs(origins.load_kw[:, :SCALE_HOURS]))
    return np.where(mean_kw < _SMALLEST_KW, _SMALLEST_KW, mean_kw)
