"""What of a meter's hours can't be believed, and is left out and said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cloud.meter_files.building import Floats, Instants

STUCK_HOURS: Final = 24
"""Hours with exactly one value from which on a meter is taken to stand still."""
STUCK_WEEK_HOURS: Final = 168
"""The same, however coarse the meter counts."""
ZERO_HOURS: Final = 336
"""Hours with zero from which on a meter that is otherwise never zero stands still."""
WILD: Final = 50
"""How often the usual peak an hour may be before it is no load."""

_COARSE: Final = 3
_OFTEN_ZERO: Final = 0.01
_WARMEST_C: Final = 60.0
_COLDEST_C: Final = -70.0
_HOT_MEDIAN_C: Final = 42.0
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Hours without what can't be believed, and what was left out in words."""

    values: Floats
    complaints: tuple[str, ...]


def cleaned_load(start_s: Instants, load_kw: Floats, zone: ZoneInfo) -> Cleaned:
    """Return the load without negative, impossible and stuck hours."""
    said: list[str] = []
    negative = load_kw < 0
    if negative.any():
        said.append(_negative(negative, load_kw))
    values = np.where(negative, np.nan, load_kw)
    wild = values > WILD * _usual_peak(values)
    if wild.any():
        top = float(np.nanmax(values))
        said.append(
            f"{wild.sum()} hours are more than {WILD} times the usual peak"
            f" (up to {top:.6g} kWh) and are left out"
        )
        values = np.where(wild, np.nan, values)
    for first, last in stuck_stretches(values):
        value = float(values[first])
        values[first : last + 1] = np.nan
        said.append(
            f"the meter stood still at {value:g} kWh from"
            f" {_local(start_s[first], zone)} to {_local(start_s[last] + 3_600, zone)};"
            " these hours are left out"
        )
    return Cleaned(values, tuple(_few(said)))


def stuck_stretches(values: Floats) -> list[tuple[int, int]]:
    """Return the first and last hour of each stretch in which a meter stood still.

    Gaps neither end a stretch nor count. A coarse meter repeats itself often, so the
    limit rises with the usual length of its repetitions. Zeros are no fault of a meter
    that often shows some.
    """
    at = np.flatnonzero(np.isfinite(values))
    if not len(at):
        return []
    ends = np.append(np.flatnonzero(np.diff(values[at]) != 0), len(at) - 1)
    begins = np.append(0, ends[:-1] + 1)
    lengths = ends - begins + 1
    usual = float(np.quantile(lengths, 0.99))
    limit = min(max(STUCK_HOURS, _COARSE * usual), STUCK_WEEK_HOURS)
    is_zero = values[at[begins]] == 0
    long_zeros = is_zero & (lengths >= ZERO_HOURS)
    other_zeros = lengths[is_zero & ~long_zeros].sum()
    rarely_zero = other_zeros <= _OFTEN_ZERO * (len(at) - lengths[long_zeros].sum())
    stuck = np.where(is_zero, long_zeros & rarely_zero, lengths >= limit)
    return [(int(at[begins[k]]), int(at[ends[k]])) for k in np.flatnonzero(stuck)]


def cleaned_temperature(temperature_c: Floats) -> Cleaned:
    """Return the temperature without what no place on Earth has."""
    known = temperature_c[np.isfinite(temperature_c)]
    if len(known) and np.median(known) > _HOT_MEDIAN_C:
        nothing = np.full(len(temperature_c), np.nan)
        return Cleaned(
            nothing,
            (
                f"temp_c has a median of {np.median(known):.0f}: is it in °F?"
                " It is not used",
            ),
        )
    wild = (temperature_c > _WARMEST_C) | (temperature_c < _COLDEST_C)
    if not wild.any():
        return Cleaned(temperature_c, ())
    said = f"{wild.sum()} temperatures are not credible and are left out"
    return Cleaned(np.where(wild, np.nan, temperature_c), (said,))


def _usual_peak(values: Floats) -> float:
    positive = values[values > 0]
    return float(np.quantile(positive, 0.99)) if len(positive) else np.inf


def _negative(negative: Flags, load_kw: Floats) -> str:
    said = f"{negative.sum()} hours have negative energy and are left out"
    if negative.sum() > 0.05 * np.isfinite(load_kw).sum():
        said += "; if the meter nets solar power, give what the building used instead"
    return said


def _few(said: list[str]) -> list[str]:
    return said if len(said) <= 6 else [*said[:5], f"… and {len(said) - 5} more"]


def _local(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(int(second), UTC).astimezone(zone):%Y-%m-%d %H:%M}"
