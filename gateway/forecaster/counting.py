"""From readings to quarter hours: the load from counters, the climate from rooms."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from contract.energy import interval_energy
from contract.interval import INTERVAL_MS, to_ms
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import Reading

FULL: Final = 0.95
"""A quarter hour whose coverage is less has no known load."""

_QUARTERS_TOLD: Final = 8
_KEPT_MS: Final = 12 * INTERVAL_MS
_CLIMATE: Final = (Quantity.TEMPERATURE_C, Quantity.OCCUPANCY)
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter hour; NaN where something is not known.

    Attributes:
        temperature_c: Mean over the rooms. [°C]
        occupancy_rate: Share of the rooms that are occupied, 0 to 1.
    """

    start_s: int
    load_kw: float
    temperature_c: float
    occupancy_rate: float


@dataclass(slots=True)
class Counting:
    """The last hours of the points that a forecast rests on.

    Of a counter only the first and the newest reading of each quarter hour are kept,
    and those around a step down: the energy between them is the same.

    Attributes:
        counters: Energy counters that add up to the node's load, each with where it
            rolls over.
        climate: Temperature and occupancy points.
    """

    counters: Mapping[str, float | None]
    climate: Mapping[str, Quantity]
    _trails: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    _means: dict[int, dict[str, tuple[float, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, subject: str) -> Self:
        """Return what to count for the load of the node `subject`."""
        return cls(
            counters={
                device.point(Quantity.ENERGY_IMPORT_KWH): device.modulus_kwh
                for device in _meters(inventory.devices, subject)
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
            self._extend(
                self._trails.setdefault(reading.point, []), at_ms, reading.value
            )
        elif reading.point in self.climate:
            start_ms = at_ms // INTERVAL_MS * INTERVAL_MS
            slot = self._means.setdefault(start_ms, {})
            total, count = slot.get(reading.point, (0.0, 0))
            slot[reading.point] = (total + reading.value, count + 1)

    def is_complete(self, origin_ms: int) -> bool:
        """Return whether every counter was read at `origin_ms` or later."""
        return all(
            (trail := self._trails.get(point)) and trail[-1][0] >= origin_ms
            for point in self.counters
        )

    def quarters(self, origin_ms: int) -> Iterator[Quarter]:
        """Yield the quarter hours before `origin_ms`, as far as they may be new."""
        self._forget(origin_ms)
        starts_ms = origin_ms - INTERVAL_MS * np.arange(_QUARTERS_TOLD, 0, -1)
        load_kw = self._load_kw(starts_ms)
        for start_ms, each_kw in zip(starts_ms.tolist(), load_kw, strict=True):
            yield Quarter(
                start_ms // 1000,
                float(each_kw),
                self._mean(start_ms, Quantity.TEMPERATURE_C),
                self._mean(start_ms, Quantity.OCCUPANCY),
            )

    def to_bytes(self) -> bytes:
        """Return what was counted as JSON, to outlive a restart."""
        return json.dumps(self._trails).encode()

    def recall(self, raw: bytes) -> None:
        """Take up what an earlier run counted.

        Raises:
            ValueError: `raw` is not what `to_bytes` returns.
        """
        try:
            self._trails = {
                str(point): [(int(at_ms), float(kwh)) for at_ms, kwh in trail]
                for point, trail in json.loads(raw).items()
                if point in self.counters
            }
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not what was counted: {error}") from error

    def _extend(
        self, trail: list[tuple[int, float]], at_ms: int, value_kwh: float
    ) -> None:
        if trail and at_ms <= trail[-1][0]:  # the clock was stepped back
            trail[:] = [kept for kept in trail if kept[0] < at_ms]
        quarter = at_ms // INTERVAL_MS
        if (
            len(trail) >= 2
            and trail[-2][0] // INTERVAL_MS == quarter == trail[-1][0] // INTERVAL_MS
            and trail[-2][1] <= trail[-1][1] <= value_kwh
        ):
            trail.pop()
        trail.append((at_ms, value_kwh))
        if at_ms - trail[0][0] > 2 * _KEPT_MS:
            self._forget(at_ms)

    def _forget(self, now_ms: int) -> None:
        oldest_ms = now_ms - _KEPT_MS
        for trail in self._trails.values():
            trail[:] = [kept for kept in trail if kept[0] >= oldest_ms]
        for start_ms in [start for start in self._means if start < oldest_ms]:
            del self._means[start_ms]

    def _load_kw(self, starts_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the mean load of each quarter hour, as the cloud's roll-up has it."""
        energy_kwh = np.zeros(len(starts_ms))
        coverage = np.zeros(len(starts_ms))
        for point, modulus_kwh in self.counters.items():
            trail = self._trails.get(point, [])
            if len(trail) < 2:
                return np.full(len(starts_ms), np.nan)
            counted = interval_energy(
                np.array([at_ms for at_ms, _ in trail], dtype=np.int64),
                np.array([kwh for _, kwh in trail]),
                modulus_kwh=modulus_kwh,
            )
            known = np.isin(starts_ms, counted.start_ms)
            place = np.isin(counted.start_ms, starts_ms)
            energy_kwh[known] += counted.energy_kwh[place]
            coverage[known] += counted.coverage[place]
        is_full = coverage >= FULL * max(len(self.counters), 1)
        hours = INTERVAL_MS / 3_600_000
        return np.where(is_full & bool(self.counters), energy_kwh / hours, np.nan)

    def _mean(self, start_ms: int, quantity: Quantity) -> float:
        rooms = [
            total / count
            for point, (total, count) in self._means.get(start_ms, {}).items()
            if self.climate[point] is quantity
        ]
        return sum(rooms) / len(rooms) if rooms else _NAN


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
