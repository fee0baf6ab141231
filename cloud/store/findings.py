"""Findings of maintenance: one row each, followed while it goes on."""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update

from cloud.store.database import Connection
from cloud.store.schema import asset, finding, node

MOST: Final = 500
"""Findings that are listed at most, the newest."""


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    OVER = "over"
    DISMISSED = "dismissed"
    """Somebody said that nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a finding.

    Attributes:
        kind: `analytics.maintenance.finding.FindingKind`.
        found_s: End of the day that showed it.
        known_s: How far it has been followed.
        ended_s: None while it goes on.
        days_until: Until the threshold: likeliest; with `_low` and `_high` 80 %.
        evidence: JSON.
    """

    kind: str
    start_s: int
    found_s: int
    known_s: int
    ended_s: int | None
    change_percent: float
    slope_percent_per_day: float
    days_until: float | None
    days_until_low: float | None
    days_until_high: float | None
    confidence: float
    sentence: str
    advice: str
    evidence: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is kept."""

    id: int
    asset_id: int
    state: str
    told: Told


def of_asset(connection: Connection, asset_id: int) -> list[FindingRow]:
    """Return every finding of an asset, oldest first."""
    f = finding.c
    query = _rows().where(f.asset_id == asset_id).order_by(f.found_s)
    return [_row(tuple(row)) for row in connection.execute(query)]


def below(connection: Connection, path: str) -> list[FindingRow]:
    """Return the newest findings at a node and below it, those found last first."""
    f = finding.c
    here = (node.c.path == path) | node.c.path.startswith(path + "/", autoescape=True)
    query = (
        _rows()
        .join(asset, f.asset_id == asset.c.id)
        .join(node, node.c.id == asset.c.node_id)
        .where(here)
        .order_by(f.found_s.desc(), f.id.desc())
        .limit(MOST)
    )
    return [_row(tuple(row)) for row in connection.execute(query)]


def add(connection: Connection, asset_id: int, told: Told, state: State) -> None:
    """Keep a new finding."""
    values = {"asset_id": asset_id, "state": state.value, **asdict(told)}
    connection.execute(insert(finding).values(**values))


def change(connection: Connection, finding_id: int, told: Told, state: State) -> None:
    """Say anew what is told of a finding."""
    values = {"state": state.value, **asdict(told)}
    connection.execute(update(finding).where(finding.c.id == finding_id).values(values))


def withdraw(connection: Connection, finding_id: int) -> None:
    """Forget a finding that later figures do not bear out."""
    connection.execute(delete(finding).where(finding.c.id == finding_id))


def dismiss(connection: Connection, finding_id: int) -> int | None:
    """Note that nothing is wrong; return the asset, None without such a finding."""
    f = finding.c
    asset_id: int | None = connection.execute(
        select(f.asset_id).where(f.id == finding_id)
    ).scalar()
    values = {"state": State.DISMISSED.value}
    connection.execute(update(finding).where(f.id == finding_id).values(**values))
    return asset_id


def _rows() -> Select[Any]:
    f = finding.c
    told = (f[field.name] for field in fields(Told))
    return select(f.id, f.asset_id, f.state, *told)


def _row(values: tuple[Any, ...]) -> FindingRow:
    finding_id, asset_id, state, *told = values
    return FindingRow(finding_id, asset_id, state, Told(*told))
