"""Quarter-hours put together to local hours, with their mean power."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

_HOUR_S: Final = 3600
_QUARTERS: Final = 4
_FULL: Final = 0.999


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter-hour or an hour; None where nothing is known.

    Attributes:
        coverage: Share of it in which the course of the energy is known, 0 to 1.
        estimated_kwh: Part of `energy_kwh` whose course is not known. [kWh]
        occupancy_rate: Share of the rooms that are occupied, 0 to 1.
    """

    start_s: int
    energy_kwh: float | None
    estimated_kwh: float
    coverage: float
    temperature_c: float | None
    occupancy_rate: float | None


@dataclass(frozen=True, slots=True)
class Hour:
    """A local hour.

    Attributes:
        mean_kw: Mean power over the part that is known. [kW]
    """

    start_s: int
    energy_kwh: float | None
    mean_kw: float | None
    coverage: float
    temperature_c: float | None
    occupancy_rate: float | None


def mean_kw(
    energy_kwh: float, estimated_kwh: float, coverage: float, hours: float
) -> float:
    """Return the mean power over what is known of a period, in kW.

    Where only the amount is known, and not its course, the mean of the whole period.
    """
    if coverage >= _FULL or coverage <= 0:
        return energy_kwh / hours
    followed_kwh = energy_kwh - estimated_kwh
    known_kwh = energy_kwh if followed_kwh <= 0 else followed_kwh
    return known_kwh / (hours * coverage)


def hourly(quarters: Sequence[Period], zone: ZoneInfo) -> list[Hour]:
    """Return the hours of `zone` that the quarter-hours, oldest first, lie in."""
    grouped = groupby(quarters, key=lambda quarter: _hour_s(quarter.start_s, zone))
    return [_hour(start_s, list(some)) for start_s, some in grouped]


def _hour_s(start_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(start_s, zone).utcoffset() or timedelta()
    return start_s - (start_s + int(offset.total_seconds())) % _HOUR_S


def _hour(start_s: int, quarters: Sequence[Period]) -> Hour:
    known = [q for q in quarters if q.energy_kwh is not None]
    energy_kwh = sum(q.energy_kwh or 0.0 for q in known)
    estimated_kwh = sum(q.estimated_kwh for q in known)
    coverage = sum(q.coverage for q in quarters) / _QUARTERS
    mean = mean_kw(energy_kwh, estimated_kwh, coverage, 1.0)
    return Hour(
        start_s,
        energy_kwh if known else None,
        mean if known else None,
        coverage,
        _mean([q.temperature_c for q in quarters]),
        _mean([q.occupancy_rate for q in quarters]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
