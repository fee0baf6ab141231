"""Values of the newest steps of time, each at its place; the oldest give way."""

import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HEAD: Final = struct.Struct("<qII")
_STORED: Final = np.dtype("<f4")

Floats = NDArray[np.float64]


class Ring:
    """A table of float32 with one row for each step; NaN where nothing is known."""

    def __init__(self, step_s: int, steps: int, columns: int) -> None:
        self.step_s = step_s
        self._values = np.full((steps, columns), np.nan, dtype=_STORED)
        self._end = 0  # number of the step after the newest; steps count from 1970

    @property
    def end_s(self) -> int:
        """When the newest step is over; 0 before the first. [s since 1970 UTC]."""
        return self._end * self.step_s

    def put(self, start_s: int, values: Sequence[float]) -> None:
        """Keep what is known of the step that begins at `start_s`; NaN changes nothing.

        A step older than all that are kept begins anew: the clock was far ahead.
        """
        number, steps = start_s // self.step_s, len(self._values)
        if number < self._end - steps:
            self._values[:], self._end = np.nan, 0
        if number >= self._end:
            fresh = np.arange(max(self._end, number + 1 - steps), number + 1)
            self._values[fresh % steps] = np.nan
            self._end = number + 1
        row = self._values[number % steps]
        row[:] = np.where(np.isfinite(values), values, row)

    def rows(self, from_s: int, count: int) -> Floats:
        """Return `count` steps from `from_s` on, steps × columns."""
        steps = len(self._values)
        numbers = from_s // self.step_s + np.arange(count)
        inside = (numbers < self._end) & (numbers >= self._end - steps)
        found = np.full((count, self._values.shape[1]), np.nan)
        found[inside] = self._values[numbers[inside] % steps]
        return found

    def copy(self) -> "Ring":
        """Return one that does not change with this one."""
        made = Ring(self.step_s, *self._values.shape)
        made._values[:], made._end = self._values, self._end
        return made

    def to_bytes(self) -> bytes:
        """Return the table, to outlive a restart."""
        return _HEAD.pack(self._end, *self._values.shape) + self._values.tobytes()

    def recall(self, raw: bytes) -> None:
        """Take up what `to_bytes` returned.

        Raises:
            ValueError: It is of another shape.
        """
        steps, columns = self._values.shape
        if len(raw) != _HEAD.size + self._values.nbytes:
            raise ValueError(f"not {steps} steps of {columns} values")
        end, *shape = _HEAD.unpack_from(raw)
        if shape != [steps, columns]:
            raise ValueError(f"not {steps} steps of {columns} values")
        self._end = end
        kept = np.frombuffer(raw, _STORED, offset=_HEAD.size)
        self._values[:] = kept.reshape(steps, columns)
