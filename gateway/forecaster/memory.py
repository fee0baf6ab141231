"""What the last hour was like: load from counters, climate from the rooms."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np

from contract.energy import interval_energy
from contract.interval import INTERVAL_MS, to_ms
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import Reading

HOUR_MS: Final = 3_600_000
FULL: Final = 0.95
"""An interval whose coverage is less has no known load."""

_KEPT_MS: Final = 3 * HOUR_MS
_CLIMATE: Final = (Quantity.TEMPERATURE_C, Quantity.OCCUPANCY)


@dataclass(frozen=True, slots=True)
class LastHour:
    """Means over the hour before an instant of the 15-minute grid."""

    load_kw: float
    temperature_c: float
    occupancy_rate: float


@dataclass(slots=True)
class Memory:
    """The last hours of the points a forecast rests on.

    Attributes:
        counters: Energy counters that add up to the node's load, each with where it
            rolls over.
        climate: Temperature and occupancy points.
    """

    counters: Mapping[str, float | None]
    climate: Mapping[str, Quantity]
    _energy: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _means: dict[int, dict[str, tuple[float, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, subject: str) -> Self:
        """Return an empty memory for the load of the node `subject`."""
        meters = _meters(inventory.devices, subject)
        return cls(
            counters={
                device.point(Quantity.ENERGY_IMPORT_KWH): device.modulus_kwh
                for device in meters
            },
            climate={
                name: quantity
                for name, _, quantity in inventory.entries()
                if quantity in _CLIMATE
            },
        )

    def keep(self, reading: Reading) -> None:
        """Remember `reading` if a forecast rests on its point."""
        at_ms = to_ms(reading.at)
        if reading.point in self.counters:
            trail = self._energy.setdefault(reading.point, [])
            if trail and at_ms <= trail[-1][0]:  # the clock was stepped back
                trail[:] = [kept for kept in trail if kept[0] < at_ms]
            trail.append((at_ms, reading.value))
            if at_ms - trail[0][0] > 2 * _KEPT_MS:
                self.forget(at_ms)
        elif reading.point in self.climate:
            start_ms = at_ms // INTERVAL_MS * INTERVAL_MS
            if start_ms not in self._means:
                self.forget(at_ms)
            slot = self._means.setdefault(start_ms, {})
            total, count = slot.get(reading.point, (0.0, 0))
            slot[reading.point] = (total + reading.value, count + 1)

    def last_hour(self, origin_ms: int) -> LastHour | None:
        """Return the hour before `origin_ms`, or None where a part is not known."""
        load_kw = self._load_kw(origin_ms)
        temperature_c = self._climate(origin_ms, Quantity.TEMPERATURE_C)
        occupancy_rate = self._climate(origin_ms, Quantity.OCCUPANCY)
        if load_kw is None or temperature_c is None or occupancy_rate is None:
            return None
        return LastHour(load_kw, temperature_c, occupancy_rate)

    def forget(self, now_ms: int) -> None:
        """Drop what no later forecast needs."""
        oldest_ms = now_ms - _KEPT_MS
        for trail in self._energy.values():
            trail[:] = [kept for kept in trail if kept[0] >= oldest_ms]
        for start_ms in [start for start in self._means if start < oldest_ms]:
            del self._means[start_ms]

    def to_bytes(self) -> bytes:
        """Return the memory as JSON, to outlive a restart."""
        return json.dumps([self._energy, self._means]).encode()

    def recall(self, raw: bytes) -> None:
        """Take up what an earlier run remembered.

        Raises:
            ValueError: `raw` is not what `to_bytes` returns.
        """
        try:
            energy, means = json.loads(raw)
            self._energy = {
                str(point): [(int(at_ms), float(kwh)) for at_ms, kwh in trail]
                for point, trail in energy.items()
                if point in self.counters
            }
            self._means = {
                int(start): {
                    str(point): (float(total), int(count))
                    for point, (total, count) in slot.items()
                    if point in self.climate
                }
                for start, slot in means.items()
            }
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not a forecaster's memory: {error}") from error

    def _load_kw(self, origin_ms: int) -> float | None:
        """Return the mean load of the hour in kW, as the cloud's roll-up has it."""
        slots = np.arange(origin_ms - HOUR_MS, origin_ms, INTERVAL_MS)
        energy_kwh, coverage = np.zeros(len(slots)), np.zeros(len(slots))
        for point, modulus_kwh in self.counters.items():
            trail = self._energy.get(point, [])
            if len(trail) < 2 or trail[-1][0] < origin_ms:
                return None
            counted = interval_energy(
                np.array([at_ms for at_ms, _ in trail], dtype=np.int64),
                np.array([kwh for _, kwh in trail]),
                modulus_kwh=modulus_kwh,
            )
            known = np.isin(slots, counted.start_ms)
            place = np.isin(counted.start_ms, slots)
            energy_kwh[known] += counted.energy_kwh[place]
            coverage[known] += counted.coverage[place]
        if not self.counters or min(coverage) / len(self.counters) < FULL:
            return None
        return float(energy_kwh.sum())

    def _climate(self, origin_ms: int, quantity: Quantity) -> float | None:
        """Return the mean over the hour of the rooms' means of each interval."""
        starts = range(origin_ms - HOUR_MS, origin_ms, INTERVAL_MS)
        means = [self._slot_mean(start_ms, quantity) for start_ms in starts]
        known = [mean for mean in means if mean is not None]
        return None if means[0] is None else sum(known) / len(known)

    def _slot_mean(self, start_ms: int, quantity: Quantity) -> float | None:
        rooms = [
            total / count
            for point, (total, count) in self._means.get(start_ms, {}).items()
            if self.climate[point] is quantity
        ]
        return sum(rooms) / len(rooms) if rooms else None


def _meters(devices: Sequence[DeviceEntry], subject: str) -> list[DeviceEntry]:
    """Return the meters whose sum is the node's load: its own, else the topmost."""
    main = [
        device
        for device in devices
        if device.role is Role.MAIN and Quantity.ENERGY_IMPORT_KWH in device.quantities
    ]
    own = [device for device in main if device.node == subject]
    metered = {device.node for device in main}
    return own or [device for device in main if not metered & _above(device.node)]


def _above(path: str) -> set[str]:
    parts = path.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts))}
