"""Where the buildings stand: from a metadata file, a zone's country, or unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cloud.meter_files.building import Place
from cloud.meter_files.table import MeterFileError, read_lines

SITES: Final = "sites.csv"
"""File beside the metadata with what all buildings of a site share."""

_ID: Final = "building_id"
_LATITUDES: Final = ("latitude", "lat")
_LONGITUDES: Final = ("longitude", "lon")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a metadata file says of each building.

    Attributes:
        rows: By building, columns of its site mixed in where its own are empty.
        name: Of the file.
    """

    rows: Mapping[str, Row] = field(default_factory=dict)
    name: str | None = None


def read_metadata(path: Path | None) -> Metadata:
    """Return what the file at `path`, and a `sites.csv` beside it, say.

    Raises:
        MeterFileError: One of them is no table of buildings or sites.
    """
    if path is None:
        return Metadata()
    rows = _rows(path, _ID)
    beside = path.with_name(SITES)
    sites = _rows(beside, "site_id") if beside != path and beside.exists() else {}
    merged = {
        name: {**sites.get(row.get("site_id", ""), {}), **row}
        for name, row in rows.items()
    }
    return Metadata(merged, path.name)


def place_of(
    building: str, metadata: Metadata, timezone: str | None
) -> tuple[Place, tuple[str, ...]]:
    """Return where `building` stands, and what had to be assumed for that.

    Args:
        timezone: For buildings whose zone the metadata do not say.
    """
    row = metadata.rows.get(building, {})
    said: list[str] = []
    if metadata.name and not row:
        said.append(f"{metadata.name} has no line for it")
    zone = _zone(row, timezone, said)
    country = row.get("holiday_country") or country_of(zone.key)
    place = Place(
        zone,
        country=country,
        subdivision=row.get("holiday_subdiv"),
        latitude=_number(row, _LATITUDES, 90, said),
        longitude=_number(row, _LONGITUDES, 180, said),
    )
    area_m2 = _number(row, ("gross_floor_area_m2",), 1e8, said)
    return replace(place, floor_area_m2=area_m2), tuple(said)


def country_of(zone: str) -> str | None:
    """Return the country of a time zone, as the zone table of tzdata has it."""
    return _countries().get(zone)


@cache
def _countries() -> dict[str, str]:
    folder = files("tzdata") / "zoneinfo"
    lines = (folder / "zone.tab").read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if not line.startswith("#")]
    found = {zone: country for country, _, zone, *_ in cells}
    for line in (folder / "tzdata.zi").read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["L", target, alias] if target in found and alias not in found:
                found[alias] = found[target]
    return found


def _zone(row: Row, timezone: str | None, said: list[str]) -> ZoneInfo:
    named = row.get("timezone")
    if named and named in available_timezones():
        return ZoneInfo(named)
    if named:
        said.append(f"{named!r} is not a time zone such as Europe/Berlin")
    if timezone is None:
        said.append(
            "its time zone is not known: UTC is assumed, so days and holidays may be"
            " wrong; give --timezone or --metadata"
        )
    return ZoneInfo(timezone or "UTC")


def _number(
    row: Row, names: tuple[str, ...], most: float, said: list[str]
) -> float | None:
    for name in names:
        text = row.get(name)
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if isfinite(value) and abs(value) <= most:
            return value
        said.append(f"{name} {text!r} is not credible and is not used")
    return None


def _rows(path: Path, key: str) -> dict[str, Row]:
    header, lines = read_lines(path)
    if key not in header:
        raise MeterFileError(
            f"{path}: line 1: there is no column {key}; there are {', '.join(header)}"
        )
    rows = [
        {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        for _, row in lines
    ]
    return {
        row[key]: {name: cell for name, cell in row.items() if cell}
        for row in rows
        if row.get(key)
    }
