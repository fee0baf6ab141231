"""A note of readings held in memory only, written in place where no disk is needed.

It lies in the lock file, whose one block is allocated from the start. Whoever opens the
buffer next declares them lost.
"""

import os
import struct
from contextlib import suppress
from typing import Final

_NOTE: Final = struct.Struct("<32sQ")
_OFFSET: Final = 64


def write_note(lock: int, epoch: str, readings: int) -> None:
    """Note that `readings` of `epoch` are lost if this process dies now."""
    with suppress(OSError):  # a disk that takes nothing at all
        os.pwrite(lock, _NOTE.pack(epoch.encode(), readings), _OFFSET)
        os.fdatasync(lock)


def read_note(lock: int) -> tuple[str, int]:
    """Return the epoch and the number of readings noted, 0 if there are none."""
    raw = os.pread(lock, _NOTE.size, _OFFSET)
    if len(raw) < _NOTE.size:
        return "", 0
    epoch, readings = _NOTE.unpack(raw)
    return epoch.decode("ascii", errors="replace"), readings
