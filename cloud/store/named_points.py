"""Points by their names, and nodes whose roll-ups are named like points."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from cloud.store.database import Connection
from cloud.store.schema import batch, device, node, point, rollup

_DAY_MIN: Final = 1440


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point that a gateway reads.

    Attributes:
        modulus_kwh: Where its counter rolls over, if it does.
    """

    id: int
    gateway_id: int
    quantity: str
    modulus_kwh: float | None


def named_points(
    connection: Connection, names: Collection[str]
) -> dict[str, NamedPoint]:
    """Return the points called `node/device/quantity`; real ones before simulated."""
    p, d = point.c, device.c
    quantities = {name.rpartition("/")[2] for name in names}
    slugs = {name.rpartition("/")[0].rpartition("/")[2] for name in names}
    rows = connection.execute(
        select(node.c.path, d.slug, p.quantity, p.id, p.gateway_id, p.modulus_kwh)
        .join_from(point, device, p.device_id == d.id)
        .join(node, d.node_id == node.c.id)
        .where(p.gateway_id.is_not(None), p.quantity.in_(quantities), d.slug.in_(slugs))
        .order_by(d.simulated.desc(), p.id)
    )
    found = {
        f"{row.path}/{row.slug}/{row.quantity}": NamedPoint(
            row.id, row.gateway_id, row.quantity, row.modulus_kwh
        )
        for row in rows
    }
    return {name: found[name] for name in names if name in found}


def first_measured_s(connection: Connection, names: Collection[str]) -> int | None:
    """Return when anything was first heard or rolled up of points or nodes, if ever.

    Of a point, when its gateway was first heard. [s since 1970 UTC]
    """
    gateway_ids = {each.gateway_id for each in named_points(connection, names).values()}
    paths = {name.rpartition("/")[0] for name in names}
    heard = select(func.min(batch.c.first_at_ms) / 1000).where(
        batch.c.gateway_id.in_(gateway_ids)
    )
    rolled_up = (
        select(func.min(rollup.c.start_s))
        .join_from(rollup, node, rollup.c.node_id == node.c.id)
        .where(node.c.path.in_(paths), rollup.c.resolution_min == _DAY_MIN)
    )
    found = [connection.execute(query).scalar() for query in (heard, rolled_up)]
    known = [int(second) for second in found if second is not None]
    return min(known, default=None)
