"""Energy of devices that post by themselves. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from cloud.rollup.blocks import Block, Floats, Window
from cloud.rollup.layout import Figure
from cloud.rollup.sums import Tally, meter_rows
from cloud.store.devices import PostingDevice
from contract.energy import interval_energy
from contract.interval import INTERVAL_MS
from contract.inventory import Role

Posts = Sequence[tuple[int, Mapping[str, object]]]
"""Instant [ms] and fields of each post, by instant."""

CONSUMED: Final = "energy_consumed"
PRODUCED: Final = "energy_produced"


def add_posts(own: Tally, device: PostingDevice, posts: Posts, window: Window) -> None:
    """Add to what a node's own devices know what one of them posted."""
    if device.role == Role.MAIN:
        block = posted_energy(device, posts, CONSUMED, window)
        own.add_meter(
            meter_rows(block.energy_kwh[0], block.estimated_kwh[0], block.coverage[0])
        )
    made = posted_energy(device, posts, PRODUCED, window)
    known = (made.coverage[0] > 0) | (made.energy_kwh[0] > 0)
    if known.any():
        own.add(Figure.GENERATED, np.where(known, made.energy_kwh[0], np.nan))


def posted_energy(
    device: PostingDevice, posts: Posts, name: str, window: Window
) -> Block:
    """Return one row: what the posts say of the energy `name` in `window`.

    A post tells the energy since the one before, or a counter. The first post's
    energy is laid into the reporting interval before it.
    """
    at_ms, values = _counter(device, posts, name)
    if len(at_ms) < 2:
        return Block(*(np.zeros((1, window.count)) for _ in range(3)))
    found = interval_energy(at_ms, values)
    first = int(found.start_ms[0]) // INTERVAL_MS
    rows = found.energy_kwh, found.coverage, found.estimated_kwh
    return Block(*(_cut(row, first, window) for row in rows))


def _counter(
    device: PostingDevice, posts: Posts, name: str
) -> tuple[np.ndarray, Floats]:
    told: dict[int, float] = {}
    total = 0.0
    for at_ms, body in posts:
        value = body.get(name)
        if not isinstance(value, int | float):
            continue
        total = float(value) if device.is_counter else total + float(value)
        if not told and not device.is_counter:
            told[at_ms - device.reporting_interval_s * 1000] = 0.0
        told[at_ms] = total
    at = np.array(list(told), dtype=np.int64)
    return at, np.array(list(told.values()), dtype=np.float64)


def _cut(row: Floats, first: int, window: Window) -> Floats:
    shown = np.zeros((1, window.count))
    low = max(first, window.first)
    high = min(first + len(row), window.first + window.count)
    if low < high:
        ours = slice(low - window.first, high - window.first)
        shown[0, ours] = row[low - first : high - first]
    return shown
