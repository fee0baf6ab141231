"""The hourly load of one building as the backtest and the training take it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from contract.calendar import DAY_S, Calendar
from contract.origins import (
    LEAD_HOURS,
    PAST_CLIMATE_HOURS,
    PAST_HOURS,
    Floats,
    Instants,
    Origins,
)

HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True)
class Series:
    """Gapless hours of one building.

    Attributes:
        name: What the building is called.
        start_s: First instant of the first hour. [s since 1970 UTC]
        load_kw: Mean load of each hour; NaN where not known. [kW]
        temperature_c: Measured outdoors, of the same hours; NaN where not known. [°C]
    """

    name: str
    start_s: int
    load_kw: Floats
    calendar: Calendar
    temperature_c: Floats

    def __len__(self) -> int:
        return len(self.load_kw)

    @property
    def starts_s(self) -> Instants:
        """First instants of the hours. [s since 1970 UTC]."""
        return self.start_s + HOUR_S * np.arange(len(self), dtype=np.int64)

    def origins(self, places: NDArray[np.int64]) -> Origins:
        """Return what is known at the beginnings of the hours `places`."""
        count = len(places)
        unknown = np.full((count, LEAD_HOURS), np.nan)
        return Origins(
            at_s=self.start_s + HOUR_S * places,
            load_kw=_before(self.load_kw, places, PAST_HOURS),
            temperature_c=_before(self.temperature_c, places, PAST_CLIMATE_HOURS),
            forecast_temperature_c=unknown,
            occupancy_rate=unknown[:, 0],
            scheduled_rate=unknown,
        )

    def measured_kw(self, places: NDArray[np.int64], lead_hours: int) -> Floats:
        """Return the load of the hours that follow, places × `lead_hours`; NaN past."""
        return self.following(self.load_kw, places, lead_hours)

    def following(
        self, values: Floats, places: NDArray[np.int64], lead_hours: int
    ) -> Floats:
        """Return `values`, one for each hour, of the hours that follow each place."""
        longer = np.concatenate((values, np.full(lead_hours, np.nan)))
        return sliding_window_view(longer, lead_hours)[places]


def origin_places(series: Series, from_s: int, lead_hours: int) -> NDArray[np.int64]:
    """Return the places of the hours that begin where a forecast is made."""
    starts_s = series.starts_s
    is_origin = (starts_s >= from_s) & (
        starts_s + lead_hours * HOUR_S <= series.start_s + len(series) * HOUR_S
    )
    if lead_hours > 1:
        local_s = starts_s + series.calendar.offset_s(starts_s)
        is_origin &= local_s % DAY_S < HOUR_S
    return np.flatnonzero(is_origin)


def _before(values: Floats, places: NDArray[np.int64], count: int) -> Floats:
    """Return the `count` values before each place, the last one first."""
    longer = np.concatenate((np.full(count, np.nan), values))
    return sliding_window_view(longer, count)[places][:, ::-1]
