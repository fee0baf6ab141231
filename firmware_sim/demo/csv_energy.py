"""Energy per building and month, summed straight from the CSV of a replay."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import fsum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Source:
    """One site of the data: its zone and its load file."""

    site: str
    timezone: str
    load_file: Path


class SourceError(Exception):
    """The directory does not hold the data of a site; the message says why."""


def source(directory: Path, site: str | None) -> Source:
    """Return the site named `site`, or the first one.

    Raises:
        SourceError: There is no such site.
    """
    try:
        with (directory / "sites.csv").open(newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise SourceError(f"{directory / 'sites.csv'}: {error.strerror}") from error
    for row in rows:
        if site in (None, row["site_id"]):
            load_file = directory / row["load_file"]
            return Source(row["site_id"], row["timezone"], load_file)
    known = ", ".join(row["site_id"] for row in rows)
    raise SourceError(f"no site {site!r} in {directory / 'sites.csv'}; it has {known}")


def hours(source: Source) -> list[datetime]:
    """Return the start of each hour in the data, oldest first."""
    with source.load_file.open(newline="") as lines:
        return [_instant(row["timestamp_utc"]) for row in csv.DictReader(lines)]


def instants(starts: Iterable[datetime]) -> list[datetime]:
    """Return every instant at which a meter can be read: both ends of each hour."""
    ends = {at + _HOUR for at in starts}
    return sorted(ends | {at - _HOUR for at in ends})


def monthly_kwh(source: Source, until: datetime) -> dict[tuple[str, str], float]:
    """Return each building's sums over months of site time, in kWh and in order.

    Args:
        until: Only hours that end by then are counted.
    """
    cells: dict[tuple[str, str], list[float]] = defaultdict(list)
    for building, local, kwh in _cells(source, until):
        cells[building, local.strftime("%Y-%m")] += [] if kwh is None else [kwh]
    return {key: fsum(cells[key]) for key in sorted(cells)}


def empty_days(source: Source, until: datetime) -> dict[str, set[date]]:
    """Return the days of site time of which a building has no hour at all."""
    days: dict[str, set[date]] = defaultdict(set)
    known: dict[str, set[date]] = defaultdict(set)
    for building, local, kwh in _cells(source, until):
        days[building].add(local.date())
        if kwh is not None:
            known[building].add(local.date())
    return {building: days[building] - known[building] for building in days}


def _cells(
    source: Source, until: datetime
) -> Iterator[tuple[str, datetime, float | None]]:
    """Yield building, local start of the hour and energy, None where it is missing."""
    zone = ZoneInfo(source.timezone)
    with source.load_file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            at = _instant(row.pop("timestamp_utc"))
            if at + _HOUR > until:
                continue
            for building, kwh in row.items():
                yield building, at.astimezone(zone), float(kwh) if kwh else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
