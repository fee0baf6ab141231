"""What stands out of a load's patterns, in plain words."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cloud.analytics.patterns.profile import DayType, Figures, Profile, by_type
from cloud.analytics.patterns.seasons import Sensitivity, Trend

_HIGH_BASE: Final = 0.6  # of the mean load
_ALIKE: Final = 0.9
_OFTEN: Final = 0.25  # of the working days
_FEWEST_DAYS: Final = 3


def of_days(figures: Figures, profiles: Sequence[Profile]) -> list[str]:
    """Return what stands out of the days."""
    return [*_base(figures), *_peak(figures), *_free_days(profiles)]


def of_seasons(trend: Trend | None, moved_by: Sequence[Sensitivity]) -> list[str]:
    """Return what stands out of the months."""
    return [*(_trend(trend) if trend else []), *map(_weather, moved_by)]


def _base(figures: Figures) -> list[str]:
    if figures.mean_kw <= 0:
        return []
    share = figures.base_kw / figures.mean_kw
    if share < _HIGH_BASE:
        return []
    return [f"{share:.0%} of its mean load never goes off: {figures.base_kw:.3g} kW."]


def _peak(figures: Figures) -> list[str]:
    hour, share = figures.peak_hour, figures.peak_share
    if hour is None or share is None or share < _OFTEN:
        return []
    return [
        f"On {share:.0%} of the working days it is highest between {hour} and "
        f"{hour + 1} h."
    ]


def _free_days(profiles: Sequence[Profile]) -> list[str]:
    working = by_type(profiles, DayType.WORKING)
    said = []
    for kind in (DayType.SATURDAY, DayType.SUNDAY, DayType.OFF):
        free = by_type(profiles, kind)
        if working is None or free is None or free.days < _FEWEST_DAYS:
            continue
        usual_kw = float(np.nanmean(working.mean_kw))
        if usual_kw <= 0:
            continue
        share = float(np.nanmean(free.mean_kw)) / usual_kw
        name = f"A {kind}" if kind is not DayType.OFF else "A holiday or closed day"
        if share >= _ALIKE:
            said.append(f"{name} is much like a working day ({share:.0%} of its use).")
        else:
            said.append(f"{name} uses {1 - share:.0%} less than a working day.")
    return said


def _trend(trend: Trend) -> list[str]:
    if trend.low <= 0 <= trend.high:
        return [f"It neither rises nor falls over {trend.weeks} weeks for certain."]
    way = "rises" if trend.percent_per_month > 0 else "falls"
    doubt = "" if trend.has_seasons else "; less than a year, so seasons are in it"
    size, ends = abs(trend.percent_per_month), sorted((abs(trend.low), abs(trend.high)))
    return [
        f"It {way} by {size:.1f} % a month (between {ends[0]:.1f} and {ends[1]:.1f} %"
        f", over {trend.weeks} weeks{doubt})."
    ]


def _weather(moved: Sensitivity) -> str:
    side = "below" if moved.is_heating else "above"
    return (
        f"Each degree {side} {moved.base_c:.0f} °C outdoors adds "
        f"{moved.kwh_per_degree_day:.3g} kWh a day (± {moved.error:.2g})."
    )
