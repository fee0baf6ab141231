"""Devices that post by themselves: are they heard, and what did they say last."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final

from cloud.analytics.voltage import thresholds
from cloud.store import hardware
from cloud.store.database import Database
from cloud.store.hardware import DeviceRow
from contract.interval import to_ms

Json = dict[str, object]

_LEAST_FRESH_S: Final = 60


def device_status(database: Database, device_id: int, now: datetime) -> Json:
    """Return whether a device is fresh."""
    with database.read() as connection:
        return _status(hardware.device_by_id(connection, device_id), now)


def device_config(database: Database, device_id: int, now: datetime) -> Json:
    """Return what a device needs to know: interval, voltage bands and the time."""
    with database.read() as connection:
        row = hardware.device_by_id(connection, device_id)
    return {
        "device": row.slug,
        "facility_id": row.node_id,
        "reporting_interval": row.reporting_interval_s,
        "voltage_thresholds": asdict(thresholds(row.nominal_voltage_v)),
        "server_time": int(now.timestamp()),
    }


def all_status(database: Database, now: datetime) -> Json:
    """Return of every device that has posted whether it is fresh."""
    with database.read() as connection:
        devices = [_status(row, now) for row in hardware.posting_devices(connection)]
    return {
        "connected": any(device["connected"] for device in devices),
        "devices": devices,
    }


def latest(database: Database, now: datetime) -> Json:
    """Return the newest values of the device heard last; nothing if it is not fresh."""
    with database.read() as connection:
        rows = [r for r in hardware.posting_devices(connection) if _is_fresh(r, now)]
        post = hardware.newest_post(connection, rows[0].id) if rows else None
    if post is None:
        return {}
    said: Json = json.loads(post.body)
    own = {
        "device": rows[0].slug,
        "facility_id": rows[0].node_id,
        "timestamp": post.at_ms // 1000,
    }
    return said | own


def _status(row: DeviceRow, now: datetime) -> Json:
    age_s = _age_s(row, now)
    return {
        "device": row.slug,
        "facility_id": row.node_id,
        "connected": _is_fresh(row, now),
        "last_seen": None
        if row.last_contact_ms is None
        else row.last_contact_ms // 1000,
        "age_s": age_s,
        "reporting_interval": row.reporting_interval_s,
    }


def _is_fresh(row: DeviceRow, now: datetime) -> bool:
    age_s = _age_s(row, now)
    limit_s = max(_LEAST_FRESH_S, 2 * row.reporting_interval_s)
    return age_s is not None and age_s <= limit_s


def _age_s(row: DeviceRow, now: datetime) -> float | None:
    if row.last_contact_ms is None:
        return None
    return max(to_ms(now) - row.last_contact_ms, 0) / 1000
