"""Published forecast models: each node's versions, newest last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from cloud.store.schema import model, node

KEPT: Final = 5
"""Versions of a node's model that are kept."""


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One published model: the bytes of its manifest and of its ONNX file."""

    version: int
    manifest: bytes
    onnx: bytes


def newest_version(connection: Connection, node_id: int) -> int | None:
    """Return the version that the node's gateway should run, if there is one."""
    newest = select(func.max(model.c.version)).where(model.c.node_id == node_id)
    version: int | None = connection.execute(newest).scalar()
    return version


def newest_model(connection: Connection, path: str) -> StoredModel | None:
    """Return the newest model of the node at `path`."""
    return _one(connection, path, None)


def model_version(
    connection: Connection, path: str, version: int
) -> StoredModel | None:
    """Return one version of the model of the node at `path`, if it is still kept."""
    return _one(connection, path, version)


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


def _one(connection: Connection, path: str, version: int | None) -> StoredModel | None:
    wanted = (
        select(model.c.version, model.c.manifest, model.c.onnx)
        .join(node, node.c.id == model.c.node_id)
        .where(node.c.path == path)
        .order_by(model.c.version.desc())
        .limit(1)
    )
    if version is not None:
        wanted = wanted.where(model.c.version == version)
    row = connection.execute(wanted).first()
    return None if row is None else StoredModel(*row)
