"""The models of a node: what they promise, who runs them, why one was refused."""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from cloud.domain.outlook import Horizon
from cloud.facts.forecast.told import Told, find, gateway_status
from cloud.store import models, queue
from cloud.store.database import Connection, Database
from contract.forecast_status import ForecastStatus, State
from contract.manifest import Manifest, ManifestError
from contract.promise import Horizon as Promised
from contract.promise import Kind

Json = dict[str, object]

TRAINING: Final = "train"
"""Kind of the jobs that train models."""
NAMES: Final = {
    Kind.OURS: "several members and the naive forecasts, weighed by how they did",
    Kind.SEED_FOREST: "random forest on five features",
}
NAIVE_NAME: Final = "naive: the load of earlier times"


def versions(database: Database, now: datetime, reference: str | None = None) -> Json:
    """Return the versions of a node's model that are kept, newest first.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        node = find(database, connection, reference)
        published = models.published(connection, node.id)
        status = gateway_status(connection, node)
        gateway = models.gateway_of(connection, node.id)
        trained = queue.last_ended(connection, TRAINING, node.path)
    told = [_version(document, at_s, now) for document, at_s in published]
    return {
        "node": node.path,
        "versions": sorted(
            filter(None, told), key=lambda each: -int(str(each["version"]))
        ),
        "runs": _runs(status, is_published=bool(told)),
        "gateway": None if gateway is None else _gateway(gateway, status),
        "last_training": None
        if trained is None
        else {
            "ended_at": _instant(trained.finished_s),
            "state": trained.state.value,
            "note": trained.note,
        },
    }


def model_facts(connection: Connection, found: Told, horizon: Horizon) -> Json:
    """Return what a forecast was made with, and how well that did in its backtest."""
    manifest = _manifest(connection, found)
    if manifest is None:
        return {
            "name": NAIVE_NAME,
            "version": None,
            "trained_at": None,
            "backtest_cv_rmse_percent": None,
            "naive_cv_rmse_percent": None,
        }
    promise = manifest.promise
    is_next = horizon is Horizon.NEXT_HOUR
    promised = promise.next_hour if is_next else promise.day_ahead
    return {
        "name": NAMES[promise.kind],
        "version": manifest.version,
        "trained_at": promise.trained_at,
        "backtest_cv_rmse_percent": promised and promised.error_percent,
        "naive_cv_rmse_percent": promised and promised.naive_error_percent,
    }


def _manifest(connection: Connection, found: Told) -> Manifest | None:
    """Return the manifest of the model that made a forecast, if it is kept."""
    version = found.outlook.version
    document = models.manifests(connection, found.node.id).get(version or 0)
    if document is None:
        return None
    with suppress(ManifestError):  # of an older format
        return Manifest.opened(document)[0]
    return None


def _version(document: bytes, published_s: int, now: datetime) -> Json | None:
    try:
        manifest, _ = Manifest.opened(document)
    except ManifestError:
        return None
    promise = manifest.promise
    return {
        "version": manifest.version,
        "kind": promise.kind.value,
        "name": NAMES[promise.kind],
        "published_at": _instant(published_s),
        "trained_at": promise.trained_at,
        "trained_from": promise.trained_from,
        "trained_to": promise.trained_to,
        "rows": promise.rows,
        "left_out": list(promise.left_out),
        "expires_at": manifest.expires_at,
        "is_expired": now >= datetime.fromisoformat(manifest.expires_at),
        "rolls_back_to": manifest.rolls_back_to,
        "next_hour": _promised(promise.next_hour),
        "day_ahead": _promised(promise.day_ahead),
    }


def _promised(horizon: Promised | None) -> Json | None:
    if horizon is None:
        return None
    return {
        "members": list(horizon.members),
        "error_percent": horizon.error_percent,
        "naive_error_percent": horizon.naive_error_percent,
    }


def _runs(status: ForecastStatus | None, *, is_published: bool) -> str:
    if status is not None and status.state is State.RUNNING:
        return "gateway"
    return "cloud" if is_published else "nobody"


def _gateway(slug: str, status: ForecastStatus | None) -> Json:
    if status is None:
        return {
            "gateway": slug,
            "state": None,
            "why": "it has not said yet",
            "version": None,
            "shadow": None,
            "refused": None,
            "next_hour_errors": None,
            "day_ahead_errors": None,
        }
    shadow = status.shadow
    return {
        "gateway": slug,
        "state": status.state.value,
        "why": status.why or None,
        "version": status.model.version if status.model else None,
        "shadow": shadow
        and {"version": shadow.version, "until": _instant(shadow.until_s)},
        "refused": status.refused and asdict(status.refused),
        "next_hour_errors": status.next_hour_errors and asdict(status.next_hour_errors),
        "day_ahead_errors": status.day_ahead_errors and asdict(status.day_ahead_errors),
    }


def _instant(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
