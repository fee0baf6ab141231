"""Devices that post by themselves: their readings and newest values."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from cloud.store.database import Connection
from cloud.store.schema import device, device_reading, newest, point


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device that posts by itself."""

    id: int
    slug: str
    node_id: int
    is_counter: bool
    reporting_interval_s: int
    capacity_kw: float | None
    nominal_voltage_v: float
    last_contact_ms: int | None


@dataclass(frozen=True, slots=True)
class PostRow:
    """One accepted post."""

    at_ms: int
    body: str


_DEVICE = (
    device.c.id,
    device.c.slug,
    device.c.node_id,
    device.c.is_counter,
    device.c.reporting_interval_s,
    device.c.capacity_kw,
    device.c.nominal_voltage_v,
    device.c.last_contact_ms,
)


def device_by_id(connection: Connection, device_id: int) -> DeviceRow:
    """Return the device with this id."""
    row = connection.execute(select(*_DEVICE).where(device.c.id == device_id)).one()
    return DeviceRow(*row)


def posting_devices(connection: Connection) -> list[DeviceRow]:
    """Return the devices without a gateway, last heard first."""
    rows = connection.execute(
        select(*_DEVICE)
        .where(device.c.gateway_id.is_(None), device.c.last_contact_ms.is_not(None))
        .order_by(device.c.last_contact_ms.desc(), device.c.id)
    )
    return [DeviceRow(*row) for row in rows]


def post_by_key(connection: Connection, device_id: int, key: str) -> PostRow | None:
    """Return the post that the device made under this key."""
    row = connection.execute(
        select(device_reading.c.at_ms, device_reading.c.body).where(
            device_reading.c.device_id == device_id,
            device_reading.c.idempotency_key == key,
        )
    ).first()
    return PostRow(*row) if row else None


def newest_post(connection: Connection, device_id: int) -> PostRow | None:
    """Return the post with the newest instant."""
    row = connection.execute(
        select(device_reading.c.at_ms, device_reading.c.body)
        .where(device_reading.c.device_id == device_id)
        .order_by(device_reading.c.at_ms.desc(), device_reading.c.id.desc())
        .limit(1)
    ).first()
    return PostRow(*row) if row else None


def add_post(
    connection: Connection,
    device_id: int,
    key: str | None,
    post: PostRow,
    received_ms: int,
) -> None:
    """Keep a post as it came, and that the device was heard."""
    connection.execute(
        insert(device_reading).values(
            device_id=device_id,
            idempotency_key=key,
            at_ms=post.at_ms,
            received_ms=received_ms,
            body=post.body,
        )
    )
    connection.execute(
        update(device)
        .where(device.c.id == device_id)
        .values(last_contact_ms=received_ms)
    )


def newest_by_quantity(
    connection: Connection, device_id: int
) -> dict[str, tuple[int, int | None, float | None]]:
    """Return (point, at_ms, value) of each quantity; None where nothing came yet."""
    rows = connection.execute(
        select(point.c.quantity, point.c.id, newest.c.at_ms, newest.c.value)
        .join_from(point, newest, newest.c.point_id == point.c.id, isouter=True)
        .where(point.c.device_id == device_id)
    )
    return {row.quantity: (row.id, row.at_ms, row.value) for row in rows}


def keep_newest(
    connection: Connection, row: DeviceRow, values: Mapping[str, tuple[int, float]]
) -> None:
    """Keep (at_ms, value) of each quantity, and make the points that are missing."""
    known = newest_by_quantity(connection, row.id)
    for quantity, (at_ms, value) in values.items():
        point_id, known_at_ms, _ = known.get(quantity, (None, None, None))
        if point_id is None:
            result = connection.execute(
                insert(point).values(
                    device_id=row.id, node_id=row.node_id, quantity=quantity
                )
            )
            (point_id,) = result.inserted_primary_key or (0,)
        fields = {"at_ms": at_ms, "value": value, "quality": 0}
        if known_at_ms is None:
            connection.execute(insert(newest).values(point_id=point_id, **fields))
        else:
            of_point = newest.c.point_id == point_id
            connection.execute(update(newest).where(of_point).values(**fields))
