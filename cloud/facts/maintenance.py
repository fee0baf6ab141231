"""Assets: how each stands, and what was found of it."""

import json
from collections.abc import Iterable
from typing import Final, cast

from cloud.domain.finding import FindingState
from cloud.facts.tree import tree
from cloud.store import assets, findings
from cloud.store.assets import StoredAsset
from cloud.store.database import Database
from cloud.store.findings import FindingRow
from contract.interval import from_ms

Json = dict[str, object]

_NOT_YET: Final = "it is looked at in the night after it has been measured"


class UnknownFindingError(LookupError):
    """There is no such finding."""


def maintenance(database: Database, reference: str | None) -> Json:
    """Return the assets of a node and those below it, or all, with their findings.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        path = None
        if reference is not None:
            path = tree(database, connection).find(reference).path
        kept = assets.assets(connection, path)
        found = findings.newest(connection, [each.id for each in kept])
    by_id = {each.id: each for each in kept}
    return {
        "node": path,
        "assets": [_asset(each, found) for each in kept],
        "findings": [_finding(row, by_id[row.asset_id]) for row in found],
    }


def finding(database: Database, finding_id: int) -> Json:
    """Return one finding with its evidence.

    Raises:
        UnknownFindingError: There is none of this id.
    """
    with database.read() as connection:
        row = findings.one(connection, finding_id)
        kept = assets.assets(connection)
    its = next((each for each in kept if row and each.id == row.asset_id), None)
    if row is None or its is None:
        raise UnknownFindingError(f"there is no finding {finding_id}")
    return _finding(row, its) | {"evidence": json.loads(row.told.evidence)}


def _asset(kept: StoredAsset, found: Iterable[FindingRow]) -> Json:
    condition = cast(Json, json.loads(kept.condition)) if kept.condition else {}
    open_ = sum(
        row.asset_id == kept.id and row.state == FindingState.OPEN for row in found
    )
    said = kept.asset
    return {
        "asset": kept.subject,
        "node": kept.path,
        "kind": said.kind.value,
        "name": said.name,
        "rated_kw": said.rated_kw,
        "rated_kwh": said.rated_kwh,
        "commissioned": said.commissioned and said.commissioned.isoformat(),
        "serviced": said.serviced and said.serviced.isoformat(),
        "points": {figure.value: point for figure, point in said.points.items()},
        "examined": None if kept.examined_s is None else _instant(kept.examined_s),
        "judged_days": condition.get("judged_days", 0),
        "why_none": condition.get("why_none") if condition else _NOT_YET,
        "condition": condition.get("figures", []),
        "open_findings": open_,
    }


def _finding(row: FindingRow, kept: StoredAsset) -> Json:
    told = row.told
    return {
        "id": row.id,
        "asset": kept.subject,
        "node": kept.path,
        "name": kept.asset.name,
        "asset_kind": kept.asset.kind.value,
        "kind": told.kind,
        "state": row.state,
        "start": _instant(told.start_s),
        "found": _instant(told.found_s),
        "known_until": _instant(told.known_s),
        "end": None if told.ended_s is None else _instant(told.ended_s),
        "change_percent": round(told.change_percent, 1),
        "slope_percent_per_day": round(told.slope_percent_per_day, 4),
        "days_until": {
            "likely": _days(told.days_until),
            "earliest": _days(told.days_until_low),
            "latest": _days(told.days_until_high),
        },
        "confidence": round(told.confidence, 2),
        "sentence": told.sentence,
        "advice": told.advice,
    }


def _days(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _instant(second: int) -> str:
    return from_ms(second * 1000).isoformat()
