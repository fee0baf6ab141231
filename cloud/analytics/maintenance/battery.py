"""Batteries: energy out for the same charge taken, and for the energy put in."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from cloud.analytics.maintenance.baseline import Duty
from cloud.analytics.maintenance.course import Course, Rise, Watch
from cloud.analytics.maintenance.examined import (
    Examined,
    Words,
    examined,
    findings,
    judged_places,
)
from cloud.analytics.maintenance.finding import (
    Change,
    Figure,
    FindingKind,
    pace,
    percent,
    told,
)
from cloud.analytics.maintenance.robust import Floats, Places, Slope, theil_sen

CAPACITY: Final = Watch(
    allowance=0.02, alarm_days=1000, threshold=0.20, least=0.04, ageing=0.025
)
EFFICIENCY: Final = Watch(
    allowance=0.02, alarm_days=1000, threshold=0.10, least=0.03, ageing=0.005
)
LEAST_SWING: Final = 0.15
"""Share of the state of charge below which a day's swing tells no capacity."""

_CHECK_CELLS: Final = (
    "Have the modules' voltages and the balancing checked, hold it against the"
    " warranty, and plan with the capacity that is left."
)
_CHECK_LOSSES: Final = (
    "Check its cooling and heating, the inverter's losses, and contacts that get warm."
)
_CAPACITY: Final = "Usable capacity"
_ROUND_TRIP: Final = "Energy out for energy in"
_MIDDLE_C: Final = 22.0
_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class BatteryDays:
    """Consecutive days of one battery; NaN where not known.

    Attributes:
        charged_kwh, discharged_kwh: Energy in and out, at the terminals.
        soc_gained, soc_lost: Rise of the state of charge while charging, and fall
            while discharging, added up over the day; 1 is once the whole capacity.
        temperature_c: Of the battery, or of its room.
    """

    charged_kwh: Floats
    discharged_kwh: Floats
    soc_gained: Floats
    soc_lost: Floats
    temperature_c: Floats


@dataclass(frozen=True, slots=True)
class Health:
    """How a battery stands.

    Attributes:
        capacity_kwh: Usable now, with what it was at first beside it.
        per_year: Capacity lost per year, as a share of what it was at first.
        per_cycle: The same per full cycle.
        cycles: Full cycles in the days looked at.
        round_trip: Energy out for energy in, over the last weeks.
    """

    capacity_kwh: float
    first_kwh: float
    per_year: Slope | None
    per_cycle: Slope | None
    cycles: float
    round_trip: float | None


def capacity_duty(days: BatteryDays) -> Duty:
    """Return the charge each day took out, and the energy that came of it.

    What is left when both are compared is the usable capacity; it falls with the cold.
    """
    lost = np.where(days.soc_lost >= LEAST_SWING, days.soc_lost, np.nan)
    colder = (_MIDDLE_C - _temperature(days)) / 10.0
    rows = np.column_stack((lost, lost * np.maximum(colder, 0.0), lost * colder))
    return Duty(
        rows,
        days.discharged_kwh,
        asked=lost,
        by_asked=np.ones(3, np.bool_),
        prior=np.array([1.0, -0.03, 0.0]),
        spread=np.array([0.5, 0.04, 0.03]),
        misfit=0.005,
        worse=-1,
    )


def efficiency_duty(days: BatteryDays) -> Duty:
    """Return the energy put in, and the energy that came out for it.

    What the state of charge has gained in all is not lost and is told apart.
    """
    charged = np.where(days.soc_gained >= LEAST_SWING, days.charged_kwh, np.nan)
    kept = days.soc_gained - days.soc_lost
    whole = charged / np.where(days.soc_gained > 0, days.soc_gained, np.nan)
    colder = (_MIDDLE_C - _temperature(days)) / 10.0
    rows = np.column_stack((charged, charged * colder, whole * kept))
    return Duty(
        rows,
        days.discharged_kwh,
        asked=charged,
        by_asked=np.ones(3, np.bool_),
        prior=np.array([0.9, 0.0, -0.9]),
        spread=np.array([0.1, 0.02, 0.15]),
        misfit=0.005,
        worse=-1,
    )


def health(days: BatteryDays) -> Health | None:
    """Return how the battery stands; None without a month of whole swings."""
    with np.errstate(invalid="ignore", divide="ignore"):
        capacity = days.discharged_kwh / days.soc_lost
    usable = np.isfinite(capacity) & (days.soc_lost >= LEAST_SWING)
    places = np.flatnonzero(usable)
    if len(places) < 30:
        return None
    first_kwh = float(np.median(capacity[places[:30]]))
    share = np.where(usable, 1 - capacity / first_kwh, np.nan)
    cycles = np.cumsum(np.nan_to_num(days.soc_lost))
    step = max(len(places) // 300, 1)  # pairs of all days of many years are too many
    some = places[::step]
    per_day = theil_sen(some.astype(float), share[some])
    return Health(
        float(np.median(capacity[places[-30:]])),
        first_kwh,
        _times(per_day, _YEAR),
        theil_sen(cycles[some], share[some]),
        float(cycles[-1]),
        _round_trip(days, places[-30:]),
    )


def examine(days: BatteryDays, name: str, first: date) -> Examined:
    """Return what is known of a battery whose first day is `first`."""

    def holds(course: Course, rise: Rise, changed: Change) -> Words:
        figure = _ratio(_CAPACITY, "kWh", course, rise, days)
        sentence = (
            f"{name} has held {percent(changed.level)} less than a sound battery of its"
            f" age since {told(first + timedelta(days=rise.start))}: {figure.after:.1f}"
            f" kWh instead of {figure.before:.1f}."
            f" {pace(rise, changed, CAPACITY.threshold)}"
        )
        return Words(FindingKind.CAPACITY, sentence, _CHECK_CELLS, (figure,))

    def gives(course: Course, rise: Rise, changed: Change) -> Words:
        figure = _ratio(_ROUND_TRIP, "1", course, rise, days)
        sentence = (
            f"{name} has given back {percent(changed.level)} less of what was put in"
            f" since {told(first + timedelta(days=rise.start))}."
            f" {pace(rise, changed, EFFICIENCY.threshold)}"
        )
        return Words(FindingKind.EFFICIENCY, sentence, _CHECK_LOSSES, (figure,))

    held, capacity = findings(capacity_duty(days), CAPACITY, first, holds)
    given, efficiency = findings(efficiency_duty(days), EFFICIENCY, first, gives)
    return examined([*held, *given], [capacity, efficiency], _condition(days))


def _ratio(
    name: str, unit: str, course: Course, rise: Rise, days: BatteryDays
) -> Figure:
    """Return energy out for the charge taken, or the energy put in: then and now."""
    places = judged_places(course, slice(rise.start, rise.end))
    asked = days.soc_lost if name == _CAPACITY else days.charged_kwh
    total = asked[places].sum()
    before, after = course.expected[places].sum(), days.discharged_kwh[places].sum()
    return Figure(name, unit, float(before / total), float(after / total))


def _condition(days: BatteryDays) -> tuple[Figure, ...]:
    now = health(days)
    if now is None:
        return ()
    figures = [
        Figure(_CAPACITY, "kWh", now.first_kwh, now.capacity_kwh),
        Figure("Full cycles", "1", None, now.cycles),
    ]
    if now.per_year:
        fade = 100 * now.per_year.per_day
        figures.append(Figure("Capacity lost per year", "%", None, fade))
    if now.per_cycle:
        fade = 1e5 * now.per_cycle.per_day
        figures.append(Figure("Capacity lost per 1,000 cycles", "%", None, fade))
    if now.round_trip is not None:
        figures.append(Figure(_ROUND_TRIP, "1", None, now.round_trip))
    return tuple(figures)


def _round_trip(days: BatteryDays, places: Places) -> float | None:
    """Return out for in, both for the same swing of the state of charge."""
    gained, lost = np.nansum(days.soc_gained[places]), np.nansum(days.soc_lost[places])
    charged = np.nansum(days.charged_kwh[places])
    if gained <= 0 or lost <= 0 or charged <= 0:
        return None
    return float(np.nansum(days.discharged_kwh[places]) / lost * gained / charged)


def _temperature(days: BatteryDays) -> Floats:
    """Return the temperature; where nobody measures it, the same for every day."""
    if np.isfinite(days.temperature_c).any():
        return days.temperature_c
    return np.full(len(days.temperature_c), _MIDDLE_C)


def _times(slope: Slope | None, factor: float) -> Slope | None:
    if slope is None:
        return None
    return Slope(slope.per_day * factor, slope.low * factor, slope.high * factor)
