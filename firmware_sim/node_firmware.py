"""The firmware of the ESP8266 node, decision for decision, as `esp8266/` has it in C++.

A simulated node runs this; a test compares its trace with the compiled sketch's.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from operator import itemgetter
from typing import Final

SECTOR: Final = 4096
_SLOT: Final = 48
_PER_SECTOR: Final = SECTOR // _SLOT
_SANE_S: Final = 1_577_836_800
_HOPELESS: Final = (400, 413, 422)
_FORBIDDEN: Final = (401, 403, 404)
_CONFLICT: Final = 409


class Act(IntEnum):
    """What a node does next."""

    NOTHING = 0
    MEASURE = 1
    POST = 2
    RESTART = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement, in the units of the firmware.

    Attributes:
        at_s: Seconds since 1970 UTC; 0 while the time was not known.
        uptime_s: Since the start that measured it.
        boot: Number of that start.
    """

    wh: int
    deciwatts: int
    decivolts: int = 0
    milliamps: int = 0
    centihertz: int = 0
    centi_pf: int = 0
    at_s: int = 0
    uptime_s: int = 0
    boot: int = 0

    def body(self, capacity_w: int) -> dict[str, float | int]:
        """Return what is posted of it."""
        return {
            "energy_produced": 0,
            "energy_consumed": self.wh / 1000,
            "current_load": min(40_000, self.deciwatts * 1000 // capacity_w) / 100,
            "voltage": self.decivolts / 10,
            "current": self.milliamps / 1000,
            "frequency": self.centihertz / 100,
            "power_factor": self.centi_pf / 100,
            "timestamp": self.at_s,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient a node is. [s]."""

    measure_every_s: int = 60
    first_delay_s: int = 1
    longest_delay_s: int = 20
    refused_delay_s: int = 300
    restart_after_s: int = 3600


class Ring:
    """Samples in flash, oldest first; a full ring loses its oldest sector.

    Attributes:
        overwritten: Samples lost so.
    """

    def __init__(self, sectors: int) -> None:
        self.overwritten = 0
        self._slots: list[tuple[int, Sample, bool] | None] = [None] * (
            sectors * _PER_SECTOR
        )
        self._number, self._next = 1, 0

    def __len__(self) -> int:
        return len(self._waiting())

    def restart(self) -> int:
        """Find what waits after a power cut; return the number of this start."""
        kept = [slot for slot in self._slots if slot is not None]
        self.overwritten = 0
        return max((sample.boot for _, sample, _ in kept), default=0) + 1

    def append(self, sample: Sample) -> None:
        """Keep `sample`."""
        if self._next % _PER_SECTOR == 0:
            sector = range(self._next, self._next + _PER_SECTOR)
            lost = [self._slots[slot] for slot in sector]
            self.overwritten += sum(each is not None and each[2] for each in lost)
            for slot in sector:
                self._slots[slot] = None
        self._slots[self._next] = (self._number, sample, True)
        self._number += 1
        self._next = (self._next + 1) % len(self._slots)

    def oldest(self) -> Sample | None:
        """Return the oldest sample that was not dropped."""
        waiting = self._waiting()
        return min(waiting, key=itemgetter(0))[1] if waiting else None

    def drop_oldest(self) -> None:
        """Forget the oldest."""
        waiting = self._waiting()
        if waiting:
            number, sample, slot = min(waiting, key=itemgetter(0))
            self._slots[slot] = (number, sample, False)

    def _waiting(self) -> list[tuple[int, Sample, int]]:
        return [
            (slot[0], slot[1], place)
            for place, slot in enumerate(self._slots)
            if slot is not None and slot[2]
        ]


class Firmware:
    """One node.

    Attributes:
        undated: Samples that nobody can date any more.
        refused: Samples that the server will never take.
    """

    def __init__(self, sectors: int = 2, limits: Limits | None = None) -> None:
        self.ring = Ring(sectors)
        self._limits = limits or Limits()
        self.restart()

    def restart(self) -> None:
        """Start as after a power cut: only the flash is kept."""
        self.undated = self.refused = 0
        self._boot = self.ring.restart()
        self._offset_s = 0
        self._measured_s: int | None = None
        self._tried_s = self._answered_s = 0
        self._delay_s = self._failures = 0
        self._is_up = False

    def clock(self, uptime_s: int, unix_s: int) -> None:
        """Set the time."""
        self._offset_s = unix_s - uptime_s if unix_s > _SANE_S else 0

    def network(self, uptime_s: int, *, is_up: bool) -> None:
        """Note whether the network is there."""
        if is_up and not self._is_up:
            self._answered_s = uptime_s
        self._is_up = is_up

    def next(self, uptime_s: int) -> Act:
        """Return what to do now."""
        measured_s = self._measured_s
        if measured_s is None or uptime_s - measured_s >= self._limits.measure_every_s:
            return Act.MEASURE
        self._drop_undatable()
        if not self._is_up or self._offset_s == 0 or not len(self.ring):
            self._answered_s = uptime_s
            return Act.NOTHING
        if uptime_s - self._answered_s >= self._limits.restart_after_s:
            return Act.RESTART
        is_due = uptime_s - self._tried_s >= self._delay_s
        return Act.POST if is_due else Act.NOTHING

    def measured(self, uptime_s: int, sample: Sample | None) -> bool:
        """Take what the meter said; None when it did not answer."""
        self._measured_s = uptime_s
        if sample is None:
            return False
        at_s = self._offset_s + uptime_s if self._offset_s else 0
        self.ring.append(replace(sample, at_s=at_s, uptime_s=uptime_s, boot=self._boot))
        return True

    def to_post(self) -> Sample | None:
        """Return the oldest sample, dated."""
        sample = self.ring.oldest()
        if sample is not None and sample.at_s == 0:
            return replace(sample, at_s=self._offset_s + sample.uptime_s)
        return sample

    def answered(self, uptime_s: int, status: int) -> None:
        """Take the status of a post; 0 is no answer."""
        self._tried_s = uptime_s
        if status:
            self._answered_s = uptime_s
        if 200 <= status < 300 or status == _CONFLICT or status in _HOPELESS:
            self.ring.drop_oldest()
            self._delay_s = self._failures = 0
            self.refused += status in _HOPELESS
        elif status in _FORBIDDEN:
            self._delay_s = self._limits.refused_delay_s
        else:
            delay_s = self._limits.first_delay_s << min(self._failures, 16)
            self._delay_s = min(delay_s, self._limits.longest_delay_s)
            self._failures += 1

    def _drop_undatable(self) -> None:
        while (sample := self.ring.oldest()) is not None:
            if sample.at_s or sample.boot == self._boot:
                return
            self.ring.drop_oldest()
            self.undated += 1
