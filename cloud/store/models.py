"""Published forecast models: each node's versions, newest last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from cloud.store import settings
from cloud.store.schema import gateway, model, node

KEPT: Final = 5
"""Versions of a node's model that are kept."""

_KIND: Final = "model_kind:"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One published model: the bytes of its sealed manifest and of its bundle."""

    version: int
    published_s: int
    manifest: bytes
    bundle: bytes


def newest_version(connection: Connection, node_id: int) -> int | None:
    """Return the version that the node's gateway should run, if there is one."""
    highest = select(func.max(model.c.version)).where(model.c.node_id == node_id)
    version: int | None = connection.execute(highest).scalar()
    return version


def newest_model(connection: Connection, node_id: int) -> StoredModel | None:
    """Return the newest model of the node."""
    version = newest_version(connection, node_id)
    return None if version is None else stored(connection, node_id, version)


def stored(connection: Connection, node_id: int, version: int) -> StoredModel | None:
    """Return this version of the node's model, if it is kept."""
    wanted = select(
        model.c.version, model.c.published_s, model.c.manifest, model.c.bundle
    ).where(model.c.node_id == node_id, model.c.version == version)
    row = connection.execute(wanted).first()
    return None if row is None else StoredModel(*row)


def modelled(connection: Connection) -> list[str]:
    """Return the paths of the nodes that have a model."""
    wanted = select(node.c.path).where(node.c.id.in_(select(model.c.node_id)))
    return list(connection.execute(wanted.order_by(node.c.path)).scalars())


def manifests(connection: Connection, node_id: int) -> dict[int, bytes]:
    """Return the manifest of each version that is kept."""
    wanted = select(model.c.version, model.c.manifest).where(model.c.node_id == node_id)
    return {row.version: row.manifest for row in connection.execute(wanted)}


def published(connection: Connection, node_id: int) -> list[tuple[bytes, int]]:
    """Return each kept version's manifest, and when it was published, newest first."""
    wanted = select(model.c.manifest, model.c.published_s).where(
        model.c.node_id == node_id
    )
    rows = connection.execute(wanted.order_by(model.c.version.desc()))
    return [(row.manifest, row.published_s) for row in rows]


def gateway_of(connection: Connection, node_id: int) -> str | None:
    """Return the gateway that serves the node, if there is one."""
    wanted = select(gateway.c.slug).where(gateway.c.node_id == node_id)
    slug: str | None = connection.execute(wanted).scalar()
    return slug


def gateway_status(connection: Connection, node_id: int) -> str | None:
    """Return what the gateway that serves the node last said of itself, JSON."""
    wanted = select(gateway.c.status).where(gateway.c.node_id == node_id)
    status: str | None = connection.execute(wanted).scalar()
    return status


def publish(
    connection: Connection,
    node_id: int,
    now: datetime,
    bundle: bytes,
    manifest: Callable[[int], bytes],
    *,
    above: int = 0,
) -> int:
    """Store a model under the next version and return that; forget the oldest.

    Args:
        manifest: Returns the sealed manifest for a version.
        above: The version will be higher than this one too.
    """
    version = max(newest_version(connection, node_id) or 0, above) + 1
    connection.execute(
        insert(model).values(
            node_id=node_id,
            version=version,
            published_s=int(now.timestamp()),
            manifest=manifest(version),
            bundle=bundle,
        )
    )
    kept = sorted(manifests(connection, node_id))[-KEPT:]
    outdated = model.c.node_id == node_id, model.c.version < kept[0]
    connection.execute(delete(model).where(*outdated))
    return version


def kind_of(connection: Connection, path: str) -> str | None:
    """Return the kind of model set for the node, else for what contains it."""
    parts = path.split("/")
    above = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    wanted = select(node.c.id).where(node.c.path.in_(above))
    nearest_first = wanted.order_by(func.length(node.c.path).desc())
    for (node_id,) in connection.execute(nearest_first).all():
        found = settings.get(connection, f"{_KIND}{node_id}")
        if found is not None:
            return found
    return None


def set_kind(connection: Connection, node_id: int, kind: str | None) -> None:
    """Set which kind of model is made for the node and those below it; None unsets."""
    name = f"{_KIND}{node_id}"
    if kind is None:
        settings.forget(connection, name)
    else:
        settings.put(connection, name, kind)
