"""Arrays and what they made, from CSV files; docs/forecasting.md has the layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import HOUR_S, Instants
from cloud.forecasting.solar.array import Array
from cloud.forecasting.solar.clearness import midnight_before
from cloud.meter_files.hours import means
from cloud.meter_files.table import MeterFileError, Table, read_lines, read_table

Floats = NDArray[np.float64]

FEWEST_DAYS: Final = 45
"""Days that must be there to test on any. [d]"""

_NEEDED: Final = (
    "plant_id",
    "lat",
    "lon",
    "tilt_deg",
    "azimuth_deg",
    "capacity_kw",
    "column",
    "timezone",
)
_RANGES: Final = {
    "lat": (-90.0, 90.0),
    "lon": (-180.0, 180.0),
    "tilt_deg": (0.0, 90.0),
    "azimuth_deg": (0.0, 360.0),
    "capacity_kw": (1e-6, 1e7),
}
_UNITS: Final = {"_w": 1e-3, "_kw": 1.0, "_pu": None}
_GLOBAL: Final = "ghi"
_DAY_S: Final = 24 * HOUR_S
_HIGHEST: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Plant:
    """One array, whole UTC days.

    Attributes:
        made: Mean of each hour, a share of the capacity; NaN where not known.
        global_w_m2: Measured on the horizontal plane, where the file has it.
        complaints: What was wrong with its data.
    """

    name: str
    array: Array
    zone: ZoneInfo
    start_s: Instants
    made: Floats
    global_w_m2: Floats | None
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlantFiles:
    """What is in the files.

    Attributes:
        unusable: Why others are left out, by name.
    """

    plants: tuple[Plant, ...]
    unusable: Mapping[str, str]


def read(power: Path, plants: Path) -> PlantFiles:
    """Return the arrays of the file `plants` whose production is in `power`.

    Raises:
        MeterFileError: A file can't be used at all; names it, the line and the remedy.
    """
    table = read_table(power, None)
    found: list[Plant] = []
    unusable: dict[str, str] = {}
    for line, row in _rows(plants):
        if row.get("file") not in (None, "", power.name):
            continue
        try:
            plant = _plant(row, table)
        except ValueError as error:
            unusable[row["plant_id"]] = f"{plants.name}, line {line}: {error}"
            continue
        if len(plant.start_s) < FEWEST_DAYS * 24:
            unusable[plant.name] = f"less than {FEWEST_DAYS} days of production"
        else:
            found.append(plant)
    if not found and not unusable:
        raise MeterFileError(
            f"{plants}: no line is for {power.name}; name it in the column file"
        )
    return PlantFiles(tuple(found), unusable)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    header, lines = read_lines(path)
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise MeterFileError(f"{path}: line 1: no column {', '.join(missing)}")
    for number, cells in lines:
        yield number, dict(zip(header, map(str.strip, cells), strict=False))


def _plant(row: Mapping[str, str], table: Table) -> Plant:
    figures = {name: _number(row, name) for name in _RANGES}
    zone = row["timezone"]
    if zone not in available_timezones():
        raise ValueError(f"timezone: {zone!r} is not one such as Europe/Berlin")
    column = row["column"]
    if column not in table.columns:
        known = ", ".join(table.columns)
        raise ValueError(f"column: {column!r} is not in the file; there are {known}")
    capacity_kw = figures["capacity_kw"]
    first_s = midnight_before(int(table.at_s[0]))
    end_s = midnight_before(int(table.at_s[-1])) + _DAY_S
    start_s = np.arange(first_s, end_s, HOUR_S, dtype=np.int64)
    scale = _scale(row, column, capacity_kw)
    made = means(table.at_s, table.columns[column], start_s) * scale
    wrong = (made < -0.05) | (made > _HIGHEST)
    said = [*table.faults[column], *table.complaints]
    if wrong.any():
        said.append(
            f"{int(wrong.sum())} hours are below zero or above {_HIGHEST:g} times the"
            " capacity and are left out; is the unit right?"
        )
    told = table.columns.get(_GLOBAL)
    return Plant(
        row["plant_id"],
        Array(
            figures["lat"],
            figures["lon"],
            figures["tilt_deg"],
            figures["azimuth_deg"],
            capacity_kw,
        ),
        ZoneInfo(zone),
        start_s,
        np.maximum(np.where(wrong, np.nan, made), 0.0),
        None if told is None else means(table.at_s, told, start_s),
        tuple(said),
    )


def _number(row: Mapping[str, str], name: str) -> float:
    low, high = _RANGES[name]
    try:
        value = float(row[name])
    except (KeyError, ValueError):
        value = np.nan
    if not isfinite(value) or not low <= value <= high:
        raise ValueError(f"{name}: {row.get(name)!r} is not from {low:g} to {high:g}")
    return value


def _scale(row: Mapping[str, str], column: str, capacity_kw: float) -> float:
    """Return what a number in the file is multiplied by to be a share of capacity."""
    unit = "_" + (row.get("unit") or column.rpartition("_")[2]).lower()
    if unit not in _UNITS:
        raise ValueError(
            f"column: {column!r} does not end in _w, _kw or _pu; say w, kw or pu"
            " in a column unit"
        )
    factor = _UNITS[unit]
    return 1.0 if factor is None else factor / capacity_kw
