"""Air conditioning and heat pumps: electricity for the same heat, or the same day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from cloud.analytics.maintenance.baseline import Duty
from cloud.analytics.maintenance.course import Course, Rise, Watch
from cloud.analytics.maintenance.examined import (
    LATELY,
    Examined,
    Words,
    examined,
    findings,
    judged_places,
    per_day,
)
from cloud.analytics.maintenance.finding import (
    Change,
    Figure,
    FindingKind,
    pace,
    percent,
    told,
)
from cloud.analytics.maintenance.robust import Floats, daily_mean

BY_HEAT: Final = Watch(allowance=0.02, alarm_days=1000, threshold=0.20)
BY_WEATHER: Final = Watch(
    allowance=0.04, alarm_days=300, threshold=0.20, height=0.25, least=0.05, sure=0.08
)

_MILD_C: Final = 16.0
_COOLING_C: Final = (14.0, 19.0, 25.0)
_HEATING_C: Final = (17.0, 10.0, 2.0)
_ENERGY: Final = "Electricity per day"
_ADVICE: Final = (
    "Clean the condenser and the filters, and check the refrigerant charge, the fans"
    " and the valves; then see whether it comes back."
)


@dataclass(frozen=True, slots=True)
class HvacDays:
    """Consecutive days of one machine; NaN where not known.

    Attributes:
        heat_kwh: Heat or cold delivered; all NaN where it is not metered.
        outdoor_c: Mean temperature outdoors of each hour, 24 for each day.
        occupied: Share of the rooms in use in each hour, 0 to 1.
    """

    electricity_kwh: Floats
    heat_kwh: Floats
    outdoor_c: Floats
    occupied: Floats

    @property
    def is_metered(self) -> bool:
        """Whether heat is known, so that the efficiency itself is."""
        return bool(np.isfinite(self.heat_kwh).any())

    @property
    def watch(self) -> Watch:
        """What is looked for in them."""
        return BY_HEAT if self.is_metered else BY_WEATHER


def duty(days: HvacDays) -> Duty:
    """Return what each day asked, and the electricity that it took.

    With metered heat, electricity is explained by heat and the temperature outdoors,
    so that what remains is the COP. Without, by degree hours and occupancy: the change
    points of ASHRAE Guideline 14-2014, annex D, at fixed places as in Mathieu et al.
    2011 (IEEE Transactions on Smart Grid 2).
    """
    return _by_heat(days) if days.is_metered else _by_weather(days)


def _by_heat(days: HvacDays) -> Duty:
    heat_kwh = days.heat_kwh
    cold = daily_mean(np.maximum(_MILD_C - days.outdoor_c, 0) / 10)
    warm = daily_mean(np.maximum(days.outdoor_c - _MILD_C, 0) / 10)
    rows = np.column_stack(
        (
            np.ones(len(heat_kwh)),
            daily_mean(days.occupied),
            heat_kwh,
            heat_kwh * cold,
            heat_kwh * warm,
        )
    )
    return Duty(
        rows,
        days.electricity_kwh,
        asked=heat_kwh,
        by_asked=np.array([False, False, True, True, True]),
        prior=np.array([0.1, 0.0, 0.8, 0.1, 0.15]),
        spread=np.array([0.2, 0.1, 0.3, 0.15, 0.15]),
        misfit=0.01,
    )


def _by_weather(days: HvacDays) -> Duty:
    columns = [np.ones(len(days.electricity_kwh)), daily_mean(days.occupied)]
    degrees = [days.outdoor_c - knot_c for knot_c in _COOLING_C]
    degrees += [knot_c - days.outdoor_c for knot_c in _HEATING_C]
    for difference in degrees:
        beyond = np.maximum(difference, 0) / 10
        columns += [daily_mean(beyond), daily_mean(days.occupied * beyond)]
    day_c = daily_mean(days.outdoor_c)
    columns.append(np.concatenate(([np.nan], -np.diff(day_c))) / 10)  # walls store
    rows = np.column_stack(columns)
    spread = np.full(rows.shape[1], 0.7)
    spread[0] = 0.3
    return Duty(
        rows,
        days.electricity_kwh,
        asked=np.full(len(rows), np.nan),
        by_asked=np.zeros(rows.shape[1], np.bool_),
        prior=np.zeros(rows.shape[1]),
        spread=spread,
        misfit=0.02,
    )


def examine(days: HvacDays, name: str, first: date) -> Examined:
    """Return what is known of a machine whose first day is `first`."""

    def say(course: Course, rise: Rise, changed: Change) -> Words:
        start, more = told(first + timedelta(days=rise.start)), percent(changed.level)
        since = slice(rise.start, rise.end)
        figures = [per_day(_ENERGY, course, days.electricity_kwh, since)]
        kind, what, detail = FindingKind.ELECTRICITY, "the same weather and use", ""
        if days.is_metered:
            kind, what = FindingKind.COP, "the same heat or cold"
            cop = _cop(days, course, since)
            figures.insert(0, cop)
            detail = f": its COP is {cop.after:.1f} instead of {cop.before:.1f}"
        sentence = (
            f"{name} has taken {more} more electricity for {what} since {start}"
            f"{detail}. {pace(rise, changed, days.watch.threshold)}"
        )
        return Words(kind, sentence, _ADVICE, tuple(figures))

    found, course = findings(duty(days), days.watch, first, say)
    condition = [per_day(_ENERGY, course, days.electricity_kwh, LATELY)]
    if days.is_metered:
        condition.insert(0, _cop(days, course, LATELY))
    return examined(found, [course], tuple(condition))


def _cop(days: HvacDays, course: Course, span: slice) -> Figure:
    """Return the COP that was expected in a span, and the one that was."""
    places = judged_places(course, span)
    if not len(places):
        return Figure("COP", "1", None, None)
    heat_kwh = days.heat_kwh[places].sum()
    before = heat_kwh / course.expected[places].sum()
    after = heat_kwh / days.electricity_kwh[places].sum()
    return Figure("COP", "1", float(before), float(after))
