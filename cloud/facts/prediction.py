"""The load of the next hour: what the gateway forecast, else the cloud's own run."""

import json
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.next_hour import Hours, hours
from cloud.domain.load_history import Floats
from cloud.facts.tree import Tree, main_site, tree
from cloud.store import models
from cloud.store.database import Connection, Database
from cloud.store.load_history import load_history
from cloud.store.site import NodeRow
from contract.bundle import Part, unpack
from contract.features import seed_next_hour_rows
from contract.interval import from_ms
from contract.manifest import Manifest, ManifestError

Json = dict[str, object]

FRESH: Final = timedelta(minutes=45)
"""A forecast for an hour that began longer ago is no longer told."""
PEAK_QUANTILE: Final = 0.9
"""Of the hours of `_LOOK_BACK`; a forecast above it is a peak."""

_LOOK_BACK: Final = timedelta(days=30)
_HOUR: Final = timedelta(hours=1)
_LEVEL: Final = 0.8
_Z90: Final = 1.2816  # of the normal distribution


class NoForecastError(LookupError):
    """There is no forecast; the message says why."""


def next_hour(database: Database, now: datetime, reference: str | None = None) -> Json:
    """Return the forecast for the node, or for the only or first site.

    Raises:
        UnknownNodeError: There is no such node.
        NoForecastError: No model has been made yet, or the last hour is not known.
    """
    with database.read() as connection:
        campus = tree(database, connection)
        node = campus.find(reference) if reference else main_site(campus)
        manifests = _opened(models.manifests(connection, node.id))
        if not manifests:
            raise NoForecastError(f"no model yet: {node.path} has too little history")
        since_s = int((now - _LOOK_BACK).timestamp())
        known = hours(
            load_history(connection, node.path, since_s, int(now.timestamp()))
        )
        made = _by_gateway(connection, node, now, manifests) or _by_cloud(
            connection, node, campus, now, known, manifests
        )
    return _told(node, made, known)


def _opened(sealed: dict[int, bytes]) -> dict[int, Manifest]:
    """Return the manifests that can be read; older formats are passed over."""
    found = {}
    for version, document in sealed.items():
        with suppress(ManifestError):
            found[version], _ = Manifest.opened(document)
    return found


_Made = tuple[datetime, float, Manifest]


def _told(node: NodeRow, made: _Made, known: Hours) -> Json:
    start, predicted_kw, manifest = made
    horizon = manifest.promise.next_hour
    reach_kw = _Z90 * horizon.error_percent / 100 * abs(predicted_kw)
    return {
        "node": node.path,
        "predicted_kw": predicted_kw,
        "interval": {
            "low_kw": predicted_kw - reach_kw,
            "high_kw": predicted_kw + reach_kw,
            "level": _LEVEL,
        },
        "for_hour": {"start": start.isoformat(), "end": (start + _HOUR).isoformat()},
        "is_peak": _is_peak(predicted_kw, known.last_hour_load_kw),
        "model": {
            "name": "random forest on five features",
            "version": manifest.version,
            "trained_at": manifest.promise.trained_at,
            "backtest_cv_rmse_percent": horizon.error_percent,
            "naive_cv_rmse_percent": horizon.naive_error_percent,
        },
    }


def _by_gateway(
    connection: Connection,
    node: NodeRow,
    now: datetime,
    manifests: dict[int, Manifest],
) -> _Made | None:
    sent = models.sent_forecast(connection, node.id)
    if sent is None or not now - FRESH <= from_ms(sent.at_ms) <= now:
        return None
    manifest = manifests.get(_version(sent.status) or max(manifests))
    if manifest is None:
        manifest = manifests[max(manifests)]
    return from_ms(sent.at_ms), sent.value_kw, manifest


def _version(status: str | None) -> int | None:
    match json.loads(status or "null"):
        case {"forecast": {"version": int(version)}}:
            return version
    return None


def _by_cloud(
    connection: Connection,
    node: NodeRow,
    campus: Tree,
    now: datetime,
    known: Hours,
    manifests: dict[int, Manifest],
) -> _Made:
    places = np.flatnonzero(known.has_features)
    if not len(places):
        raise NoForecastError(f"the last hours of {node.path} are not known")
    place = slice(places[-1], places[-1] + 1)
    start = from_ms(int(known.origin_s[place][0]) * 1000)
    if start < now - FRESH:
        raise NoForecastError(
            f"nothing is known of {node.path} since {start:%H:%M} UTC"
        )
    manifest = manifests[max(manifests)]
    row = _row(known, place, campus.zone_of(node))
    return start, _predicted_kw(connection, node.id, manifest, row), manifest


def _row(known: Hours, place: slice, zone: ZoneInfo) -> NDArray[np.float32]:
    return seed_next_hour_rows(
        known.origin_s[place],
        zone,
        known.temperature_c[place],
        known.occupancy_rate[place],
        known.last_hour_load_kw[place],
    )


def _is_peak(predicted_kw: float, loads_kw: Floats) -> bool:
    measured = loads_kw[np.isfinite(loads_kw)]
    if not len(measured):
        return False
    return bool(predicted_kw >= np.quantile(measured, PEAK_QUANTILE))


class _Session(Protocol):
    def run(
        self, names: None, feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]: ...


_MOST_SESSIONS: Final = 32
_sessions: Final[OrderedDict[str, _Session]] = OrderedDict()
_lock: Final = Lock()


def _predicted_kw(
    connection: Connection, node_id: int, manifest: Manifest, row: NDArray[np.float32]
) -> float:
    with _lock:
        session = _sessions.get(manifest.sha256)
        if session is None:
            stored = models.newest_model(connection, node_id)
            if stored is None:
                raise NoForecastError("the model was withdrawn")
            session = _sessions[manifest.sha256] = _loaded(unpack(stored.bundle)[Part.NEXT_HOUR])
            while len(_sessions) > _MOST_SESSIONS:
                _sessions.popitem(last=False)
    return session.run(None, {"row": row})[0].item()


def _loaded(onnx: bytes) -> _Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return cast(
        _Session,
        onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"]),
    )
