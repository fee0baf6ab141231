"""A campus with eight weeks behind it, models, and forecasts that came to pass."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import insert

from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.store import forecasts, models
from cloud.store.migrations import migrate
from cloud.store.schema import gateway, node, rollup, timetable_slot
from contract import features
from contract.forecast_status import ForecastStatus, Refusal, RunningModel, State
from tests import published

DAYS = 56
HOUR_S = 3_600
OFFSET_S = 19_800  # Kolkata
NODES = {
    "campus": ("site", "Campus", 3.0, None),
    "campus/science": ("faculty", "Science", 2.0, None),
    "campus/science/physics": ("building", "Physics", 1.0, 2_000.0),
    "campus/science/biology": ("building", "Biology", 0.5, 2_000.0),
    "campus/science/chemistry": ("building", "Chemistry", 0.6, 2_000.0),
    "campus/science/botany": ("building", "Botany", 0.4, 2_000.0),
    "campus/science/annexe": ("building", "Annexe", 0.0, None),
}
PHYSICS = "campus/science/physics"


def seed(database, now: datetime) -> None:
    """Fill an empty database; annexe has no data at all."""
    migrate(database)
    ids = {path: place for place, path in enumerate(NODES, start=1)}
    hour_s = int(now.timestamp()) // HOUR_S * HOUR_S - OFFSET_S % HOUR_S
    start_s = np.arange(hour_s - DAYS * 86_400, hour_s, 900)
    with database.write() as connection:
        connection.execute(insert(node), [_node(path, ids) for path in NODES])
        connection.execute(insert(timetable_slot), _lessons(ids[PHYSICS]))
        for path, (*_, size, _area) in NODES.items():
            if size:
                rows = _rollups(ids[path], start_s, 40 * size * course(start_s))
                connection.execute(insert(rollup), rows)
        for path in ("campus", PHYSICS):
            _publish(connection, path, ids[path], now)
            size = 40 * NODES[path][2]
            forecasts.put(connection, ids[path], _made(hour_s, size))
        connection.execute(insert(gateway), [_gateway(ids[PHYSICS], hour_s, now)])


def course(start_s):
    """A load that works from Monday to Friday, with some weather in it."""
    local_s = start_s + OFFSET_S
    hour, day = local_s % 86_400 / 3_600, local_s // 86_400
    works = (day + 3) % 7 < 5
    lit = np.clip(np.sin((hour - 6.5) / 13 * np.pi), 0, None) * (hour > 6.5)
    waves = 0.06 * np.sin(start_s / 51_000) + 0.03 * np.sin(start_s / 7_100)
    return 0.35 + lit * np.where(works, 1.0, 0.35) + waves


def _node(path, ids):
    kind, name, _, area_m2 = NODES[path]
    return {
        "id": ids[path],
        "parent_id": ids.get(path.rpartition("/")[0]),
        "kind": kind,
        "slug": path.rpartition("/")[2],
        "path": path,
        "name": name,
        "timezone": "Asia/Kolkata" if kind == "site" else None,
        "area_m2": area_m2,
        "created_s": 0,
    }


def _lessons(node_id):
    return [
        {"node_id": node_id, "day": day, "start": "10:00", "end": "16:00"}
        for day in range(5)
    ]


def _rollups(node_id, start_s, load_kw):
    rows = []
    for minutes, offset_s in ((15, 0), (60, 0), (1440, OFFSET_S)):
        length_s = 60 * minutes
        part = (start_s + offset_s) // length_s * length_s - offset_s
        firsts, place, count = np.unique(part, return_inverse=True, return_counts=True)
        kwh = np.bincount(place, load_kw / 4)
        rows += [
            {
                "node_id": node_id,
                "resolution_min": minutes,
                "simulated": False,
                "start_s": int(first),
                "energy_kwh": float(energy),
                "coverage": float(quarters * 15 / minutes),
            }
            for first, energy, quarters in zip(firsts, kwh, count, strict=True)
        ]
    return rows


def _publish(connection, path, node_id, now):
    column = {"days_before_7": 1.0}
    promised = published.promise(trained_at=now.isoformat())
    content = published.packed(
        promised,
        published.onnx_of(features.NEXT_HOUR, column),
        published.onnx_of(features.DAY_AHEAD, column),
    )

    def manifest(version):
        expires_at = (now + timedelta(days=30)).isoformat()
        made = published.manifest_of(
            content, promised, subject=path, version=version, expires_at=expires_at
        )
        return made.sealed(published.KEY)

    for _ in range(2):
        models.publish(connection, node_id, now, content, manifest)


def _made(hour_s, size):
    """Forecasts of the last week, wrong by some per cent in one way and the other."""
    for back in range(7 * 24, -1, -1):
        origin_s = hour_s - back * HOUR_S
        for horizon in Horizon:
            starts = origin_s + HOUR_S * np.arange(horizon.hours)
            wrong = 1 + 0.045 * np.sin(np.arange(horizon.hours) + back)
            mean = size * course(starts) * wrong
            kw = np.column_stack((mean, 0.94 * mean, mean, 1.06 * mean))
            yield Outlook(horizon, Source.CLOUD, origin_s, 2, kw)


def _gateway(node_id, hour_s, now):
    hour = 30.0, 27.0, 30.0, 34.0
    status = ForecastStatus(
        State.RUNNING,
        model=RunningModel(
            2, "ours", now.isoformat(), (now + timedelta(days=30)).isoformat()
        ),
        refused=Refusal(3, "it missed by more than the naive forecasts", True),
        origin_s=hour_s,
        next_hour=hour,
        day_ahead=tuple(
            (kw, 0.9 * kw, kw, 1.1 * kw)
            for kw in (40 * course(hour_s + HOUR_S * np.arange(24))).tolist()
        ),
    )
    return {
        "slug": "physics",
        "node_id": node_id,
        "public_key": "0" * 64,
        "created_s": 0,
        "last_contact_ms": int(now.timestamp() * 1000),
        "status": json.dumps({"forecast": status.to_json()}),
    }


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
