"""Assets by the node they stand at, and what each did day by day."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select, update

from cloud.domain.asset import Asset, AssetKind, Figure
from cloud.store.bulk import execute_many
from cloud.store.database import Connection
from cloud.store.schema import asset, asset_day, finding, node

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """An asset and the node it stands at.

    Attributes:
        path: Of the node.
        examined_s: When it was looked at last. [s since 1970 UTC]
        condition: How it stood then, as JSON.
    """

    id: int
    node_id: int
    path: str
    asset: Asset
    examined_s: int | None
    condition: str | None

    @property
    def subject(self) -> str:
        """What tells it from all others."""
        return f"{self.path}/{self.asset.slug}"


def assets(connection: Connection, path: str | None = None) -> list[StoredAsset]:
    """Return every asset, by node path and slug.

    Args:
        path: Only of this node and those below it.
    """
    a = asset.c
    query = (
        select(asset, node.c.path)
        .join_from(asset, node, a.node_id == node.c.id)
        .order_by(node.c.path, a.slug)
    )
    if path is not None:
        below = node.c.path.startswith(path + "/", autoescape=True)
        query = query.where((node.c.path == path) | below)
    return [
        StoredAsset(
            row.id,
            row.node_id,
            row.path,
            Asset(
                row.slug,
                AssetKind(row.kind),
                row.name,
                {Figure(each): at for each, at in json.loads(row.points).items()},
                row.rated_kw,
                row.rated_kwh,
                _date(row.commissioned),
                _date(row.serviced),
            ),
            row.examined_s,
            row.condition,
        )
        for row in connection.execute(query)
    ]


def set_assets(connection: Connection, node_id: int, said: Iterable[Asset]) -> None:
    """Make `said` the assets of the node; what is kept of others is forgotten.

    Where an asset's points are others than before, its days are forgotten too.
    """
    a = asset.c
    rows = connection.execute(
        select(a.slug, a.id, a.points).where(a.node_id == node_id)
    )
    held = {row.slug: (int(row.id), str(row.points)) for row in rows}
    for each in said:
        values = _values(each)
        known = held.pop(each.slug, None)
        if known is None:
            connection.execute(insert(asset).values(node_id=node_id, **values))
            continue
        if known[1] != values["points"]:
            _forget_days(connection, [known[0]])
        connection.execute(update(asset).where(a.id == known[0]).values(**values))
    gone = [asset_id for asset_id, _ in held.values()]
    _forget_days(connection, gone)
    connection.execute(delete(finding).where(finding.c.asset_id.in_(gone)))
    connection.execute(delete(asset).where(a.id.in_(gone)))


def note_condition(
    connection: Connection, asset_id: int, condition: Json, now_s: int
) -> None:
    """Keep how an asset stands."""
    values = {"condition": json.dumps(condition), "examined_s": now_s}
    connection.execute(update(asset).where(asset.c.id == asset_id).values(**values))


def keep_days(
    connection: Connection, asset_id: int, days: Sequence[tuple[int, Json]]
) -> None:
    """Keep days by their first second; what was kept of one before is replaced."""
    execute_many(
        connection,
        "INSERT INTO asset_day (asset_id, start_s, figures) VALUES (?, ?, ?)"
        " ON CONFLICT (asset_id, start_s) DO UPDATE SET figures = excluded.figures",
        [(asset_id, start_s, json.dumps(figures)) for start_s, figures in days],
    )


def days(connection: Connection, asset_id: int, from_s: int) -> list[tuple[int, Json]]:
    """Return the days from `from_s` on, oldest first."""
    d = asset_day.c
    rows = connection.execute(
        select(d.start_s, d.figures)
        .where(d.asset_id == asset_id, d.start_s >= from_s)
        .order_by(d.start_s)
    )
    return [(int(row.start_s), json.loads(row.figures)) for row in rows]


def newest_day_s(connection: Connection, asset_id: int) -> int | None:
    """Return the first second of the newest day that is kept."""
    newest = select(func.max(asset_day.c.start_s)).where(
        asset_day.c.asset_id == asset_id
    )
    start_s: int | None = connection.execute(newest).scalar()
    return start_s


def _values(said: Asset) -> dict[str, object]:
    return {
        "slug": said.slug,
        "kind": said.kind.value,
        "name": said.name,
        "points": json.dumps(
            {figure.value: at for figure, at in said.points.items()}, sort_keys=True
        ),
        "rated_kw": said.rated_kw,
        "rated_kwh": said.rated_kwh,
        "commissioned": said.commissioned and said.commissioned.isoformat(),
        "serviced": said.serviced and said.serviced.isoformat(),
    }


def _forget_days(connection: Connection, asset_ids: Sequence[int]) -> None:
    connection.execute(delete(asset_day).where(asset_day.c.asset_id.in_(asset_ids)))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
