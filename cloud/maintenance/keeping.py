"""Findings as they are kept: what is new, what goes on, what is over."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cloud.analytics.maintenance.examined import Examined
from cloud.analytics.maintenance.finding import Figure, Finding
from cloud.domain.finding import FindingState
from cloud.store import alerts, assets, findings
from cloud.store.alerts import Raised, Severity
from cloud.store.assets import StoredAsset
from cloud.store.database import Connection, Database
from cloud.store.findings import FindingRow, Told

ALERT: Final = "maintenance"
SAME_S: Final = 14 * 86_400
"""A finding shown so long before or after one that is kept is the same."""

Json = dict[str, object]


def keep(
    connection: Connection,
    kept: StoredAsset,
    seen: Examined,
    zone: ZoneInfo,
    now_s: int,
) -> None:
    """Keep what was seen of an asset, and how it stands."""
    held = findings.of_asset(connection, kept.id)
    told = [_told(each, zone, now_s) for each in seen.findings]
    for each in told:
        row = _same(held, each)
        if row is None:
            findings.add(connection, kept.id, each, _state(each))
        else:
            held.remove(row)
            dismissed = row.state == FindingState.DISMISSED
            state = FindingState.DISMISSED if dismissed else _state(each)
            findings.change(connection, row.id, each, state)
    for row in held:
        if row.state == FindingState.OPEN:
            findings.withdraw(connection, row.id)
    condition: Json = {
        "figures": [_figure(each) for each in seen.condition],
        "judged_days": seen.judged,
        "why_none": seen.why_none,
    }
    assets.note_condition(connection, kept.id, condition, now_s)


def alert(connection: Connection, node_id: int, now_s: int) -> None:
    """Raise or end the alert of a node by the findings of its assets."""
    found = [
        (kept, row)
        for kept in assets.assets(connection)
        if kept.node_id == node_id
        for row in findings.of_asset(connection, kept.id)
        if row.state == FindingState.OPEN
    ]
    if not found:
        alerts.end(connection, [ALERT], node_id, now_s)
        return
    found.sort(key=lambda each: -each[1].told.change_percent)
    worst, more = found[0][1], len(found) - 1
    message = worst.told.sentence + (f" ({more} more)" if more else "")
    detail = {"findings": [row.id for _, row in found]}
    raised = Raised(ALERT, node_id, message, Severity.WARNING, detail=detail)
    alerts.raise_once(connection, raised, now_s)


def dismiss(database: Database, finding_id: int, now_s: int) -> bool:
    """Note that nothing is wrong; return whether there is such a finding."""
    with database.write() as connection:
        row = findings.one(connection, finding_id)
        if row is None:
            return False
        findings.dismiss(connection, finding_id)
        for kept in assets.assets(connection):
            if kept.id == row.asset_id:
                alert(connection, kept.node_id, now_s)
    return True


def _same(held: Sequence[FindingRow], told: Told) -> FindingRow | None:
    """Return what is kept of the same finding: late figures may move its day."""
    near = [row for row in held if abs(row.told.found_s - told.found_s) <= SAME_S]
    return min(near, key=lambda r: abs(r.told.found_s - told.found_s), default=None)


def _state(told: Told) -> FindingState:
    return FindingState.OPEN if told.ended_s is None else FindingState.OVER


def _told(finding: Finding, zone: ZoneInfo, now_s: int) -> Told:
    change = finding.change
    likely, early, late = change.days_until
    return Told(
        finding.kind.value,
        _second(finding.start, zone),
        _second(finding.found + timedelta(days=1), zone),
        now_s,
        None if finding.end is None else _second(finding.end, zone),
        100 * change.level,
        0.0 if change.slope is None else 100 * change.slope.per_day,
        likely,
        early,
        late,
        change.confidence,
        finding.sentence,
        finding.advice,
        json.dumps(_evidence(finding)),
    )


def _evidence(finding: Finding) -> Json:
    slope = finding.change.slope
    return {
        "figures": [_figure(each) for each in finding.figures],
        "days": finding.change.days,
        "baseline_days": finding.baseline_days,
        "threshold_percent": 100 * finding.threshold,
        "slope_percent_per_day": None
        if slope is None
        else [100 * slope.low, 100 * slope.per_day, 100 * slope.high],
        "series": [
            {
                "date": seen.day.isoformat(),
                "measured_kwh": _rounded(seen.measured_kwh, 1),
                "expected_kwh": _rounded(seen.expected_kwh, 1),
                "change_percent": _rounded(seen.excess, 100),
                "level_percent": _rounded(seen.level, 100),
            }
            for seen in finding.series
        ],
    }


def _figure(figure: Figure) -> Json:
    return asdict(figure)


def _rounded(value: float | None, factor: float) -> float | None:
    return None if value is None else round(factor * value, 2)


def _second(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, datetime.min.time(), zone).timestamp())
