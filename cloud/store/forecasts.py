"""What was forecast of nodes, kept until it can be compared with what came."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select

from cloud.domain.outlook import COLUMNS, Horizon, Outlook, Source
from cloud.store.bulk import execute_many
from cloud.store.database import Connection
from cloud.store.schema import forecast, track

_FLOAT: Final = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """The record of a node's forecasts, and the model's version it belongs to."""

    version: int
    body: bytes


def put(connection: Connection, node_id: int, made: Iterable[Outlook]) -> None:
    """Keep forecasts; one made again for the same origin replaces the earlier."""
    execute_many(
        connection,
        "INSERT INTO forecast (node_id, horizon, origin_s, source, version, body)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (node_id, horizon, origin_s, source) DO UPDATE SET"
        " version = excluded.version, body = excluded.body",
        [
            (
                node_id,
                each.horizon.value,
                each.origin_s,
                each.source.value,
                each.version,
                each.kw.astype(_FLOAT).tobytes(),
            )
            for each in made
        ],
    )


def between(
    connection: Connection, node_id: int, horizon: Horizon, span_s: tuple[int, int]
) -> list[Outlook]:
    """Return the forecasts whose origins lie in ``[span_s)``, the earliest first."""
    f = forecast.c
    rows = connection.execute(
        select(f.source, f.origin_s, f.version, f.body)
        .where(
            f.node_id == node_id,
            f.horizon == horizon.value,
            f.origin_s >= span_s[0],
            f.origin_s < span_s[1],
        )
        .order_by(f.origin_s)
    )
    return [
        Outlook(
            horizon,
            Source(row.source),
            row.origin_s,
            row.version,
            np.frombuffer(row.body, _FLOAT)
            .astype(np.float64)
            .reshape(-1, len(COLUMNS)),
        )
        for row in rows
    ]


def _figures(body: bytes) -> NDArray[np.float64]:
    flat = np.frombuffer(body, _FLOAT).astype(np.float64)
    return flat.reshape(-1, len(COLUMNS))


def newest_s(connection: Connection, horizon: Horizon) -> dict[int, int]:
    """Return the newest origin of each node's forecasts. [s since 1970 UTC]."""
    f = forecast.c
    rows = connection.execute(
        select(f.node_id, func.max(f.origin_s))
        .where(f.horizon == horizon.value)
        .group_by(f.node_id)
    )
    return {int(node_id): int(origin_s) for node_id, origin_s in rows}


def forget(
    connection: Connection, node_id: int, horizon: Horizon, before_s: int
) -> int:
    """Drop the node's forecasts with earlier origins; return how many."""
    f = forecast.c
    outdated = f.node_id == node_id, f.horizon == horizon.value, f.origin_s < before_s
    return connection.execute(delete(forecast).where(*outdated)).rowcount


def stored_track(
    connection: Connection, node_id: int, horizon: Horizon
) -> StoredTrack | None:
    """Return the record of the node's forecasts, if there is one."""
    t = track.c
    row = connection.execute(
        select(t.version, t.body).where(
            t.node_id == node_id, t.horizon == horizon.value
        )
    ).first()
    return None if row is None else StoredTrack(row.version, row.body)


def keep_track(
    connection: Connection, node_id: int, horizon: Horizon, kept: StoredTrack
) -> None:
    """Replace the record of the node's forecasts."""
    t = track.c
    connection.execute(
        delete(track).where(t.node_id == node_id, t.horizon == horizon.value)
    )
    connection.execute(
        insert(track).values(
            node_id=node_id,
            horizon=horizon.value,
            version=kept.version,
            body=kept.body,
        )
    )
