"""One building that forecasts are tried on: what is trained on, what is tested."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.series import HOUR_S, Series, origin_places
from cloud.meter_files import Building
from contract.calendar import DAY_S, Calendar
from contract.origins import PAST_CLIMATE_HOURS, PAST_HOURS, Floats, Instants, Origins

FEWEST_BEFORE: Final = 72
"""Known hours before the test without which a building is left out."""
FEWEST_TESTED: Final = 24
"""Known hours of the test without which a building is left out."""
FEWEST_ROWS: Final = 24
"""Rows without which a model is not trained."""

_YOUNG_DAYS: Final = 28
_MANY: Final = 0.02
Places = NDArray[np.int64]


class NotTestableError(ValueError):
    """A building can't be tested; the message says why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One building and how it is tested.

    Attributes:
        train_until_s: The local midnight at which the test begins. [s since 1970 UTC]
        lead_hours: 1, from every hour, or 24, from every local midnight.
        own_days: Days of its own past that a forecast may rest on, in a cold start.
    """

    series: Series
    train_until_s: int
    lead_hours: int
    own_days: int | None = None

    @property
    def split(self) -> int:
        """Place of the first hour of the test."""
        return int(np.searchsorted(self.series.starts_s, self.train_until_s))

    def places(self) -> Places:
        """Return the places of all origins, those before the test as well."""
        places = origin_places(self.series, self.series.start_s, self.lead_hours)
        return places[places >= self.first]

    def tested_places(self) -> Places:
        """Return the places of the origins of the test."""
        places = self.places()
        return places[places >= self.split]

    @property
    def first(self) -> int:
        """Place of the first hour that may be trained on."""
        if self.own_days is None:
            return 0
        return max(self.split - 24 * self.own_days, 0)

    def origins(self, places: Places) -> Origins:
        """Return what is known at `places`: no more than `own_days` in a cold start."""
        origins = self.series.origins(places)
        if self.own_days is None:
            return origins
        hours = 24 * self.own_days
        return Origins(
            origins.at_s,
            np.where(np.arange(PAST_HOURS) < hours, origins.load_kw, np.nan),
            np.where(
                np.arange(PAST_CLIMATE_HOURS) < hours, origins.temperature_c, np.nan
            ),
            origins.forecast_temperature_c,
            origins.occupancy_rate,
            origins.scheduled_rate,
        )

    def measured_kw(self, places: Places) -> Floats:
        """Return the load of the hours after each place; NaN where it does not count.

        What lies past the next local midnight belongs to the next day's forecast.
        """
        measured = self.series.measured_kw(places, self.lead_hours)
        day = self.clock(places) // DAY_S
        return np.where(day == day[:, :1], measured, np.nan)

    def clock(self, places: Places) -> Instants:
        """Return when the hours after each place start, as the local clock shows it."""
        start_s = self.series.start_s + HOUR_S * (
            places[:, None] + np.arange(self.lead_hours)
        )
        return start_s + self.series.calendar.offset_s(start_s)


def case_of(
    building: Building, train_until: date, lead_hours: int, own_days: int | None
) -> Case:
    """Return how `building` is tested.

    Raises:
        NotTestableError: There is too little of it before or after `train_until`.
    """
    midnight = datetime(
        train_until.year, train_until.month, train_until.day, tzinfo=building.zone
    )
    series = Series(
        name=building.building_id,
        start_s=int(building.start_s[0]),
        load_kw=building.load_kw,
        calendar=Calendar(building.zone, building.holidays),
        temperature_c=building.temperature_c,
    )
    case = Case(series, int(midnight.timestamp()), lead_hours, own_days)
    before = int(np.isfinite(series.load_kw[: case.split]).sum())
    if before < FEWEST_BEFORE:
        raise NotTestableError(
            f"{before} hours are known before {train_until}, {FEWEST_BEFORE} are needed"
        )
    tested = int(np.isfinite(case.measured_kw(case.tested_places())).sum())
    if tested < FEWEST_TESTED:
        raise NotTestableError(
            f"{tested} hours can be tested from {train_until} on, {FEWEST_TESTED} are"
            " needed"
        )
    return case


def remarks(case: Case) -> list[str]:
    """Return what a reader should know of the case's data."""
    known = np.isfinite(case.series.load_kw)
    said = []
    days = int(known[: case.split].sum()) // 24
    if days < _YOUNG_DAYS:
        said.append(f"only {days} days are known before the test")
    missing = ~known[case.split :]
    if missing.mean() > _MANY:
        said.append(f"{missing.mean():.0%} of the test is not known and does not count")
    return said
