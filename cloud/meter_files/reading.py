"""Reads the files and puts each building's hours together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import numpy as np

from cloud.domain.public_holidays import UnknownCountryError, public_holidays
from cloud.meter_files import hours
from cloud.meter_files.building import Building, Floats, Instants, MeterFiles, Place
from cloud.meter_files.cleaning import cleaned_load, cleaned_temperature
from cloud.meter_files.metadata import Metadata, place_of, read_metadata
from cloud.meter_files.table import MeterFileError, Table, read_table

TEMPERATURE: Final = "temp_c"

_DATE: Final = "%Y-%m-%d"
_NEAR_H: Final = 24


@dataclass(frozen=True, slots=True)
class _Sources:
    meters: Table
    step: int
    weather: Table | None
    metadata: Metadata
    timezone: str | None


def read(
    meters: Path,
    weather: Path | None = None,
    metadata: Path | None = None,
    timezone: str | None = None,
) -> MeterFiles:
    """Return the buildings in the files, each with what is wrong with its data.

    Args:
        timezone: IANA name, for buildings whose zone the metadata do not say and for
            instants without an offset.

    Raises:
        MeterFileError: A file can't be used at all; names it, the line and the remedy.
    """
    if timezone is not None and timezone not in available_timezones():
        message = f"{timezone!r} is not a time zone; give one such as Europe/Berlin"
        raise MeterFileError(message)
    clock = ZoneInfo(timezone) if timezone else None
    table = read_table(meters, clock)
    step = _checked(meters, hours.step_s, table)
    sources = _Sources(
        table, step, _weather(weather, clock), read_metadata(metadata), timezone
    )
    buildings: list[Building] = []
    unusable: dict[str, str] = {}
    for name in table.columns:
        building = _building(name, sources)
        if np.isfinite(building.load_kw).any():
            buildings.append(building)
        else:
            unusable[name] = "; ".join(
                (*building.complaints, "there is no usable reading")
            )
    return MeterFiles(tuple(buildings), unusable, _said(meters, sources))


def _said(meters: Path, sources: _Sources) -> tuple[str, ...]:
    off = hours.off_grid(sources.meters.at_s, sources.step)
    steps = f"{meters.name}: {off} lines stand off the {sources.step // 60} minute grid"
    return (
        *sources.meters.complaints,
        *([f"{steps} of the others and are left out"] if off else []),
        *(sources.weather.complaints if sources.weather else ()),
    )


def _weather(path: Path | None, clock: ZoneInfo | None) -> Table | None:
    if path is None:
        return None
    table = read_table(path, clock)
    if TEMPERATURE not in table.columns:
        raise MeterFileError(
            f"{path}: line 1: there is no column {TEMPERATURE} (outdoors, °C);"
            f" there are {', '.join(table.columns)}"
        )
    return table


def _checked(path: Path, measure: Callable[[Instants], int], table: Table) -> int:
    try:
        return measure(table.at_s)
    except ValueError as error:
        raise MeterFileError(f"{path}: {error}") from error


def _building(name: str, sources: _Sources) -> Building:
    table = sources.meters
    place, assumed = place_of(name, sources.metadata, sources.timezone)
    start_s = _starts(table, sources.step, place.zone)
    as_read_kw = hours.sums(table.at_s, table.columns[name], start_s, sources.step)
    load = cleaned_load(start_s, as_read_kw, place.zone)
    climate, weather_said = _climate(sources.weather, start_s, place.zone)
    holidays, holiday_said = _holidays(place, start_s)
    return Building(
        building_id=name,
        place=place,
        start_s=start_s,
        load_kw=load.values,
        as_read_kw=as_read_kw,
        temperature_c=climate.pop(TEMPERATURE, np.full(len(start_s), np.nan)),
        weather=climate,
        holidays=holidays,
        complaints=(
            *assumed,
            *table.faults[name],
            *load.complaints,
            *weather_said,
            *holiday_said,
        ),
    )


def _starts(table: Table, step: int, zone: ZoneInfo) -> Instants:
    first_s, last_s = int(table.at_s[0]), int(table.at_s[-1])
    offset = datetime.fromtimestamp(first_s, UTC).astimezone(zone).utcoffset()
    ahead_s = int(offset.total_seconds()) if offset else 0
    return hours.hours_between(
        first_s, last_s, hours.phase_s(table.at_s, step, ahead_s)
    )


def _climate(
    table: Table | None, start_s: Instants, zone: ZoneInfo
) -> tuple[dict[str, Floats], list[str]]:
    if table is None:
        return {}, []
    climate = {
        name: hours.means(table.at_s, values, start_s)
        for name, values in table.columns.items()
    }
    cleaned = cleaned_temperature(climate[TEMPERATURE])
    climate[TEMPERATURE] = cleaned.values
    said = [*table.faults[TEMPERATURE], *cleaned.complaints]
    return climate, [*said, *_unknown_weather(cleaned.values, start_s, zone)]


def _unknown_weather(
    temperature_c: Floats, start_s: Instants, zone: ZoneInfo
) -> list[str]:
    known = np.flatnonzero(np.isfinite(temperature_c))
    if not len(known):
        return ["the weather file has no temperature for its time"]
    said = []
    first, last = int(known[0]), int(known[-1])
    if first > _NEAR_H:
        said.append(f"the weather file starts late, on {_day(start_s[first], zone)}")
    if last < len(start_s) - 1 - _NEAR_H:
        said.append(f"the weather file ends early, on {_day(start_s[last], zone)}")
    missing = last - first + 1 - len(known)
    if missing > 0.02 * len(start_s):
        said.append(f"the temperature of {missing} hours is missing")
    return said


def _holidays(place: Place, start_s: Instants) -> tuple[frozenset[date], list[str]]:
    if place.country is None:
        return frozenset(), ["its country is not known: no public holidays are used"]
    years = range(
        _local(start_s[0], place.zone).year, _local(start_s[-1], place.zone).year + 2
    )
    try:
        return public_holidays(place.country, place.subdivision, years), []
    except UnknownCountryError as error:
        return frozenset(), [f"no public holidays are used: {error}"]


def _local(second: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(int(second), UTC).astimezone(zone)


def _day(second: int, zone: ZoneInfo) -> str:
    return _local(second, zone).strftime(_DATE)
