"""From a model to a published version that a gateway can trust."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from cloud.forecasting.bundling import Bundled
from cloud.store import models
from cloud.store.database import Database
from cloud.store.load_history import located
from contract import bundle
from contract.manifest import Manifest, hash_of
from contract.promise import ManifestError, Promise, check_features

VALID: Final = timedelta(days=60)
"""How long a model may be used without a newer one."""


_BEYOND_BELIEF: Final = 1_000_000


class PublishError(Exception):
    """The model is not published; the message says why."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes models, signed.

    Attributes:
        key: The cloud's private key.
    """

    database: Database
    key: str

    def publish(
        self,
        path: str,
        made: Bundled,
        now: datetime,
        *,
        rolls_back_to: int | None = None,
    ) -> Manifest:
        """Publish `made` as the node's next version.

        It is higher than what the node's gateway has run, also where the database is
        an older copy.

        Raises:
            PublishError: There is no such node.
        """
        manifest = Manifest(
            subject=path,
            version=1,
            rolls_back_to=rolls_back_to,
            sha256=hash_of(made.packed),
            size_bytes=len(made.packed),
            expires_at=(now + VALID).isoformat(),
            promise=made.promise,
        )
        with self.database.write() as connection:
            place = located(connection, path)
            if place is None:
                raise PublishError(f"there is no node {path}")
            status = models.gateway_status(connection, place.node_id)
            version = models.publish(
                connection,
                place.node_id,
                now,
                made.packed,
                lambda version: replace(manifest, version=version).sealed(self.key),
                above=_ran(status),
            )
        return replace(manifest, version=version)

    def roll_back(self, path: str, to: int | None, now: datetime) -> Manifest:
        """Publish an earlier version of the node's model again, as a new version.

        Args:
            to: The version; without it, the one before what runs now.

        Raises:
            PublishError: It is not kept, or can't be used any more.
        """
        with self.database.read() as connection:
            place = located(connection, path)
            if place is None:
                raise PublishError(f"there is no node {path}")
            kept = models.manifests(connection, place.node_id)
            version = to if to is not None else _before(kept)
            stored = None
            if version is not None:
                stored = models.stored(connection, place.node_id, version)
        if stored is None:
            versions = ", ".join(map(str, sorted(kept))) or "none"
            raise PublishError(
                f"{path}: no earlier version to go back to; kept are {versions}"
                if version is None
                else f"{path}: version {version} is not kept; kept are {versions}"
            )
        made = bundled_in(stored.bundle)
        return self.publish(path, made, now, rolls_back_to=stored.version)


def bundled_in(packed: bytes) -> Bundled:
    """Return the model in a bundle's bytes.

    Raises:
        PublishError: It is no bundle, or nothing that gateways can use now.
    """
    try:
        parts = bundle.unpack(packed)
        if bundle.Part.PROMISE not in parts:
            raise PublishError("the bundle does not say what it promises")
        promise = Promise.from_bytes(parts[bundle.Part.PROMISE])
        check_features(promise)
    except (bundle.BundleError, ManifestError) as error:
        raise PublishError(f"the bundle can't be published: {error}") from error
    if missing := promise.parts - parts.keys():
        raise PublishError(f"the bundle lacks {', '.join(sorted(missing))}")
    return Bundled(promise, packed)


def _before(kept: dict[int, bytes]) -> int | None:
    """Return the version before the one that runs now."""
    if not kept:
        return None
    runs = max(kept)
    with suppress(ManifestError):  # of an older format
        manifest, _ = Manifest.opened(kept[runs])
        runs = manifest.rolls_back_to or runs
    return max((version for version in kept if version < runs), default=None)


def _ran(status: str | None) -> int:
    """Return the newest version that the gateway says it accepted; 0 for none."""
    match json.loads(status or "null"):
        case {"forecast": {"ran": int(version)}} if 0 < version < _BEYOND_BELIEF:
            return version
    return 0
