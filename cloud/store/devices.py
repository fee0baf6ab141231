"""Devices that post by themselves, and what they posted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import insert, select

from cloud.store.bulk import fetch
from cloud.store.database import Connection
from cloud.store.schema import device, device_reading
from cloud.store.spans import LONGEST_MS


@dataclass(frozen=True, slots=True)
class PostingDevice:
    """A device without a gateway."""

    id: int
    node_id: int
    role: str
    simulated: bool
    is_counter: bool
    reporting_interval_s: int


@dataclass(frozen=True, slots=True)
class DeviceValues:
    """What is registered of a device that posts by itself."""

    slug: str
    role: str
    model: str = "http_push"
    is_counter: bool = False
    reporting_interval_s: int = 60
    capacity_kw: float | None = None


def find(connection: Connection, node_id: int, slug: str) -> int | None:
    """Return the id of the device called `slug` at the node."""
    d = device.c
    query = select(d.id).where(d.node_id == node_id, d.slug == slug)
    found: int | None = connection.execute(query).scalar()
    return found


def add(connection: Connection, node_id: int, values: DeviceValues) -> int:
    """Register a device and return its id."""
    row = {"node_id": node_id, "simulated": False, **asdict(values)}
    result = connection.execute(insert(device).values(**row))
    (device_id,) = result.inserted_primary_key or (0,)
    return int(device_id)


def posting(connection: Connection) -> list[PostingDevice]:
    """Return every device that has no gateway."""
    d = device.c
    rows = connection.execute(
        select(
            d.id, d.node_id, d.role, d.simulated, d.is_counter, d.reporting_interval_s
        ).where(d.gateway_id.is_(None))
    )
    return [PostingDevice(*row) for row in rows]


def neighbours(
    connection: Connection, device_id: int, from_ms: int, to_ms: int
) -> tuple[int, int]:
    """Return the instants of the last post before a span and of the first after it.

    They are the span's own ends where there is no such post within `LONGEST_MS`: a
    post after so long a silence counts as a first one. [ms since 1970 UTC]
    """
    d = device_reading.c
    of_device = d.device_id == device_id
    before = select(d.at_ms).where(
        of_device, d.at_ms < from_ms, d.at_ms >= from_ms - LONGEST_MS
    )
    after = select(d.at_ms).where(
        of_device, d.at_ms >= to_ms, d.at_ms < to_ms + LONGEST_MS
    )
    low = connection.execute(before.order_by(d.at_ms.desc()).limit(1)).scalar()
    high = connection.execute(after.order_by(d.at_ms).limit(1)).scalar()
    return from_ms if low is None else low, to_ms if high is None else high


def posts(
    connection: Connection, device_id: int, from_ms: int, to_ms: int
) -> Sequence[tuple[int, Mapping[str, object]]]:
    """Return (at_ms, body) of what the device posted, by instant.

    The last post before `from_ms` and the first after `to_ms` come too: what a device
    posts is energy since its last post.
    """
    low, high = neighbours(connection, device_id, from_ms, to_ms)
    rows = fetch(
        connection,
        "SELECT at_ms, body FROM device_reading"
        " WHERE device_id = ? AND at_ms >= ? AND at_ms <= ? ORDER BY at_ms, id",
        (device_id, low, high),
    )
    return [(int(at_ms), json.loads(body)) for at_ms, body in rows]
