"""Random draws that depend only on their key, so that every twin sees one world."""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)


class Stream(IntEnum):
    """What a draw is for: streams never share a number."""

    BASE_LOAD = 1
    CAPACITY = 2
    TIMETABLE = 3
    OCCUPANCY = 4
    EQUIPMENT = 5
    AC = 6
    LIGHT = 7
    ROOM_WARMTH = 8
    DAY_WARMTH = 9
    COUNTER_START = 10
    VOLTAGE = 11
    FREQUENCY = 12
    POWER_FACTOR = 13
    CLOUDS = 14
    CONSUMPTION = 15
    FAULT = 16
    PROFILE = 17
    AREA = 18
    WIND = 19
    WEATHER_ERROR = 20


def uniform(seed: int, stream: Stream, thing: ArrayLike, moment: ArrayLike) -> Floats:
    """Return a number in [0, 1) for each pair of `thing` and `moment`.

    Counter-based: splitmix64's finaliser over the key (Steele, Lea, Flood 2014), so
    a draw neither depends on nor moves any other.
    """
    key = np.uint64((seed * 0x100000001 + int(stream)) & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        state = _mixed(key + _GOLDEN)
        state = _mixed(state ^ (_integers(thing) * _GOLDEN))
        state = _mixed(state ^ (_integers(moment) * _MIX_1 + _GOLDEN))
    return np.asarray(state >> np.uint64(11), dtype=np.float64) * 2.0**-53


def between(low: ArrayLike, high: ArrayLike, share: ArrayLike) -> Floats:
    """Return the point at `share`, 0 to 1, of the way from `low` to `high`."""
    floor = np.asarray(low, dtype=np.float64)
    span = np.asarray(high, dtype=np.float64) - floor
    return np.asarray(floor + span * np.asarray(share), dtype=np.float64)


def _integers(values: ArrayLike) -> NDArray[np.uint64]:
    return np.asarray(values, dtype=np.int64).astype(np.uint64)


def _mixed(state: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return np.asarray(state ^ (state >> np.uint64(31)))
