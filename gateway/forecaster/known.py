"""What is known at an instant, put together from all that is remembered."""

from dataclasses import dataclass
from typing import Final, Self
from zoneinfo import ZoneInfo

import numpy as np

from contract.calendar import Calendar
from contract.features import LEAD_HOURS, PAST_HOURS
from contract.origins import Floats, Instants, Origins, mean_known
from contract.schedule import rate_in, usual_week
from contract.timetable import SiteConfig
from gateway.forecaster.ring import Ring
from gateway.forecaster.weather import KeptWeather

QUARTER_S: Final = 900
HOUR_S: Final = 3_600
LOAD, INDOOR, OCCUPANCY = range(3)
"""Columns of what is remembered of each quarter hour."""
TRIED_HOURS: Final = 7 * 24
"""How much of the past a new model is tried on. [h]"""
REMEMBERED: Final = 4 * (PAST_HOURS + TRIED_HOURS + 24)
"""Quarter hours that are remembered: for a forecast made a week ago, and a day more."""

_HOUR: Final = 4  # quarter hours


def empty_memory() -> Ring:
    """Return a memory in which nothing is known."""
    return Ring(QUARTER_S, REMEMBERED, 3)


@dataclass(frozen=True, slots=True)
class Site:
    """What the cloud decides of the place.

    Attributes:
        week: Share of the rooms in use, as `schedule.usual_week` returns it.
    """

    calendar: Calendar
    week: Floats

    @classmethod
    def of(cls, config: SiteConfig) -> Self:
        """Return what a site's configuration says."""
        zone = ZoneInfo(config.timezone)
        calendar = Calendar(zone, config.holidays, config.closed)
        return cls(calendar, usual_week(config.timetables.values()))


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that a forecast may rest on.

    Attributes:
        until_s: How far it was measured, on the 15-minute grid. [s since 1970 UTC]
    """

    until_s: int
    quarters: Ring
    weather: KeptWeather
    site: Site

    def origins(self, at_s: Instants) -> Origins:
        """Return what was known at each of these instants of the 15-minute grid."""
        starts_s = at_s[:, None] + HOUR_S * np.arange(LEAD_HOURS)
        occupied = self._last_hour(at_s, OCCUPANCY)
        return Origins(
            at_s=at_s,
            load_kw=self.past_kw(at_s, PAST_HOURS),
            temperature_c=self.weather.measured_c(at_s),
            forecast_temperature_c=self.weather.forecast_c(at_s),
            occupancy_rate=mean_known(occupied),
            scheduled_rate=rate_in(self.site.week, self.site.calendar, starts_s),
        )

    def past_kw(self, at_s: Instants, hours: int) -> Floats:
        """Return the mean loads of the hours before each instant, the newest first.

        NaN where a quarter of the hour is not known.
        """
        found = np.full((len(at_s), hours), np.nan)
        for row, second in enumerate(at_s.tolist()):
            first_s = second - hours * HOUR_S
            quarters = self.quarters.rows(first_s, hours * _HOUR)[:, LOAD]
            found[row] = quarters.reshape(-1, _HOUR).mean(axis=1)[::-1]
        return found

    def seed_climate(self, at_s: Instants) -> tuple[Floats, Floats]:
        """Return indoor temperature and occupancy of the hour before each instant.

        NaN where the first quarter of it is not known: what is measured once an hour
        describes the hour that follows.
        """
        indoor, occupied = (
            np.where(np.isfinite(hour[:, 0]), mean_known(hour), np.nan)
            for hour in (
                self._last_hour(at_s, INDOOR),
                self._last_hour(at_s, OCCUPANCY),
            )
        )
        return indoor, occupied

    def _last_hour(self, at_s: Instants, column: int) -> Floats:
        hours = [
            self.quarters.rows(s - HOUR_S, _HOUR)[:, column] for s in at_s.tolist()
        ]
        return np.array(hours).reshape(-1, _HOUR)

    def hour_s(self, at_s: int) -> int:
        """Return when the hour began that `at_s` lies in, on the site's clocks."""
        offset_s = int(self.site.calendar.offset_s(np.array([at_s]))[0])
        return at_s - (at_s + offset_s) % HOUR_S
