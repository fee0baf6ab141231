"""What was measured of an asset on one day, from raw readings or from roll-ups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.store import rollups
from cloud.store.database import Connection
from cloud.store.named_points import NamedPoint
from cloud.store.readings import ReadingColumns, read
from cloud.store.rollups import EnergyRow
from contract.energy import IntervalEnergy, interval_energy, power_energy
from contract.quantity import DEFINITIONS, Kind, Quantity

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]

HOUR_S: Final = 3600
HOUR_MIN: Final = 60

_MARGIN_S: Final = HOUR_S
_KNOWN: Final = 0.9
"""Share of a day, or an hour, that has to be known."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of one point, oldest first."""

    at_ms: Instants
    values: Floats


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """A local day of some nodes and points; what is read is kept for the others.

    Attributes:
        start_s: First second of each of its 23 to 25 hours.
        points: By name.
        nodes: Ids of nodes, by path.
    """

    connection: Connection
    start_s: Instants
    points: Mapping[str, NamedPoint]
    nodes: Mapping[str, int]
    _read: dict[int, ReadingColumns] = field(default_factory=dict)
    _rows: dict[int, list[EnergyRow]] = field(default_factory=dict)

    @property
    def end_s(self) -> int:
        """First second after the day."""
        return int(self.start_s[-1]) + HOUR_S

    def readings(self, name: str) -> Readings | None:
        """Return the readings of a point, an hour around the day included."""
        point = self.points.get(name)
        if point is None:
            return None
        if point.gateway_id not in self._read:
            from_ms = (int(self.start_s[0]) - _MARGIN_S) * 1000
            to_ms = (self.end_s + _MARGIN_S) * 1000
            self._read[point.gateway_id] = read(
                self.connection, point.gateway_id, from_ms, to_ms
            )
        columns = self._read[point.gateway_id]
        mine = columns.point_ids == point.id
        at_ms, places = np.unique(columns.at_ms[mine], return_index=True)
        return Readings(at_ms, columns.values[mine][places])

    def amount(self, name: str) -> float | None:
        """Return what a counter or a power adds up to over the day; None if unknown."""
        readings = self.readings(name)
        if readings is None:
            return self._rolled_up_amount(name)
        quantity = Quantity(self.points[name].quantity)
        if DEFINITIONS[quantity].kind is Kind.COUNTER:
            counted = interval_energy(
                readings.at_ms,
                readings.values,
                modulus_kwh=self.points[name].modulus_kwh,
            )
            return self.within(counted)
        return self.within(power_energy(readings.at_ms, readings.values))

    def within(self, counted: IntervalEnergy) -> float | None:
        """Return what of `counted` lies in the day; None if too little is known."""
        from_ms, to_ms = int(self.start_s[0]) * 1000, self.end_s * 1000
        inside = (counted.start_ms >= from_ms) & (counted.start_ms < to_ms)
        intervals = (to_ms - from_ms) / 900_000
        if counted.coverage[inside].sum() < _KNOWN * intervals:
            return None
        return float(counted.energy_kwh[inside].sum())

    def hourly(self, name: str) -> Floats:
        """Return the mean of each hour; NaN where nothing is known."""
        readings = self.readings(name)
        if readings is None:
            return self.rolled_up(name)
        hour = (readings.at_ms // 1000 - int(self.start_s[0])) // HOUR_S
        inside = (hour >= 0) & (hour < len(self.start_s))
        count = np.bincount(hour[inside], minlength=len(self.start_s))
        total = np.bincount(
            hour[inside], readings.values[inside], minlength=len(self.start_s)
        )
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def rolled_up(self, name: str) -> Floats:
        """Return what is rolled up of a node in each hour, as `node/column`."""
        path, _, column = name.rpartition("/")
        found = np.full(len(self.start_s), np.nan)
        node_id = self.nodes.get(path)
        if node_id is None:
            return found
        place = {int(start): hour for hour, start in enumerate(self.start_s)}
        for row in self._hours(node_id):
            value = getattr(row, column)
            if value is not None and row.start_s in place:
                found[place[row.start_s]] = value
        return found

    def _rolled_up_amount(self, name: str) -> float | None:
        hourly = self.rolled_up(name)
        known = np.isfinite(hourly)
        return float(hourly[known].sum()) if known.mean() >= _KNOWN else None

    def _hours(self, node_id: int) -> list[EnergyRow]:
        if node_id not in self._rows:
            span_s = int(self.start_s[0]), self.end_s
            simulated = not rollups.has_measured(self.connection, node_id, span_s)
            self._rows[node_id] = rollups.energy_rows(
                self.connection, [node_id], HOUR_MIN, span_s, simulated=simulated
            )
        return self._rows[node_id]
