"""Real meter history through simulated meters; docs/replay-data.md has the layout.

Each building's kWh turn into a cumulative counter: what an hour used is in the counter
at the hour's end. Where cells are empty the meter is out, and is replaced by another
one whose counter starts lower, so that nobody can mistake the gap for no use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from firmware_sim import replay_weather
from firmware_sim.campus_file import FORMAT, site
from firmware_sim.draws import Floats
from firmware_sim.replay_csv import ReplayError, hour_ms, number, rows, signed
from firmware_sim.replay_weather import ReplayWeather

HOUR_MS: Final = 3_600_000
_STEP_DOWN_KWH: Final = 0.5
_WEEK_MS: Final = 7 * 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Shown:
    """What a meter shows at an instant."""

    import_kwh: float
    power_kw: float


class History:
    """One building's hours, as a counter that can be read at any instant."""

    def __init__(self, start_ms: NDArray[np.int64], kwh: Floats) -> None:
        known = ~np.isnan(kwh)
        self._start_ms = start_ms[known]
        self._kwh = kwh[known]
        begins = np.ones(len(self._start_ms), dtype=np.bool_)
        begins[1:] = np.diff(self._start_ms) > HOUR_MS
        meter = np.cumsum(begins)
        total = np.cumsum(self._kwh) - self._kwh
        first = np.maximum.accumulate(np.where(begins, total, 0.0))
        new_kwh = (meter[-1] - meter) * _STEP_DOWN_KWH if len(meter) else meter
        self._counter = total - first + new_kwh

    def shown(self, at_ms: int) -> Shown | None:
        """Return what the meter shows at `at_ms`; None while it is out.

        At the very end of an hour that nothing follows, it can still be read.
        """
        place = int(np.searchsorted(self._start_ms, at_ms, side="right")) - 1
        if place < 0:
            return None
        since_ms = at_ms - int(self._start_ms[place])
        if since_ms > HOUR_MS:
            return None
        power_kw = float(self._kwh[place])
        passed_kwh = power_kw * since_ms / HOUR_MS
        return Shown(float(self._counter[place]) + passed_kwh, power_kw)


@dataclass(frozen=True, slots=True)
class ReplaySite:
    """One site of a replay directory.

    Attributes:
        histories: By building, in the order of the load file's columns.
        areas_m2: Of the buildings whose area is known.
        start_ms: Start of each hour in the file, ascending.
        facts: Where the site is and its holidays, as the campus file says it.
        weather: What its weather file tells; None without one.
    """

    slug: str
    name: str
    timezone: str
    histories: Mapping[str, History]
    areas_m2: Mapping[str, float]
    start_ms: tuple[int, ...]
    facts: Mapping[str, object] = field(default_factory=dict)
    weather: ReplayWeather | None = None

    def node(self, building: str) -> str:
        """Return the building's path from the site down."""
        return f"{self.slug}/{building}"

    def instants_ms(self) -> list[int]:
        """Return every end and start of an hour in the data, ascending."""
        ends = {start + HOUR_MS for start in self.start_ms}
        return sorted(ends.union(self.start_ms))

    def campus_file(self) -> dict[str, object]:
        """Return the site as the cloud imports it."""
        nodes = [self._node(building) for building in self.histories]
        sites = [site(self.slug, self.name, self.timezone, nodes, self.facts)]
        return {"format": FORMAT, "sites": sites}

    def shift_ms(self, now_ms: int) -> int:
        """Return how many whole weeks lie between the data and `now_ms`."""
        weeks = (now_ms - self.start_ms[0]) // _WEEK_MS
        span = max(1, (self.start_ms[-1] - self.start_ms[0]) // _WEEK_MS)
        return weeks // span * span * _WEEK_MS

    def _node(self, building: str) -> dict[str, object]:
        node: dict[str, object] = {
            "path": self.node(building),
            "kind": "building",
            "name": building.replace("_", " ").capitalize(),
        }
        if building in self.areas_m2:
            node["area_m2"] = self.areas_m2[building]
        return node


def load(directory: Path, site_id: str | None = None) -> ReplaySite:
    """Return the site `site_id` of `directory`, by default its first one.

    Raises:
        ReplayError: A file, column or cell is missing or malformed.
    """
    line, chosen = _chosen(directory / "sites.csv", site_id)
    slug, zone = chosen["site_id"], chosen["timezone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        place = f"{directory / 'sites.csv'}: timezone of {slug}"
        raise ReplayError(f"{place}: no such zone {zone!r}") from error
    start_ms, columns = _loads(directory / chosen["load_file"])
    facts = _facts(directory / "sites.csv", line, chosen)
    return ReplaySite(
        slug=slug,
        name=chosen["name"] or slug,
        timezone=zone,
        histories={name: History(start_ms, kwh) for name, kwh in columns.items()},
        areas_m2=dict(_areas(directory / "buildings.csv", columns)),
        start_ms=tuple(start_ms.tolist()),
        facts=facts,
        weather=_weather(directory, chosen, facts),
    )


def _chosen(path: Path, site_id: str | None) -> tuple[int, dict[str, str]]:
    known = []
    for line, row in rows(path, ("site_id", "name", "timezone", "load_file")):
        if site_id in (None, row["site_id"]):
            return line, row
        known.append(row["site_id"])
    raise ReplayError(f"{path}: no site {site_id}; it has {', '.join(known) or 'none'}")


def _facts(path: Path, line: int, chosen: Mapping[str, str]) -> dict[str, object]:
    """Return what the row of a site says of its place and its holidays."""
    facts: dict[str, object] = {}
    if chosen.get("lat") and chosen.get("lon"):
        facts["latitude"] = signed(path, line, "lat", chosen["lat"])
        facts["longitude"] = signed(path, line, "lon", chosen["lon"])
    for column, name in (
        ("holiday_country", "country"),
        ("holiday_subdiv", "subdivision"),
    ):
        if chosen.get(column):
            facts[name] = chosen[column]
    return facts


def _weather(
    directory: Path, chosen: Mapping[str, str], facts: Mapping[str, object]
) -> ReplayWeather | None:
    if not chosen.get("weather_file") or "latitude" not in facts:
        return None
    place = float(str(facts["latitude"])), float(str(facts["longitude"]))
    return replay_weather.load(directory / chosen["weather_file"], place)


def _areas(path: Path, wanted: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    if not path.exists():
        return
    for line, row in rows(path, ("building_id", "gross_floor_area_m2")):
        area = row["gross_floor_area_m2"]
        if row["building_id"] in wanted and area:
            yield row["building_id"], number(path, line, "gross_floor_area_m2", area)


def _loads(path: Path) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    start_ms: list[int] = []
    columns: dict[str, list[float]] = {}
    for line, row in rows(path, ("timestamp_utc",)):
        start_ms.append(hour_ms(path, line, row.pop("timestamp_utc")))
        if len(start_ms) > 1 and start_ms[-1] <= start_ms[-2]:
            raise ReplayError(f"{path}:{line}: timestamp_utc does not ascend")
        for name, cell in row.items():
            value = number(path, line, name, cell) if cell else float("nan")
            columns.setdefault(name, []).append(value)
    if not columns:
        raise ReplayError(f"{path}: no hours, or no building's column")
    return np.array(start_ms, dtype=np.int64), {
        name: np.array(cells) for name, cells in columns.items()
    }
