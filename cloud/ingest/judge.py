"""Row by row: what a batch brings that can be believed. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.batch import Batch
from contract.interval import INTERVAL_MS
from contract.inventory import Inventory
from contract.quantity import DEFINITIONS, Quantity, implausible
from contract.reading import Quality

AHEAD_MS: Final = 86_400_000
"""How far ahead of the cloud's clock an instant may be."""
BEGINNING_MS: Final = 946_684_800_000
"""2000-01-01: what is dated earlier was dated by a clock that was never set."""

_INTERVAL_S: Final = INTERVAL_MS // 1_000
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an inventory allows for each of its points; arrays of one length.

    Attributes:
        point_ids: -1 where the point was refused.
    """

    quantities: tuple[Quantity, ...]
    point_ids: NDArray[np.int32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    simulated: Bools


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of a batch that are believed, as columns, and why the others are not.

    Attributes:
        starts_s: The 15-minute intervals they fall in.
    """

    point_ids: NDArray[np.int32]
    at_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]
    rejected: tuple[tuple[int, str], ...]
    starts_s: tuple[int, ...]


def limits(inventory: Inventory, point_ids: NDArray[np.int32]) -> Limits:
    """Return what `inventory` allows."""
    entries = list(inventory.entries())
    definitions = [DEFINITIONS[quantity] for _, _, quantity in entries]
    return Limits(
        tuple(quantity for _, _, quantity in entries),
        point_ids,
        np.array([definition.low for definition in definitions], dtype=np.float64),
        np.array([definition.high for definition in definitions], dtype=np.float64),
        np.array([device.simulated for _, device, _ in entries], dtype=np.bool_),
    )


def judge(batch: Batch, allowed: Limits, now_ms: int) -> Judged:
    """Return which rows of `batch` are believed."""
    places = np.asarray(batch.points, dtype=np.int64)
    at_ms = np.asarray(batch.at_ms, dtype=np.int64)
    values = np.asarray(batch.values, dtype=np.float64)
    quality = np.frombuffer(batch.quality, dtype=np.uint8)
    named = places < len(allowed.point_ids)
    place = np.where(named, places, 0)
    good = named & _timely(at_ms, now_ms)
    if len(allowed.point_ids):
        good &= _credible(allowed, place, values, quality)
    rejected = tuple(
        (int(row), _reason(batch, allowed, now_ms, int(row)))
        for row in np.flatnonzero(~good)
    )
    return Judged(
        allowed.point_ids[place[good]],
        at_ms[good],
        values[good],
        quality[good],
        rejected,
        tuple(np.unique(at_ms[good] // INTERVAL_MS * _INTERVAL_S).tolist()),
    )


def _timely(at_ms: NDArray[np.int64], now_ms: int) -> Bools:
    return (at_ms >= BEGINNING_MS) & (at_ms <= now_ms + AHEAD_MS)


def _credible(
    allowed: Limits,
    place: NDArray[np.int64],
    values: NDArray[np.float64],
    quality: NDArray[np.uint8],
) -> Bools:
    marked = (quality & int(Quality.SIMULATED)) != 0
    credible: Bools = (
        (allowed.point_ids[place] >= 0)
        & (values >= allowed.low[place])  # false for what is not a number
        & (values <= allowed.high[place])
        & (allowed.simulated[place] | ~marked)
    )
    return credible


def _reason(batch: Batch, allowed: Limits, now_ms: int, row: int) -> str:
    place, at_ms = batch.points[row], batch.at_ms[row]
    if place >= len(allowed.point_ids):
        return f"unknown point {place}: the inventory has {len(allowed.point_ids)}"
    if allowed.point_ids[place] < 0:
        return (
            "the point's node is not below the gateway's own,"
            " or its device is registered as posting by itself"
        )
    if at_ms < BEGINNING_MS:
        return "dated before 2000: the clock was not set"
    if at_ms > now_ms + AHEAD_MS:
        return "dated more than a day ahead of the cloud's clock"
    return (
        implausible(allowed.quantities[place], batch.values[row])
        or "simulated, from a device that is registered as real"
    )
