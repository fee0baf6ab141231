"""The campus twin: every room's state and energy, in exact steps of 60 seconds."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from firmware_sim.campus import TIMEZONE, Room
from firmware_sim.draws import Floats, Stream, uniform
from firmware_sim.hour import AC_IDLE_KW, LIGHT_IDLE_KW, Hour, RoomTable
from firmware_sim.warmth import outdoor_c, warmth_c

STEP_MS: Final = 60_000
_HOURS_PER_STEP: Final = 1 / 60
_KEPT_CHUNKS: Final = 4_000
_NEVER: Final = np.iinfo(np.int64).max
_HOT_C: Final = 29.0


@dataclass(frozen=True, slots=True)
class State:
    """Every room during one step, in the order of the rooms.

    Attributes:
        energy_kwh: Counter of each room up to the start of the step.
    """

    base_kw: Floats
    ac_kw: Floats
    light_kw: Floats
    equipment_kw: Floats
    total_kw: Floats
    temperature_c: Floats
    occupied: NDArray[np.bool_]
    energy_kwh: Floats


@dataclass(frozen=True, slots=True)
class StepTruth:
    """What really happened on the campus.

    Attributes:
        building_kw: Load of each building during the step.
        saved_kwh: Energy the setbacks saved up to the start of the step.
    """

    at_ms: int
    building_kw: Floats
    saved_kwh: float

    @property
    def campus_kw(self) -> float:
        """Load of all rooms during the step."""
        return float(self.building_kw.sum())


@dataclass(frozen=True, slots=True)
class _Chunk:
    first_step: int
    building_kw: Floats
    saved_kwh: Floats


@dataclass(frozen=True, slots=True)
class _Loads:
    """Loads of consecutive steps, one row a step, one column a room."""

    ac_kw: Floats
    light_kw: Floats
    total_kw: Floats
    uncontrolled_kw: Floats


class CampusTwin:
    """Rooms whose relays can be set; their uncontrolled twin runs beside them."""

    def __init__(
        self, seed: int, rooms: Sequence[Room], timezone: str = TIMEZONE
    ) -> None:
        self.rooms = tuple(rooms)
        self.table = RoomTable(seed, self.rooms)
        self._zone = ZoneInfo(timezone)
        count = len(self.rooms)
        start = uniform(seed, Stream.COUNTER_START, self.table.key, 0)
        self._first_kwh = np.floor(start * 400_000) / 1000
        self._used_kwh = np.zeros(count)
        self._uncontrolled_kwh = np.zeros(count)
        self.ac_relay = np.ones(count, dtype=np.int64)
        self.light_relay = np.ones(count, dtype=np.int64)
        self.revert_at_ms = np.full(count, _NEVER)
        self._step: int | None = None
        self._loads: _Loads | None = None
        self._chunks: deque[_Chunk] = deque(maxlen=_KEPT_CHUNKS)
        self._building_starts = _starts([room.building for room in self.rooms])
        self.state: State | None = None

    @property
    def building_slugs(self) -> list[str]:
        """The buildings, in the order of `StepTruth.building_kw`."""
        return [self.rooms[start].building for start in self._building_starts]

    @property
    def at_ms(self) -> int:
        """Start of the current step, in ms since 1970 UTC."""
        if self._step is None:
            raise RuntimeError("the twin has not been advanced to an instant yet")
        return self._step * STEP_MS

    @property
    def saved_kwh(self) -> float:
        """Energy the setbacks saved so far, against the uncontrolled twin."""
        return float(self._uncontrolled_kwh.sum() - self._used_kwh.sum())

    @property
    def used_kwh(self) -> float:
        """Energy of all rooms since the twin began."""
        return float(self._used_kwh.sum())

    def set_relays(
        self, place: int, ac: int, light: int, revert_at_ms: int | None
    ) -> None:
        """Set one room's relays; loads follow at the next step."""
        self.ac_relay[place] = ac
        self.light_relay[place] = light
        self.revert_at_ms[place] = _NEVER if revert_at_ms is None else revert_at_ms

    def reversion_left_s(self, place: int, now_ms: int) -> int:
        """Return how long until the room's own timer sets both relays to 1."""
        revert_at_ms = int(self.revert_at_ms[place])
        if revert_at_ms == _NEVER:
            return 0
        return max(0, -(-(revert_at_ms - now_ms) // 1000))

    def advance(self, to_ms: int) -> None:
        """Go on to the step that holds `to_ms`; every step between is integrated."""
        last = to_ms // STEP_MS
        step = last - 1 if self._step is None else self._step
        while step < last:
            step = self._through_one_hour(step + 1, last)

    def truth(self, at_ms: int | None = None) -> StepTruth | None:
        """Return what happened in the step at `at_ms`; None when no longer kept."""
        step = (self.at_ms if at_ms is None else at_ms) // STEP_MS
        for chunk in reversed(self._chunks):
            row = step - chunk.first_step
            if 0 <= row < len(chunk.saved_kwh):
                return StepTruth(
                    step * STEP_MS, chunk.building_kw[row], float(chunk.saved_kwh[row])
                )
            if row >= 0:
                return None
        return None

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept, oldest first."""
        return [
            (chunk.first_step + row) * STEP_MS
            for chunk in self._chunks
            for row in range(len(chunk.saved_kwh))
        ]

    def _through_one_hour(self, first: int, last: int) -> int:
        """Play the steps from `first` that share its local hour; return the last."""
        local = datetime.fromtimestamp(first * 60, UTC).astimezone(self._zone)
        last = min(last, first + 59 - local.minute)
        hour = self.table.hour(local)
        step_ms = np.arange(first, last + 1, dtype=np.int64) * STEP_MS
        warmth = warmth_c(
            outdoor_c(self.table.seed, local, len(step_ms)), self.table.offset_c
        )
        loads = self._controlled(hour, warmth > _HOT_C, step_ms)
        if self._loads is not None:
            self._integrate(self._loads, slice(-1, None))
        self._record(first, loads)
        self._integrate(loads, slice(0, -1))
        self._revert(int(step_ms[-1]))
        self._publish(last, hour, warmth[-1], loads)
        return last

    def _controlled(
        self, hour: Hour, hot: NDArray[np.bool_], step_ms: NDArray[np.int64]
    ) -> _Loads:
        in_time = step_ms[:, None] < self.revert_at_ms[None, :]
        obeys = in_time & ~hour.occupied
        free_ac = np.where(hot & hour.occupied, hour.ac_kw, AC_IDLE_KW)
        ac_kw = np.where(obeys & (self.ac_relay == 0), 0.0, free_ac)
        light_kw = np.where(
            obeys & (self.light_relay == 0), LIGHT_IDLE_KW, hour.light_kw
        )
        steady = self.table.base_kw + hour.equipment_kw
        return _Loads(
            ac_kw, light_kw, steady + ac_kw + light_kw, steady + free_ac + hour.light_kw
        )

    def _integrate(self, loads: _Loads, rows: slice) -> None:
        """Add whole steps to the counters; a chunk's last one once it is over."""
        self._used_kwh += loads.total_kw[rows].sum(axis=0) * _HOURS_PER_STEP
        self._uncontrolled_kwh += (
            loads.uncontrolled_kw[rows].sum(axis=0) * _HOURS_PER_STEP
        )

    def _record(self, first: int, loads: _Loads) -> None:
        building_kw = np.add.reduceat(loads.total_kw, self._building_starts, axis=1)
        saving_kw = (loads.uncontrolled_kw - loads.total_kw).sum(axis=1)
        saved_kwh = np.concatenate(([0.0], np.cumsum(saving_kw[:-1]))) * _HOURS_PER_STEP
        self._chunks.append(_Chunk(first, building_kw, saved_kwh + self.saved_kwh))

    def _revert(self, at_ms: int) -> None:
        due = self.revert_at_ms <= at_ms
        self.ac_relay[due] = 1
        self.light_relay[due] = 1
        self.revert_at_ms[due] = _NEVER

    def _publish(self, step: int, hour: Hour, warmth: Floats, loads: _Loads) -> None:
        self._step = step
        self._loads = loads
        self.state = State(
            base_kw=self.table.base_kw,
            ac_kw=loads.ac_kw[-1],
            light_kw=loads.light_kw[-1],
            equipment_kw=hour.equipment_kw,
            total_kw=loads.total_kw[-1],
            temperature_c=warmth,
            occupied=hour.occupied,
            energy_kwh=self._first_kwh + self._used_kwh,
        )


def _starts(names: Sequence[str]) -> NDArray[np.int64]:
    """Return where each run of equal names begins."""
    return np.array(
        [n for n, name in enumerate(names) if n == 0 or names[n - 1] != name],
        dtype=np.int64,
    )
