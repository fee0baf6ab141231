"""Takes in what devices without a gateway post, each post once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cloud.store import devices, hardware, marks
from cloud.store.database import Connection, Database
from cloud.store.hardware import DeviceRow, PostRow
from contract.interval import INTERVAL_MS
from contract.quantity import Quantity

GAUGES: Final[Mapping[str, Quantity]] = {
    "current_load": Quantity.LOAD_PERCENT,
    "voltage": Quantity.VOLTAGE_V,
    "current": Quantity.CURRENT_A,
    "current1": Quantity.CURRENT_L1_A,
    "current2": Quantity.CURRENT_L2_A,
    "current3": Quantity.CURRENT_L3_A,
    "frequency": Quantity.FREQUENCY_HZ,
    "power_factor": Quantity.POWER_FACTOR,
}
COUNTERS: Final[Mapping[str, Quantity]] = {
    "energy_consumed": Quantity.ENERGY_IMPORT_KWH,
    "energy_produced": Quantity.ENERGY_GENERATED_KWH,
}

_INTERVAL_S: Final = INTERVAL_MS // 1_000

Newest = dict[str, tuple[int, float]]


class ConflictError(Exception):
    """The key was used before, for something else; the message names it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One checked post of a device.

    Attributes:
        at_ms: The instant it tells, else that of its arrival. [ms since 1970 UTC]
        key: The same key never counts twice; without one each post counts.
        values: By the field names of the path, e.g. `energy_consumed`.
    """

    at_ms: int
    key: str | None
    values: Mapping[str, float | int]


def take(
    database: Database, device_id: int, posts: Sequence[Post], received_ms: int
) -> int:
    """Keep the posts that are new, all or none, and return how many they were.

    Raises:
        ConflictError: A key was used before, for other values.
    """
    with database.write() as connection:
        row = hardware.device_by_id(connection, device_id)
        return sum(_take(connection, row, post, received_ms) for post in posts)


def _take(connection: Connection, row: DeviceRow, post: Post, received_ms: int) -> bool:
    body = json.dumps(post.values, sort_keys=True)
    if post.key is not None:
        kept = hardware.post_by_key(connection, row.id, post.key)
        if kept is not None and kept.body != body:
            raise ConflictError(f"{post.key!r} came before, with other values")
        if kept is not None:
            return False
    kept = PostRow(post.at_ms, body)
    hardware.add_post(connection, row.id, post.key, kept, received_ms)
    marks.mark_node(connection, row.node_id, _touched(connection, row, post.at_ms))
    hardware.keep_newest(connection, row, _newest(connection, row, post))
    return True


def _touched(connection: Connection, row: DeviceRow, at_ms: int) -> range:
    """Return the starts of the intervals between the posts beside `at_ms`, in s.

    What is posted is energy since the post before; a late one changes the next, too.
    """
    first_ms, last_ms = devices.neighbours(connection, row.id, at_ms, at_ms + 1)
    first_ms -= row.reporting_interval_s * 1_000  # where a first post's energy goes
    start, end = first_ms // INTERVAL_MS, last_ms // INTERVAL_MS + 1
    return range(start * _INTERVAL_S, end * _INTERVAL_S, _INTERVAL_S)


def _newest(connection: Connection, row: DeviceRow, post: Post) -> Newest:
    """Return the newest values after `post`; late energy counts, late gauges don't."""
    before = hardware.newest_by_quantity(connection, row.id)
    after: Newest = {}
    for quantity, value in _measured(row, post).items():
        _, at_ms, old = before.get(quantity, (0, None, None))
        adds_up = quantity in COUNTERS.values() and not row.is_counter
        total = value + (old or 0.0) if adds_up else value
        if at_ms is None or at_ms <= post.at_ms:
            after[quantity] = post.at_ms, total
        elif adds_up:
            after[quantity] = at_ms, total
    return after


def _measured(row: DeviceRow, post: Post) -> dict[Quantity, float]:
    known = {**GAUGES, **COUNTERS}
    measured = {
        known[name]: float(value)
        for name, value in post.values.items()
        if name in known
    }
    if row.capacity_kw is not None and Quantity.LOAD_PERCENT in measured:
        share = measured[Quantity.LOAD_PERCENT] / 100
        measured[Quantity.ACTIVE_POWER_KW] = share * row.capacity_kw
    return measured
