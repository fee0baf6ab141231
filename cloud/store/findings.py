"""Findings of maintenance: one row each, followed while it goes on."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update

from cloud.domain.finding import FindingState
from cloud.store.database import Connection
from cloud.store.schema import finding

MOST: Final = 500
"""Findings that are listed at most, the newest."""


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


def newest(connection: Connection, asset_ids: Collection[int]) -> list[FindingRow]:
    """Return the newest findings of assets, those found last first."""
    f = finding.c
    query = (
        _rows()
        .where(f.asset_id.in_(asset_ids))
        .order_by(f.found_s.desc(), f.id.desc())
        .limit(MOST)
    )
    return [_row(tuple(row)) for row in connection.execute(query)]


def one(connection: Connection, finding_id: int) -> FindingRow | None:
    """Return the finding, if there is one of this id."""
    row = connection.execute(_rows().where(finding.c.id == finding_id)).first()
    return None if row is None else _row(tuple(row))


def add(connection: Connection, asset_id: int, told: Told, state: FindingState) -> None:
    """Keep a new finding."""
    values = {"asset_id": asset_id, "state": state.value, **asdict(told)}
    connection.execute(insert(finding).values(**values))


def change(
    connection: Connection, finding_id: int, told: Told, state: FindingState
) -> None:
    """Say anew what is told of a finding."""
    values = {"state": state.value, **asdict(told)}
    connection.execute(update(finding).where(finding.c.id == finding_id).values(values))


def withdraw(connection: Connection, finding_id: int) -> None:
    """Forget a finding that later figures do not bear out."""
    connection.execute(delete(finding).where(finding.c.id == finding_id))


def dismiss(connection: Connection, finding_id: int) -> None:
    """Note that nothing is wrong."""
    values = {"state": FindingState.DISMISSED.value}
    connection.execute(
        update(finding).where(finding.c.id == finding_id).values(**values)
    )


def _rows() -> Select[Any]:
    f = finding.c
    told = (f[field.name] for field in fields(Told))
    return select(f.id, f.asset_id, f.state, *told)


def _row(values: tuple[Any, ...]) -> FindingRow:
    finding_id, asset_id, state, *told = values
    return FindingRow(finding_id, asset_id, state, Told(*told))
