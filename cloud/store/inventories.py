"""Inventories: nodes, devices and points that gateways bring; nothing is deleted."""

from dataclasses import dataclass
from time import time

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select, update

from cloud.domain.node import NodeKind, below
from cloud.store import campus
from cloud.store.database import Connection
from cloud.store.schema import device, gateway, inventory, node, point
from contract.inventory import DeviceEntry, Inventory

_REFUSED = -1


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """A stored inventory: `point_ids` by a batch's integers, -1 where refused."""

    id: int
    inventory: Inventory
    point_ids: NDArray[np.int32]


def find(connection: Connection, gateway_id: int, name: str) -> InventoryRow | None:
    """Return the gateway's inventory with the hash `name`."""
    i = inventory.c
    row = connection.execute(
        select(i.id, i.body, i.point_ids).where(
            i.gateway_id == gateway_id, i.hash == name
        )
    ).first()
    if row is None:
        return None
    point_ids = np.frombuffer(row.point_ids, dtype="<i4")
    return InventoryRow(row.id, Inventory.from_bytes(row.body), point_ids)


def keep(
    connection: Connection, gateway_id: int, node_path: str, brought: Inventory
) -> None:
    """Store an inventory and create what it names below the gateway's own node.

    Devices at nodes elsewhere, and those that are registered as posting by themselves,
    are refused: their points get no id.
    """
    if find(connection, gateway_id, brought.hash) is not None:
        return
    known = campus.node_ids(connection)
    point_ids: list[int] = []
    for entry in brought.devices:
        if entry.node != node_path and not entry.node.startswith(node_path + "/"):
            point_ids += [_REFUSED] * len(entry.quantities)
            continue
        node_id = _node(connection, entry.node, known)
        device_id = _device(connection, gateway_id, node_id, entry)
        if device_id is None:
            point_ids += [_REFUSED] * len(entry.quantities)
        else:
            point_ids += _points(connection, gateway_id, node_id, device_id, entry)
    connection.execute(
        insert(inventory).values(
            gateway_id=gateway_id,
            hash=brought.hash,
            body=brought.to_bytes(),
            point_ids=np.asarray(point_ids, dtype="<i4").tobytes(),
        )
    )


def use(connection: Connection, gateway_id: int, inventory_id: int) -> None:
    """Make the inventory the gateway's current one; what it says of devices holds."""
    held = select(gateway.c.inventory_id).where(gateway.c.id == gateway_id)
    if connection.execute(held).scalar() == inventory_id:
        return
    connection.execute(
        update(gateway)
        .where(gateway.c.id == gateway_id)
        .values(inventory_id=inventory_id)
    )
    i = inventory.c
    row = connection.execute(
        select(i.body, i.point_ids).where(i.id == inventory_id)
    ).one()
    point_ids = iter(np.frombuffer(row.point_ids, dtype="<i4").tolist())
    for entry in Inventory.from_bytes(row.body).devices:
        ids = [next(point_ids) for _ in entry.quantities]
        if ids and ids[0] != _REFUSED:
            _describe(connection, entry, ids)
    campus.note_change(connection)


def _describe(connection: Connection, entry: DeviceEntry, point_ids: list[int]) -> None:
    of_point = select(point.c.device_id).where(point.c.id == point_ids[0])
    connection.execute(
        update(device)
        .where(device.c.id == of_point.scalar_subquery())
        .values(model=entry.model[:100], role=entry.role.value)
    )
    connection.execute(
        update(point)
        .where(point.c.id.in_(point_ids))
        .values(modulus_kwh=entry.modulus_kwh)
    )


def _node(connection: Connection, path: str, known: dict[str, int]) -> int:
    if path in known:
        return known[path]
    parent_path, _, slug = path.rpartition("/")
    parent_id = _node(connection, parent_path, known)
    kind = connection.execute(select(node.c.kind).where(node.c.id == parent_id))
    result = connection.execute(
        insert(node).values(
            parent_id=parent_id,
            kind=below(NodeKind(kind.scalar_one())).value,
            slug=slug,
            path=path,
            name=slug.replace("-", " ").replace("_", " ").capitalize(),
            created_s=int(time()),
        )
    )
    (node_id,) = result.inserted_primary_key or (0,)
    known[path] = int(node_id)
    return known[path]


def _device(
    connection: Connection, gateway_id: int, node_id: int, entry: DeviceEntry
) -> int | None:
    """Return the device, made if need be; None if it is not the gateway's."""
    d = device.c
    known = connection.execute(
        select(d.id, d.gateway_id).where(
            d.node_id == node_id,
            d.slug == entry.name,
            d.simulated.is_(entry.simulated),
        )
    ).first()
    if known is not None:
        return int(known.id) if known.gateway_id == gateway_id else None
    values = {
        "node_id": node_id,
        "slug": entry.name,
        "simulated": entry.simulated,
        "gateway_id": gateway_id,
        "model": entry.model[:100],
        "role": entry.role.value,
    }
    result = connection.execute(insert(device).values(**values))
    (device_id,) = result.inserted_primary_key or (0,)
    return int(device_id)


def _points(
    connection: Connection,
    gateway_id: int,
    node_id: int,
    device_id: int,
    entry: DeviceEntry,
) -> list[int]:
    p = point.c
    of_device = select(p.quantity, p.id).where(p.device_id == device_id)
    known = {row.quantity: row.id for row in connection.execute(of_device)}
    for quantity in entry.quantities:
        if quantity.value in known:
            continue
        result = connection.execute(
            insert(point).values(
                device_id=device_id,
                node_id=node_id,
                gateway_id=gateway_id,
                quantity=quantity.value,
                modulus_kwh=entry.modulus_kwh,
            )
        )
        (point_id,) = result.inserted_primary_key or (0,)
        known[quantity.value] = int(point_id)
    return [known[quantity.value] for quantity in entry.quantities]
