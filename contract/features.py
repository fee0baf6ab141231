"""The one definition of a forecast's input rows, for training, backtest and gateway.

Loads are divided by `scale_kw`, so that a model says the same of a large building and
of a small one; multiply what it answers by the same. What is not known is NaN.
"""

from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from contract.calendar import Calendar
from contract.lags import Targets, hours_before, targets
from contract.origins import (
    LEAD_HOURS,
    PAST_HOURS,
    SCALE_HOURS,
    Floats,
    Origins,
    mean_known,
    scale_kw,
)

__all__ = [
    "DAY_AHEAD",
    "LEAD_HOURS",
    "NEXT_HOUR",
    "PAST_HOURS",
    "SEED_NEXT_HOUR",
    "VERSION",
    "Calendar",
    "Origins",
    "day_ahead_rows",
    "next_hour_rows",
    "scale_kw",
    "seed_next_hour_rows",
]

VERSION: Final = 2
"""Rises whenever a row would come out differently."""

SEED_NEXT_HOUR: Final = (
    "hour",
    "day_of_week",
    "average_temperature_c",
    "occupancy_rate",
    "last_hour_load_kw",
)
"""Columns of `seed_next_hour_rows`, in order."""

_DAYS_BEFORE: Final = (1, 2, 3, 4, 5, 6, 7, 14, 21, 28)
_HOURS_BEFORE: Final = (1, 2, 3, 4, 6, 8)
_SPANS: Final = (3, 6, 12, 24, 48)
_DEVIATION_HOURS: Final = (1, 2, 3, 6, 12, 24, SCALE_HOURS)
_DEVIATION_DAYS: Final = (1, 2, 3)
_ALIKE_DAYS: Final = 5

_CLOCK: Final = (
    "hour",
    "hour_sin",
    "hour_cos",
    "half_day_sin",
    "half_day_cos",
    "weekday",
    "is_working_day",
    "is_holiday",
    "is_closed",
    "is_bridge",
    "is_free_before",
    "is_free_after",
)
_PAST: Final = (
    *(f"days_before_{count}" for count in _DAYS_BEFORE),
    "mean_of_7_days",
    "mean_of_4_weeks",
    "median_of_4_weeks",
    "last_alike",
    "mean_alike",
)
_LEVEL: Final = (
    *(f"hours_before_{count}" for count in _HOURS_BEFORE),
    *(f"mean_of_{span}_hours" for span in _SPANS),
    "smallest_of_24_hours",
    "largest_of_24_hours",
    "day_against_week_before",
    "deviation_of_week",
)
_DEVIATION: Final = (
    *(f"unusual_{count}_hours" for count in _DEVIATION_HOURS),
    *(f"unusual_day_before_{count}" for count in _DEVIATION_DAYS),
    *(f"unusual_then_{count}" for count in _DEVIATION_DAYS),
)
_CLIMATE: Final = (
    "temperature_day_c",
    "temperature_week_c",
    "temperature_yesterday_c",
    "temperature_last_c",
    "temperature_c",
    "occupancy_rate",
    "scheduled_rate",
)

DAY_AHEAD: Final = (
    "lead_hour",
    "origin_hour",
    *_CLOCK,
    *_PAST,
    *_LEVEL,
    *_DEVIATION,
    *_CLIMATE,
)
"""Columns of `day_ahead_rows`, in order."""
NEXT_HOUR: Final = DAY_AHEAD[2:]
"""Columns of `next_hour_rows`, in order."""


def next_hour_rows(origins: Origins, calendar: Calendar) -> NDArray[np.float32]:
    """Return the rows for the hour after each origin; nothing is later than it."""
    return _rows(origins, calendar, 1)[:, 2:]


def day_ahead_rows(origins: Origins, calendar: Calendar) -> NDArray[np.float32]:
    """Return the rows for the 24 hours after each origin, lead hours fastest.

    Nothing is later than the origin but the calendar, the timetable and the temperature
    as it was forecast then.
    """
    return _rows(origins, calendar, LEAD_HOURS)


def seed_next_hour_rows(
    origin_s: NDArray[np.int64],
    zone: ZoneInfo,
    temperature_c: Floats,
    occupancy_rate: Floats,
    last_hour_load_kw: Floats,
) -> NDArray[np.float32]:
    """Return the five features of the random forest that is kept for comparison.

    Args:
        origin_s: Origins of the forecasts. [s since 1970 UTC]
        zone: The site's time zone; hour and weekday are local.
        temperature_c: Mean over the hour before the origin. [°C]
        occupancy_rate: Mean over the hour before the origin, 0 to 1.
        last_hour_load_kw: Mean power over the hour before the origin. [kW]

    Returns:
        One row for each origin, columns as in `SEED_NEXT_HOUR`.
    """
    local_s = origin_s + Calendar(zone).offset_s(origin_s)
    hour = local_s // 3_600 % 24
    weekday = (local_s // 86_400 + 3) % 7
    columns = (hour, weekday, temperature_c, occupancy_rate, last_hour_load_kw)
    return np.column_stack(columns).astype(np.float32)


def _rows(origins: Origins, calendar: Calendar, leads: int) -> NDArray[np.float32]:
    hours = targets(origins, calendar, leads)
    shape = hours.start_s.shape
    scale = scale_kw(origins)[:, None]
    lead = np.broadcast_to(np.arange(1.0, leads + 1), shape)
    past = [column / scale for column in _past(hours)]
    level = [np.broadcast_to(each / scale, shape) for each in _level(origins)]
    unusual = [
        np.broadcast_to(each / scale, shape)
        for each in _deviation(origins, calendar, leads)
    ]
    origin_hour = np.broadcast_to(hours.hour[:, :1], shape)
    clock = [lead, origin_hour, *_clock(hours)]
    columns = [*clock, *past, *level, *unusual, *_climate(origins, leads)]
    with np.errstate(over="ignore"):
        rows = np.stack(columns, axis=-1).astype(np.float32)
    return rows.reshape(-1, len(DAY_AHEAD))


def _clock(hours: Targets) -> list[Floats]:
    hour, day, kinds = hours.hour, hours.day, hours.days
    turn = 2 * np.pi * hour / 24
    flags = (
        ~kinds.is_free,
        kinds.is_holiday,
        kinds.is_closed,
        kinds.is_bridge,
        np.roll(kinds.is_free, 1),
        np.roll(kinds.is_free, -1),
    )
    return [
        hour,
        np.sin(turn),
        np.cos(turn),
        np.sin(2 * turn),
        np.cos(2 * turn),
        kinds.weekday[day].astype(np.float64),
        *(flag[day].astype(np.float64) for flag in flags),
    ]


def _past(hours: Targets) -> list[Floats]:
    needed = {*_DAYS_BEFORE, *range(1, 8)}
    before = {count: hours.days_before(count) for count in needed}
    weeks = np.stack([before[7 * week] for week in range(1, 5)], axis=-1)
    week = np.stack([before[count] for count in range(1, 8)], axis=-1)
    return [
        *(before[count] for count in _DAYS_BEFORE),
        mean_known(week),
        mean_known(weeks),
        _median_known(weeks),
        hours.alike_kw(1),
        hours.alike_kw(_ALIKE_DAYS),
    ]


def _level(origins: Origins) -> list[Floats]:
    load = origins.load_kw
    day, week = load[:, :24], load[:, :168]
    then = np.where(np.isfinite(day), load[:, 168:192], np.nan)
    now = np.where(np.isfinite(then), day, np.nan)
    squared = mean_known((week - mean_known(week)[:, None]) ** 2)
    columns = [
        *(load[:, count - 1] for count in _HOURS_BEFORE),
        *(mean_known(load[:, :span]) for span in _SPANS),
        -_largest_known(-day),
        _largest_known(day),
        mean_known(now) - mean_known(then),
        np.sqrt(squared),
    ]
    return [column[:, None] for column in columns]


def _deviation(origins: Origins, calendar: Calendar, leads: int) -> list[Floats]:
    """Return by how much the last days were above what was usual for them. [kW]."""
    usual_kw = hours_before(origins, calendar, SCALE_HOURS).alike_kw(_ALIKE_DAYS)
    above = origins.load_kw[:, :SCALE_HOURS] - usual_kw
    spans = [slice(0, count) for count in _DEVIATION_HOURS]
    spans += [slice(24 * day, 24 * day + 24) for day in _DEVIATION_DAYS]
    means = [mean_known(above[:, span])[:, None] for span in spans]
    lead = np.arange(1, leads + 1)
    return means + [above[:, 24 * day - lead] for day in _DEVIATION_DAYS]


def _climate(origins: Origins, leads: int) -> list[Floats]:
    measured = origins.temperature_c
    shape = len(origins), leads
    yesterday = measured[:, 23 - np.arange(leads)]
    return [
        np.broadcast_to(mean_known(measured[:, :24])[:, None], shape),
        np.broadcast_to(mean_known(measured[:, :168])[:, None], shape),
        yesterday,
        np.broadcast_to(measured[:, :1], shape),
        origins.forecast_temperature_c[:, :leads],
        np.broadcast_to(origins.occupancy_rate[:, None], shape),
        origins.scheduled_rate[:, :leads],
    ]


def _median_known(values: Floats) -> Floats:
    ordered = np.sort(values, axis=-1)  # NaN last
    count = np.isfinite(values).sum(axis=-1)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, values.shape[-1] - 1)
    both = np.stack((low, high), axis=-1)
    picked = np.take_along_axis(ordered, both, axis=-1)
    median: Floats = np.where(count > 0, picked.mean(axis=-1), np.nan)
    return median


def _largest_known(values: Floats) -> Floats:
    largest = np.where(np.isfinite(values), values, -np.inf).max(axis=-1)
    return np.where(np.isfinite(largest), largest, np.nan)
