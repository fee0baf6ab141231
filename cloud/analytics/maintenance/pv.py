"""Solar arrays: energy for the same sunlight."""

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
from cloud.analytics.maintenance.robust import Bools, Floats, theil_sen

BY_SENSOR: Final = Watch(allowance=0.03, alarm_days=1000, threshold=0.10, ageing=0.007)
BY_MODEL: Final = Watch(
    allowance=0.04,
    alarm_days=500,
    threshold=0.10,
    height=0.25,
    least=0.05,
    sure=0.08,
    ageing=0.007,
)
"""Sunlight from a weather service or a clear sky, not from a sensor."""

_STANDARD_C: Final = 25.0
_WARMING_K: Final = 28.0
"""Of a cell in full sun, above the air. (NOCT of 45 to 48 °C at 0.8 kW/m²)"""
_PER_K: Final = 0.0035
_FROST_C: Final = 0.0
_DIM: Final = 0.5
"""Sunlight of a day too dark to tell anything. [kWh/m²]"""
_DAYLIGHT_H: Final = 8.0
_RESET: Final = 0.02
_RAIN_MM: Final = 1.0
_DRY_DAYS: Final = 14
_CLEAN: Final = (
    "Clean the modules; if that does not bring it back, look for new shade, moss and"
    " droppings."
)
_REPAIR: Final = (
    "Look for a blown string fuse, a failed module or inverter input, and new shade."
)


@dataclass(frozen=True, slots=True)
class PvDays:
    """Consecutive days of one array; NaN where not known.

    Attributes:
        sunlight_kwh_m2: On the plane of the array. [kWh/m²]
        outdoor_c: Mean temperature outdoors.
        rain_mm: All NaN where nobody measures it.
        is_sensed: Whether a sensor measured the sunlight.
    """

    generated_kwh: Floats
    sunlight_kwh_m2: Floats
    outdoor_c: Floats
    rain_mm: Floats
    is_sensed: bool = True

    @property
    def watch(self) -> Watch:
        """What is looked for in them."""
        return BY_SENSOR if self.is_sensed else BY_MODEL


def duty(days: PvDays) -> Duty:
    """Return what each day's sun asked, and the energy that came of it.

    Energy is explained by sunlight, corrected for the cells' temperature as in the
    performance ratio of IEC 61724-1:2021. Days of frost (snow may lie) and dark days
    tell nothing.
    """
    sun = days.sunlight_kwh_m2
    silent = (days.outdoor_c < _FROST_C) | (sun < _DIM)
    corrected = np.where(silent, np.nan, sun * _temperature_factor(days))
    rows = np.column_stack((corrected, corrected * (days.outdoor_c - 15.0) / 10.0))
    return Duty(
        rows,
        days.generated_kwh,
        asked=corrected,
        by_asked=np.array([True, True]),
        prior=np.array([0.95, 0.0]),
        spread=np.array([0.5, 0.02]),
        misfit=0.01,
        worse=-1,
    )


def performance_ratio(days: PvDays, rated_kw: float) -> Floats:
    """Return each day's performance ratio, corrected for temperature.

    Energy over rated power × sunlight / 1 kW/m², the rated power taken at the cells'
    temperature (IEC 61724-1:2021, section 14.3.2).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        reference = rated_kw * days.sunlight_kwh_m2 * _temperature_factor(days)
        ratio: Floats = days.generated_kwh / np.where(reference > 0, reference, np.nan)
    return ratio


def soiling_rate(excess: Floats, rain_mm: Floats) -> float | None:
    """Return how much is lost per dry day, as a share; None without dry weeks.

    The loss is a sawtooth that rain resets. Of each stretch between two resets the
    trend is taken (Theil-Sen); the rate is their median, longer ones counting for
    more: the stochastic rate and recovery method without its draws (Deceglie, Micheli
    and Muller 2018, IEEE Journal of Photovoltaics 8).
    """
    ends = np.flatnonzero(_resets(excess, rain_mm))
    rates, lengths = [], []
    for begin, end in zip([0, *ends], [*ends, len(excess)], strict=True):
        places = np.arange(begin, end, dtype=float)
        slope = theil_sen(places, excess[begin:end])
        if end - begin >= _DRY_DAYS and slope:
            rates.append(slope.per_day)
            lengths.append(end - begin)
    if not rates:
        return None
    order = np.argsort(rates)
    reached = np.cumsum(np.array(lengths)[order])
    middle = int(np.searchsorted(reached, reached[-1] / 2))
    return max(float(np.array(rates)[order][middle]), 0.0)


def degradation_per_year(excess: Floats) -> float | None:
    """Return the loss per year, as a share; None with less than two years.

    The median of each day against the same day a year before (Jordan et al. 2018,
    Progress in Photovoltaics 26: the year-on-year method).
    """
    if len(excess) < 2 * 365:
        return None
    change = excess[365:] - excess[:-365]
    known = change[np.isfinite(change)]
    return float(np.median(known)) if len(known) >= 90 else None


def examine(days: PvDays, name: str, first: date, rated_kw: float | None) -> Examined:
    """Return what is known of an array whose first day is `first`."""

    def say(course: Course, rise: Rise, changed: Change) -> Words:
        start, less = told(first + timedelta(days=rise.start)), percent(changed.level)
        gradual = changed.is_gradual
        kind = FindingKind.SOILING if gradual else FindingKind.OUTPUT_LOST
        since = slice(rise.start, rise.end)
        figure = per_day("Energy per day", course, days.generated_kwh, since)
        how = "little by little" if gradual else "at once"
        sentence = (
            f"{name} has yielded {less} less from the same sunlight since {start}; it"
            f" came {how}. {pace(rise, changed, days.watch.threshold)}"
        )
        return Words(kind, sentence, _CLEAN if gradual else _REPAIR, (figure,))

    found, course = findings(duty(days), days.watch, first, say)
    return examined(found, [course], _condition(days, course, rated_kw))


def _condition(
    days: PvDays, course: Course, rated_kw: float | None
) -> tuple[Figure, ...]:
    """Return performance ratio, soiling and degradation, as far as they are known."""
    figures = [per_day("Energy per day", course, days.generated_kwh, LATELY)]
    lately = judged_places(course, LATELY)
    if rated_kw and len(lately):
        ratio = performance_ratio(days, rated_kw)
        at_first = ratio[course.in_baseline]
        before, after = float(np.nanmedian(at_first)), float(np.median(ratio[lately]))
        figures.insert(0, Figure("Performance ratio", "1", before, after))
    dirt = soiling_rate(course.excess, days.rain_mm)
    if dirt is not None:
        figures.append(Figure("Soiling per dry day", "%", None, 100 * dirt))
    lost = degradation_per_year(course.excess)
    if lost is not None:  # what is let be of a sound array is lost as well
        per_year = 100 * (lost + days.watch.ageing)
        figures.append(Figure("Degradation per year", "%", None, per_year))
    return tuple(figures)


def _temperature_factor(days: PvDays) -> Floats:
    sun_kw_m2 = np.clip(days.sunlight_kwh_m2 / _DAYLIGHT_H, 0.0, 1.0)
    cell_c = days.outdoor_c + _WARMING_K * sun_kw_m2
    factor: Floats = 1 - _PER_K * (cell_c - _STANDARD_C)
    return factor


def _resets(excess: Floats, rain_mm: Floats) -> Bools:
    """Return after which days the loss began anew: rain, else a jump upwards."""
    if np.isfinite(rain_mm).any():
        return np.nan_to_num(rain_mm) >= _RAIN_MM
    jumps = np.zeros(len(excess), np.bool_)
    for day in range(5, len(excess) - 5):
        before, after = excess[day - 5 : day], excess[day : day + 5]
        if np.isfinite(before).sum() >= 3 and np.isfinite(after).sum() >= 3:
            jumps[day] = np.nanmedian(before) - np.nanmedian(after) > _RESET
    return jumps
