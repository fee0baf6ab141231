"""What a load does over months: its seasons, its trend, how weather moves it.

The trend is Sen's slope of weekly means with its rank interval (Sen, Estimates of the
Regression Coefficient Based on Kendall's Tau, 1968; Gilbert, Statistical Methods for
Environmental Pollution Monitoring, 1987, section 16.4), wider where a week resembles
the one before (Yue and Wang, The Mann-Kendall Test Modified by Effective Sample Size,
2004). Degree days are of the variable base that fits best (Fels, PRISM: An
Introduction, 1986; ASHRAE Guideline 14-2014).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.load_history import Floats

FEWEST_WEEKS: Final = 8
"""Weeks without which no trend is told."""
FEWEST_DEGREE_DAYS: Final = 28
"""Days with a temperature without which no sensitivity is told."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_THURSDAY: Final = 3
_DAYS_OF_A_MONTH: Final = 365.25 / 12
_FEWEST_DAYS_OF_A_WEEK: Final = 5
_YEAR_WEEKS: Final = 52
_Z90: Final = 1.645  # of a two-sided interval of 90 %
_COLD_BASES_C: Final = tuple(range(8, 19))
_WARM_BASES_C: Final = tuple(range(16, 29))
_LEAST_SPREAD: Final = 1.0  # of the degree days that tell something, K
_SURE: Final = 3.0  # standard errors
_SMALLEST_KWH: Final = 1e-9
_BETTER: Final = 0.9  # of the squares that a day's type alone leaves


@dataclass(frozen=True, slots=True)
class DailyEnergy:
    """Local days of which all is known, ascending; gaps are days of which it is not.

    Attributes:
        day: Days since 1970-01-01.
        energy_kwh: Of each day.
        kind: As in `contract.calendar.Days`.
        outdoor_c: Mean outdoors; NaN where not known. [°C]
    """

    day: NDArray[np.int64]
    energy_kwh: Floats
    kind: NDArray[np.int64]
    outdoor_c: Floats

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month: the mean of the days that are known of it."""

    first: date
    days: int
    kwh_per_day: float


@dataclass(frozen=True, slots=True)
class Trend:
    """How the load changes.

    Attributes:
        percent_per_month: Of the median weekly level.
        low, high: Its 90 % interval.
        weeks: How many weeks it rests on.
        has_seasons: Whether a whole year is there, so that seasons cancel out.
        is_weather_corrected: Whether what degree days explain was taken out before.
    """

    percent_per_month: float
    low: float
    high: float
    weeks: int
    has_seasons: bool
    is_weather_corrected: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a degree day outdoors costs.

    Attributes:
        kwh_per_degree_day: More energy for each K and day beyond the base. [kWh/(K·d)]
        error: Its standard error. [kWh/(K·d)]
        base_c: Outdoor temperature from which it counts. [°C]
        share: Of the energy of the days that it explains, 0 to 1.
        days: How many days it rests on.
    """

    is_heating: bool
    kwh_per_degree_day: float
    error: float
    base_c: float
    share: float
    days: int


def months(days: DailyEnergy) -> list[Month]:
    """Return the calendar months that were measured, the earliest first."""
    dates = [date.fromordinal(int(day) + _EPOCH) for day in days.day]
    found: dict[date, list[float]] = {}
    for at, kwh in zip(dates, days.energy_kwh.tolist(), strict=True):
        found.setdefault(at.replace(day=1), []).append(kwh)
    return [Month(at, len(kwh), sum(kwh) / len(kwh)) for at, kwh in found.items()]


def sensitivities(days: DailyEnergy) -> list[Sensitivity]:
    """Return how cold and heat move the load, where they clearly do; cold first."""
    known = np.isfinite(days.outdoor_c)
    if known.sum() < FEWEST_DEGREE_DAYS:
        return []
    some = _of(days, known)
    found: dict[bool, Sensitivity] = {}
    for is_heating in (True, False, True):  # again, without what heat explains
        others = [each for side, each in found.items() if side is not is_heating]
        best = _best(some, without(some, others), is_heating=is_heating)
        if best is not None:
            found[is_heating] = best
    return [found[side] for side in (True, False) if side in found]


def without(days: DailyEnergy, moved_by: Sequence[Sensitivity]) -> Floats:
    """Return the energy as it would be at the mean of the degree days, in kWh."""
    energy_kwh = days.energy_kwh.copy()
    for each in moved_by:
        degrees = degree_days(days.outdoor_c, each.base_c, is_heating=each.is_heating)
        energy_kwh -= each.kwh_per_degree_day * (degrees - degrees.mean())
    return energy_kwh


def degree_days(outdoor_c: Floats, base_c: float, *, is_heating: bool) -> Floats:
    """Return how far each day was beyond the base, in K·d."""
    beyond = base_c - outdoor_c if is_heating else outdoor_c - base_c
    return np.maximum(beyond, 0.0)


def trend(days: DailyEnergy, moved_by: Sequence[Sensitivity]) -> Trend | None:
    """Return the trend; None of too few weeks, or of a load of nothing.

    Args:
        moved_by: What is taken out before, for days whose temperature is known.
    """
    corrected = bool(moved_by)
    some = _of(days, np.isfinite(days.outdoor_c)) if corrected else days
    week, level = _weekly(some, without(some, moved_by))
    middle = float(np.median(level)) if len(level) else 0.0
    if len(week) < FEWEST_WEEKS or middle <= 0:
        return None
    per_month = 100 * _DAYS_OF_A_MONTH / 7 / middle
    slope, low, high = (per_month * each for each in _sen(week, level))
    span = int(week[-1] - week[0]) + 1
    return Trend(slope, low, high, len(week), span >= _YEAR_WEEKS, corrected)


def _weekly(days: DailyEnergy, energy_kwh: Floats) -> tuple[Floats, Floats]:
    """Return numbers of weeks and their levels, with the mix of days taken out."""
    usual = energy_kwh.mean() if len(energy_kwh) else 0.0
    level = energy_kwh.copy()
    for kind in np.unique(days.kind):
        of_kind = days.kind == kind
        level[of_kind] -= energy_kwh[of_kind].mean() - usual
    week, place, count = np.unique(
        (days.day + _THURSDAY) // 7, return_inverse=True, return_counts=True
    )
    mean = np.bincount(place, level, minlength=len(week)) / np.maximum(count, 1)
    whole = count >= _FEWEST_DAYS_OF_A_WEEK
    return week[whole].astype(np.float64), mean[whole]


def _sen(at: Floats, level: Floats) -> tuple[float, float, float]:
    """Return Sen's slope with its 90 % interval."""
    n = len(at)
    first, second = np.triu_indices(n, 1)
    slopes = np.sort((level[second] - level[first]) / (at[second] - at[first]))
    slope = float(np.median(slopes))
    variance = n * (n - 1) * (2 * n + 5) / 18 * _repetition(level - slope * at)
    width = _Z90 * float(np.sqrt(variance))
    low = max(int((len(slopes) - width) / 2), 0)
    high = min(int(np.ceil((len(slopes) + width) / 2)), len(slopes) - 1)
    return slope, float(slopes[low]), float(slopes[high])


def _repetition(level: Floats) -> float:
    """Return how many values in a row say what one would, if each were new."""
    away = level - level.mean()
    squares = float((away**2).sum())
    if squares <= 0:
        return 1.0
    alike = max(float((away[1:] * away[:-1]).sum()) / squares, 0.0)
    lag = np.arange(1, len(level))
    return float(1 + 2 * ((1 - lag / len(level)) * alike**lag).sum())


def _best(
    days: DailyEnergy, energy_kwh: Floats, *, is_heating: bool
) -> Sensitivity | None:
    """Return the fit with the least squares, if it beats the day's type clearly."""
    types = (days.kind[:, None] == np.unique(days.kind)).astype(np.float64)
    least = _BETTER * _squares(types, energy_kwh)[0]
    best: Sensitivity | None = None
    for base_c in _COLD_BASES_C if is_heating else _WARM_BASES_C:
        degrees = degree_days(days.outdoor_c, base_c, is_heating=is_heating)
        if degrees.std() < _LEAST_SPREAD:
            continue
        columns = np.column_stack((degrees, types))
        squares, slope, error = _squares(columns, energy_kwh)
        if squares < least and slope > _SURE * error:
            least = squares
            share = slope * degrees.sum() / max(days.energy_kwh.sum(), _SMALLEST_KWH)
            best = Sensitivity(
                is_heating, slope, error, float(base_c), float(share), len(days)
            )
    return best


def _squares(columns: Floats, energy_kwh: Floats) -> tuple[float, float, float]:
    """Return squares left, the first coefficient and its standard error."""
    inverse = np.linalg.pinv(columns.T @ columns)
    coefficients = inverse @ columns.T @ energy_kwh
    squares = float(((energy_kwh - columns @ coefficients) ** 2).sum())
    free = max(len(energy_kwh) - columns.shape[1], 1)
    error = float(np.sqrt(max(inverse[0, 0], 0.0) * squares / free))
    return squares, float(coefficients[0]), error


def _of(days: DailyEnergy, which: NDArray[np.bool_]) -> DailyEnergy:
    return DailyEnergy(
        days.day[which], days.energy_kwh[which], days.kind[which], days.outdoor_c[which]
    )
