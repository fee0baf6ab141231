"""Published forecast models: each node's versions, newest last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from cloud.store.schema import gateway, model, newest, point
from contract.quantity import Quantity

KEPT: Final = 5
"""Versions of a node's model that are kept."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One published model: the bytes of its manifest and of its ONNX file."""

    version: int
    manifest: bytes
    onnx: bytes


@dataclass(frozen=True, slots=True)
class SentForecast:
    """A forecast that a gateway made.

    Attributes:
        at_ms: First instant of the hour it is for. [ms since 1970 UTC]
        status: What the gateway last said of itself, JSON.
    """

    at_ms: int
    value_kw: float
    status: str | None


def newest_version(connection: Connection, node_id: int) -> int | None:
    """Return the version that the node's gateway should run, if there is one."""
    highest = select(func.max(model.c.version)).where(model.c.node_id == node_id)
    version: int | None = connection.execute(highest).scalar()
    return version


def newest_model(connection: Connection, node_id: int) -> StoredModel | None:
    """Return the newest model of the node."""
    wanted = (
        select(model.c.version, model.c.manifest, model.c.onnx)
        .where(model.c.node_id == node_id)
        .order_by(model.c.version.desc())
        .limit(1)
    )
    row = connection.execute(wanted).first()
    return None if row is None else StoredModel(*row)


def manifests(connection: Connection, node_id: int) -> dict[int, bytes]:
    """Return the manifest of each version that is kept."""
    wanted = select(model.c.version, model.c.manifest).where(model.c.node_id == node_id)
    return {row.version: row.manifest for row in connection.execute(wanted)}


def sent_forecast(connection: Connection, node_id: int) -> SentForecast | None:
    """Return the newest forecast that the node's gateway made and sent."""
    wanted = (
        select(newest.c.at_ms, newest.c.value, gateway.c.status)
        .join_from(newest, point, point.c.id == newest.c.point_id)
        .join(gateway, gateway.c.id == point.c.gateway_id)
        .where(
            point.c.node_id == node_id,
            point.c.quantity == Quantity.FORECAST_POWER_KW.value,
        )
        .order_by(newest.c.at_ms.desc())
        .limit(1)
    )
    row = connection.execute(wanted).first()
    return None if row is None else SentForecast(*row)


def publish(
    connection: Connection,
    node_id: int,
    now: datetime,
    onnx: bytes,
    manifest: Callable[[int], bytes],
) -> int:
    """Store a model under the next version and return that; forget the oldest.

    Args:
        manifest: Returns the manifest's bytes for a version.
    """
    version = (newest_version(connection, node_id) or 0) + 1
    connection.execute(
        insert(model).values(
            node_id=node_id,
            version=version,
            published_s=int(now.timestamp()),
            manifest=manifest(version),
            onnx=onnx,
        )
    )
    outdated = model.c.node_id == node_id, model.c.version <= version - KEPT
    connection.execute(delete(model).where(*outdated))
    return version
