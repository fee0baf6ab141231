"""The gateways: how they are, and which of their readings are missing and why."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

import numpy as np

from cloud.store import fleet as store
from cloud.store import marks, readings
from cloud.store.database import Connection, Database
from cloud.store.fleet import FleetRow
from contract.forecast_status import ForecastStatus
from contract.interval import from_ms, to_ms

ONLINE: Final = timedelta(minutes=2)
"""A gateway heard from this lately is online."""
LATE: Final = timedelta(minutes=15)
"""A gateway heard from this lately is late, then offline."""

_MOST_ERRORS: Final = 10

Json = dict[str, object]


def fleet(database: Database, now: datetime, *, verify: bool = False) -> Json:
    """Return every gateway's figures.

    Args:
        verify: Also count the readings that are stored twice, in the readings
            themselves; without it the ledger's own constraint is trusted: none.
    """
    with database.read() as connection:
        gateways = [
            _figures(connection, row, now, verify=verify)
            for row in store.rows(connection)
        ]
        return {
            "at": now.isoformat(),
            "gateways": gateways,
            "rollup": {"dirty": marks.count(connection)},
            "verified": verify,
        }


def duplicates(connection: Connection, gateway_id: int) -> int:
    """Return how many readings share point and instant with an earlier one."""
    found = readings.read(connection, gateway_id, -(2**62), 2**62)
    if not len(found):
        return 0
    order = np.lexsort((found.at_ms, found.point_ids))
    at_ms, point_ids = found.at_ms[order], found.point_ids[order]
    same = (np.diff(at_ms) == 0) & (np.diff(point_ids) == 0)
    return int(np.count_nonzero(same))


def _figures(
    connection: Connection, row: FleetRow, now: datetime, *, verify: bool
) -> Json:
    status = _status(row)
    newest_ms = store.newest_at_ms(connection, row.id)
    contact_ms = row.last_contact_ms
    missing = row.produced - row.delivered - row.declared_lost
    return {
        "gateway": row.slug,
        "node": row.node_path,
        "name": row.node_name,
        "state": _state(row, now),
        "last_contact": None if contact_ms is None else from_ms(contact_ms).isoformat(),
        "lag_s": None if newest_ms is None else (to_ms(now) - newest_ms) / 1000,
        "software": status.get("software"),
        "buffer": status.get("buffer") or {},
        "produced": row.produced,
        "delivered": row.delivered,
        "declared_lost": row.declared_lost,
        "missing": missing,
        "missing_why": _missing_why(connection, row, status) if missing else [],
        "rejected": row.rejected,
        "resent": row.resent,
        "duplicates": duplicates(connection, row.id) if verify else 0,
        "epochs": row.epochs,
        "clone_notice": row.clone_notice,
        "forecast": _forecast(status),
        **_devices(status),
    }


def _status(row: FleetRow) -> Mapping[str, object]:
    status: object = json.loads(row.status) if row.status else {}
    return cast(Mapping[str, object], status) if isinstance(status, dict) else {}


def _forecast(status: Mapping[str, object]) -> Json | None:
    """Return who forecasts at the gateway, and why it is not the newest model."""
    try:
        said = ForecastStatus.from_json(status.get("forecast"))
    except ValueError:
        return None
    model, refused = said.model, said.refused
    return {
        "state": said.state.value,
        "version": None if model is None else model.version,
        "kind": None if model is None else model.kind,
        "why": said.why or None,
        "shadow": None if said.shadow is None else said.shadow.version,
        "refused": None if refused is None else refused.why,
        "note": said.note or None,
    }


def _state(row: FleetRow, now: datetime) -> str:
    if row.last_contact_ms is None:
        return "never"
    age = now - from_ms(row.last_contact_ms)
    if age <= ONLINE:
        return "online"
    return "late" if age <= LATE else "offline"


def _missing_why(
    connection: Connection, row: FleetRow, status: Mapping[str, object]
) -> list[str]:
    why = [
        f"batch {seq} was put aside: {reason}"
        for seq, reason in store.put_aside(connection, row.id)
    ]
    if row.unreceived_batches > 0:
        for hole in store.holes(connection, row.id):
            several = f"es {hole.first} to {hole.last} have"
            one = f" {hole.first} has"
            which = one if hole.first == hole.last else several
            why.append(f"batch{which} not arrived (epoch {hole.epoch[:8]})")
    match status.get("buffer"):
        case {"batches": int(waiting)} if waiting:
            why.append(f"{waiting} batches were waiting at the gateway")
    return why


def _devices(status: Mapping[str, object]) -> Json:
    devices = status.get("devices")
    known = (
        [device for device in devices if isinstance(device, dict)]
        if isinstance(devices, list)
        else []
    )
    states = Counter(str(device.get("state")) for device in known)
    errors = [
        {
            "device": "/".join(
                str(device[part]) for part in ("node", "name") if device.get(part)
            ),
            "state": device.get("state"),
            "error": device["error"],
        }
        for device in known
        if device.get("error")
    ]
    return {
        "devices": {state: states[state] for state in ("online", "stale", "offline")},
        "device_errors": errors[:_MOST_ERRORS],
    }
