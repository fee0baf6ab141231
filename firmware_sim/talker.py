"""A simulated device that speaks in telegrams, and the faults it can have."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final

from firmware_sim.faults import Fault

Values = Callable[[int], Mapping[str, float]]
"""What the device shows at an instant [ms]: quantity and value."""

Clock = Callable[[], int]
"""Returns the present instant of the simulation. [ms since 1970 UTC]"""

_GARBAGE_BYTES: Final = 40


class Trouble(StrEnum):
    """What goes wrong."""

    DROPOUT = "dropout"
    """Nothing is sent."""
    GARBAGE = "garbage"
    """Random bytes in place of what should be sent."""
    HALF_FRAME = "half_frame"
    """It stops half-way."""
    WRONG_CRC = "wrong_crc"
    """One bit is wrong, as the checksum tells."""
    COLLISION = "collision"
    """Another device answers at the same time, at the same address."""
    STUCK = "stuck"
    """Every value stays as it is."""


def wall_clock() -> int:
    """Return the present instant. [ms since 1970 UTC]."""
    return time.time_ns() // 1_000_000


class Talker:
    """What a device shows, and how its faults spoil what it sends."""

    def __init__(self, values: Values, key: int = 0, clock: Clock = wall_clock) -> None:
        self._values = values
        self._clock = clock
        self._dice = random.Random(key)
        self._faults: tuple[Fault, ...] = ()
        self._held: Mapping[str, float] | None = None

    def shown(self) -> Mapping[str, float]:
        """Return what it shows now: quantity and value."""
        return self._values(self._clock()) if self._held is None else self._held

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Have exactly `faults` from now on.

        Raises:
            ValueError: It knows no such fault.
        """
        chosen = tuple(faults)
        kinds = {Trouble(each.kind) for each in chosen}
        self._faults = chosen
        self._held = dict(self.shown()) if Trouble.STUCK in kinds else None

    def spoiled(self, sent: bytes) -> bytes:
        """Return what of `sent` reaches the wire."""
        for fault in self._faults:
            if sent and self._dice.random() < fault.probability:
                sent = self._struck(Trouble(fault.kind), sent)
        return sent

    def _struck(self, trouble: Trouble, sent: bytes) -> bytes:
        match trouble:
            case Trouble.DROPOUT:
                return b""
            case Trouble.GARBAGE:
                return self._dice.randbytes(_GARBAGE_BYTES)
            case Trouble.HALF_FRAME:
                return sent[: len(sent) // 2]
            case Trouble.WRONG_CRC if len(sent) > 1:  # one byte has no checksum
                place = len(sent) // 2
                wrong = bytes([sent[place] ^ 1])
                return sent[:place] + wrong + sent[place + 1 :]
            case Trouble.COLLISION:
                other = self._dice.randbytes(len(sent))
                return bytes(a & b for a, b in zip(sent, other, strict=True))
            case _:
                return sent
