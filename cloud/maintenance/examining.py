"""The days that were gathered of an asset, handed to its analysis."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

import numpy as np

from cloud.analytics.maintenance import battery, hvac, pv
from cloud.analytics.maintenance.examined import Examined
from cloud.domain.asset import Asset, AssetKind, Figure
from cloud.maintenance.measured import Floats

Json = Mapping[str, object]
Days = Sequence[tuple[int, Json]]
"""First second of each day, and its figures."""

_HOURS: Final = 24
_MISSING: Final = {
    "electricity_kwh": "its electricity has not been measured yet",
    "generated_kwh": "its energy has not been measured yet",
    "outdoor_c": "the outdoor temperature is not known; give the asset a point"
    " `outdoor`, or its site latitude and longitude",
    "sunlight_kwh_m2": "the sunlight is not known; give the asset a point"
    " `irradiance`, or its site latitude and longitude",
    "soc_lost": "its power and state of charge have not been measured yet",
}


def examine(asset: Asset, days: Days, zone: ZoneInfo) -> Examined:
    """Return what is known of an asset from its days, oldest first."""
    if not days:
        return Examined((), (), 0, "nothing has been measured of it yet")
    first = datetime.fromtimestamp(days[0][0], zone).date()
    last = datetime.fromtimestamp(days[-1][0], zone).date()
    count = (last - first).days + 1
    places = [(datetime.fromtimestamp(s, zone).date() - first).days for s, _ in days]
    table = _Table(count, places, [figures for _, figures in days])
    seen = _ANALYSES[asset.kind](asset, table, first)
    if seen.why_none is None:
        return seen
    why = next((said for name, said in _MISSING.items() if table.lacks(name)), None)
    return Examined(seen.findings, seen.condition, 0, why or seen.why_none)


class _Table:
    """Figures of consecutive days as columns; NaN where not known."""

    def __init__(self, count: int, places: Sequence[int], rows: Sequence[Json]) -> None:
        self.count = count
        self._rows = dict(zip(places, rows, strict=True))

    def column(self, name: str) -> Floats:
        """Return one value for each day."""
        values = np.full(self.count, np.nan)
        for place, row in self._rows.items():
            values[place] = _float(row.get(name))
        return values

    def hours(self, name: str) -> Floats:
        """Return 24 values for each day."""
        values = np.full((self.count, _HOURS), np.nan)
        for place, row in self._rows.items():
            hourly = row.get(name)
            if isinstance(hourly, list) and len(hourly) == _HOURS:
                values[place] = [_float(value) for value in hourly]
        return values

    def lacks(self, name: str) -> bool:
        """Return whether `name` belongs to these days and is known of none."""
        if not any(name in row for row in self._rows.values()):
            return False
        known = (row.get(name) for row in self._rows.values())
        return all(value in (None, [None] * _HOURS) for value in known)


def _hvac(asset: Asset, table: _Table, first: date) -> Examined:
    days = hvac.HvacDays(
        table.column("electricity_kwh"),
        table.column("heat_kwh"),
        table.hours("outdoor_c"),
        table.hours("occupied"),
    )
    return hvac.examine(days, asset.name, first)


def _pv(asset: Asset, table: _Table, first: date) -> Examined:
    days = pv.PvDays(
        table.column("generated_kwh"),
        table.column("sunlight_kwh_m2"),
        table.column("outdoor_c"),
        table.column("rain_mm"),
        is_sensed=Figure.IRRADIANCE in asset.points,
    )
    return pv.examine(days, asset.name, first, asset.rated_kw)


def _battery(asset: Asset, table: _Table, first: date) -> Examined:
    names = ("charged_kwh", "discharged_kwh", "soc_gained", "soc_lost", "temperature_c")
    charged, discharged, gained, lost, temperature = map(table.column, names)
    days = battery.BatteryDays(charged, discharged, gained, lost, temperature)
    return battery.examine(days, asset.name, first)


_ANALYSES: Final = {
    AssetKind.HVAC: _hvac,
    AssetKind.PV: _pv,
    AssetKind.BATTERY: _battery,
}


def _float(value: object) -> float:
    return float("nan") if value is None else float(cast(float, value))
