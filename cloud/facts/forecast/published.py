"""Published models as the cloud runs them; each is loaded once."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.next_hour import hours
from cloud.domain.outlook import Horizon
from cloud.facts.forecast.known import Known
from cloud.store import models
from cloud.store.database import Connection
from contract.bundle import BundleError, Part, unpack
from contract.features import (
    day_ahead_rows,
    next_hour_rows,
    scale_kw,
    seed_next_hour_rows,
)
from contract.manifest import Manifest, ManifestError
from contract.origins import Origins
from contract.promise import Kind, Promise, check_features
from contract.track import Track, TrackError

Rows = NDArray[np.float32]

_PARTS: Final = {
    Horizon.NEXT_HOUR: (Part.NEXT_HOUR, Part.NEXT_HOUR_TRACK),
    Horizon.DAY_AHEAD: (Part.DAY_AHEAD, Part.DAY_AHEAD_TRACK),
}
_MOST: Final = 32


class Session(Protocol):
    """A loaded ONNX graph."""

    def run(self, names: None, feed: dict[str, Rows]) -> list[Rows]:
        """Return what the graph says of rows."""


class UnusableModelError(Exception):
    """The model can't be run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a node's model.

    Attributes:
        sessions, tracks: Of each horizon that it forecasts; tracks as bytes.
    """

    manifest: Manifest
    sessions: Mapping[Horizon, Session]
    tracks: Mapping[Horizon, bytes]

    @property
    def promise(self) -> Promise:
        """What is promised of the model."""
        return self.manifest.promise

    def is_expired(self, now: datetime) -> bool:
        """Return whether it is too old to be used."""
        return now >= datetime.fromisoformat(self.manifest.expires_at)

    def outputs(self, horizon: Horizon, origins: Origins, of: Known) -> Rows:
        """Return what the members say of one origin, lead hours × members, by scale."""
        session = self.sessions[horizon]
        if self.promise.kind is Kind.SEED_FOREST:
            return _seed_answers(session, origins, of)
        rows = next_hour_rows if horizon is Horizon.NEXT_HOUR else day_ahead_rows
        said = session.run(None, {"row": rows(origins, of.calendar)})[0]
        return said.reshape(horizon.hours, -1)

    def track(self, horizon: Horizon) -> Track:
        """Return the record that the backtest left behind.

        Raises:
            TrackError: It is malformed.
        """
        return Track.from_bytes(self.tracks[horizon])


_loaded: Final[OrderedDict[str, Published]] = OrderedDict()
_lock: Final = Lock()


def published(connection: Connection, node_id: int) -> Published | None:
    """Return the newest model of a node, loaded; None if there is none.

    Raises:
        UnusableModelError: There is one, and it can't be run.
    """
    sealed = models.manifests(connection, node_id)
    if not sealed:
        return None
    try:
        manifest, _ = Manifest.opened(sealed[max(sealed)])
    except ManifestError as error:
        raise UnusableModelError(str(error)) from error
    key = f"{manifest.subject} {manifest.version} {manifest.sha256}"
    with _lock:
        found = _loaded.get(key)
        if found is None:
            stored = models.stored(connection, node_id, manifest.version)
            if stored is None:
                return None
            found = _loaded[key] = _run_ready(manifest, stored.bundle)
            while len(_loaded) > _MOST:
                _loaded.popitem(last=False)
    return found


def _run_ready(manifest: Manifest, packed: bytes) -> Published:
    try:
        check_features(manifest.promise)
        parts = unpack(packed)
        sessions, tracks = {}, {}
        for horizon, (graph, track) in _PARTS.items():
            if graph in parts:
                sessions[horizon] = _session(parts[graph])
                tracks[horizon] = parts[track]
                Track.from_bytes(parts[track])
    except (ManifestError, BundleError, TrackError, KeyError) as error:
        raise UnusableModelError(str(error)) from error
    return Published(manifest, sessions, tracks)


def _session(graph: bytes) -> Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has one type for each reason
        raise UnusableModelError(f"the graph can't be loaded: {error}") from error
    return cast(Session, session)


def _seed_answers(session: Session, origins: Origins, of: Known) -> Rows:
    """Return what the seed's forest says of one origin; NaN where a feature is."""
    found = hours(of.history)
    place = found.origin_s == origins.at_s[0]
    rows = seed_next_hour_rows(
        found.origin_s[place],
        of.calendar.zone,
        found.temperature_c[place],
        found.occupancy_rate[place],
        found.last_hour_load_kw[place],
    )
    if not len(rows) or not np.isfinite(rows).all():
        return np.full((1, 1), np.nan, np.float32)
    said_kw = session.run(None, {"row": rows})[0]
    return (said_kw / np.float32(scale_kw(origins)[0])).reshape(1, -1)
