"""Where energy could be saved, each with what it rests on.

The four do not overlap: nights are compared with other buildings, everything else with
the building's own night; nights are hours before `NIGHT_ENDS` on the wall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from cloud.analytics.patterns.days import HOURS, LocalDays
from cloud.domain.load_history import Floats, Instants
from contract.calendar import DAY_S, Calendar

NIGHT_ENDS: Final = 5
"""Hour on the wall at which the night ends that began at midnight."""

FEWEST_NIGHTS: Final = 14
FEWEST_PEERS: Final = 3
WORTH_TELLING: Final = 0.1
"""Share by which a load must be above what it is compared with."""
SHAVED: Final = 0.01
"""Share of the quarter hours that peak shaving is about."""

_HOUR_S: Final = 3_600
_FEWEST_DAYS: Final = 6
_FEWEST_QUARTERS: Final = 14 * 96
_DAYS_OF_A_YEAR: Final = 365.25
_WORST_SHARE: Final = 0.03  # of the mean load; less is not told
_QUIET: Final = 0.5  # of what working days are above the night
_WEEKEND: Final = (1, 2)  # kinds of Saturday and Sunday


class Kind(StrEnum):
    """What could be done."""

    NIGHT_BASE = "night_base"
    WEEKEND = "weekend"
    OUTSIDE_HOURS = "outside_hours"
    PEAK = "peak"


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Something worth looking at.

    Attributes:
        sentence: What was seen.
        how: How the figure is computed.
        kwh_per_year: At most; None where no energy is saved, only power.
        kw: Lower peak; None where it is about energy.
        evidence: The numbers it rests on, units in their names.
    """

    kind: Kind
    sentence: str
    how: str
    kwh_per_year: float | None
    kw: float | None
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True)
class Night:
    """The usual night of one building.

    Attributes:
        kw: Median over the nights of their mean load.
        nights: How many nights were measured.
    """

    kw: float
    nights: int
    area_m2: float | None


def night(
    start_s: Instants, hour_kw: Floats, calendar: Calendar, area_m2: float | None
) -> Night | None:
    """Return the usual night; None where too few were measured.

    Args:
        start_s: First instants of hours; those that lie in a night count.
        hour_kw: Their mean load; NaN where not known. [kW]
    """
    local_s = start_s + calendar.offset_s(start_s)
    into_s = local_s % DAY_S
    inside = into_s + _HOUR_S <= NIGHT_ENDS * _HOUR_S
    inside &= np.isfinite(hour_kw)
    dates, place = np.unique(local_s[inside] // DAY_S, return_inverse=True)
    count = np.bincount(place, minlength=len(dates))
    total = np.bincount(place, hour_kw[inside], minlength=len(dates))
    means = (total / np.maximum(count, 1))[count >= NIGHT_ENDS - 1]
    if len(means) < FEWEST_NIGHTS:
        return None
    return Night(float(np.median(means)), len(means), area_m2)


def night_base(own: Night, peers: Sequence[Night]) -> Opportunity | None:
    """Return what a night like the other buildings' would save, by floor area."""
    per_m2 = [each.kw / each.area_m2 for each in peers if each.area_m2]
    if not own.area_m2 or len(per_m2) < FEWEST_PEERS:
        return None
    usual_w = 1000 * float(np.median(per_m2))
    own_w = 1000 * own.kw / own.area_m2
    excess_kw = own.kw - usual_w / 1000 * own.area_m2
    if usual_w <= 0 or own_w < (1 + WORTH_TELLING) * usual_w:
        return None
    return Opportunity(
        Kind.NIGHT_BASE,
        f"At night it draws {own_w:.2g} W/m², the other buildings {usual_w:.2g} W/m².",
        f"Median of {own.nights} nights, 0 to {NIGHT_ENDS} h, against the median of "
        f"{len(per_m2)} buildings, whatever they are for; the difference for every "
        "night of a year.",
        excess_kw * NIGHT_ENDS * _DAYS_OF_A_YEAR,
        None,
        {
            "night_kw": own.kw,
            "night_w_per_m2": own_w,
            "peers_w_per_m2": usual_w,
            "peers": len(per_m2),
            "nights": own.nights,
        },
    )


def weekend(days: LocalDays, own: Night) -> Opportunity | None:
    """Return what weekends at the night's level would save, outside the timetables.

    Without timetables only where weekends are clearly quieter than working days: else
    people may well be there.
    """
    rows = np.isin(days.kinds.kind, _WEEKEND)
    has_timetables = bool(np.isfinite(days.scheduled).any())
    above_kw = _unused_excess_kw(days, own)
    excess_kw = above_kw[rows]
    known = np.isfinite(excess_kw)
    count = int(known.any(axis=1).sum())
    if count < _FEWEST_DAYS:
        return None
    mean_kw = float(excess_kw[known].mean())
    if not _is_worth(mean_kw, own, days):
        return None
    if not has_timetables and not _is_quieter(mean_kw, above_kw[days.is_working]):
        return None
    hours = float(known.sum(axis=1)[known.any(axis=1)].mean())
    unused = (
        f"in {hours:.0f} h a day for which nothing is scheduled"
        if has_timetables
        else "by day; no timetable says who works then"
    )
    return Opportunity(
        Kind.WEEKEND,
        f"On weekends it draws {mean_kw:.3g} kW more than at night {unused}.",
        f"Mean over {count} Saturdays and Sundays of the load above the usual night "
        f"({own.kw:.3g} kW), times {hours:.0f} h and 104 days of a year.",
        mean_kw * hours * _DAYS_OF_A_YEAR * len(_WEEKEND) / 7,
        None,
        {
            "excess_kw": mean_kw,
            "night_kw": own.kw,
            "hours_per_day": hours,
            "days": count,
        },
    )


def outside_hours(days: LocalDays, own: Night) -> Opportunity | None:
    """Return what is used on working days before and after the timetables.

    An hour before the first lesson and one after the last are left to it.
    """
    rows = days.is_working & np.isfinite(days.load_kw).all(axis=1)
    excess_kw = _unused_excess_kw(days, own)[rows]
    scheduled = days.scheduled[rows]
    taught = (scheduled > 0).any(axis=1)
    excess_kw, scheduled = excess_kw[taught], scheduled[taught]
    if len(excess_kw) < _FEWEST_DAYS:
        return None
    first = np.argmax(scheduled > 0, axis=1)[:, None]
    hour = np.arange(HOURS)
    unused_kwh = np.nan_to_num(excess_kw)
    early = float(np.where(hour < first, unused_kwh, 0).sum(axis=1).mean())
    late = float(np.where(hour > first, unused_kwh, 0).sum(axis=1).mean())
    if not _is_worth((early + late) / HOURS, own, days):
        return None
    share = float(taught.sum() / max(len(days.load_kw), 1))
    return Opportunity(
        Kind.OUTSIDE_HOURS,
        f"On working days it uses {early:.3g} kWh before the first lesson and "
        f"{late:.3g} kWh after the last, more than at night.",
        f"Mean over {len(excess_kw)} days of the load above the usual night "
        f"({own.kw:.3g} kW) from {NIGHT_ENDS} h on where nothing is scheduled; an hour "
        "before and after lessons does not count.",
        (early + late) * share * _DAYS_OF_A_YEAR,
        None,
        {
            "early_kwh_per_day": early,
            "late_kwh_per_day": late,
            "night_kw": own.kw,
            "days": len(excess_kw),
        },
    )


def peak(quarter_kw: Floats) -> Opportunity | None:
    """Return how much lower the peak would be without the highest quarter hours."""
    known = quarter_kw[np.isfinite(quarter_kw)]
    if len(known) < _FEWEST_QUARTERS:
        return None
    top_kw, level_kw = float(known.max()), float(np.quantile(known, 1 - SHAVED))
    shaved_kw = top_kw - level_kw
    if top_kw <= 0 or shaved_kw < WORTH_TELLING * top_kw:
        return None
    above_kw = np.maximum(np.nan_to_num(quarter_kw) - level_kw, 0.0)
    longest_kwh = _largest_run(above_kw) / 4
    hours = SHAVED * _DAYS_OF_A_YEAR / 12 * HOURS
    return Opportunity(
        Kind.PEAK,
        f"Its highest {hours:.0f} hours a month make the peak {shaved_kw:.3g} kW "
        f"higher: {top_kw:.3g} instead of {level_kw:.3g} kW.",
        f"Highest of {len(known)} quarter hours against the one that "
        f"{SHAVED:.0%} of them exceed; the largest stretch above it holds "
        f"{longest_kwh:.3g} kWh, which would have to be moved or stored.",
        None,
        shaved_kw,
        {
            "peak_kw": top_kw,
            "level_kw": level_kw,
            "largest_stretch_kwh": longest_kwh,
            "quarter_hours": len(known),
        },
    )


def _unused_excess_kw(days: LocalDays, own: Night) -> Floats:
    """Return the load in kW above the night where nothing is scheduled; else NaN.

    Without timetables every hour after the night counts as unused.
    """
    used = np.nan_to_num(days.scheduled) > 0
    near = used.copy()
    near[:, 1:] |= used[:, :-1]
    near[:, :-1] |= used[:, 1:]
    near[:, :NIGHT_ENDS] = True
    excess_kw: Floats = np.where(near, np.nan, days.load_kw - own.kw)
    return np.maximum(excess_kw, 0.0)


def _is_worth(excess_kw: float, own: Night, days: LocalDays) -> bool:
    mean_kw = float(np.nanmean(days.load_kw))
    return excess_kw > max(WORTH_TELLING * own.kw, _WORST_SHARE * mean_kw, 0.0)


def _is_quieter(weekend_kw: float, working_kw: Floats) -> bool:
    known = working_kw[np.isfinite(working_kw)]
    return len(known) > 0 and weekend_kw < _QUIET * float(known.mean())


def _largest_run(above_kw: Floats) -> float:
    largest = running = 0.0
    for each in above_kw.tolist():
        running = running + each if each > 0 else 0.0
        largest = max(largest, running)
    return largest
