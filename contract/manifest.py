"""The manifest: what a published model promises, signed by the cloud."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from contract import bundle, signing
from contract.inventory import PATH
from contract.promise import (
    ManifestError,
    Promise,
    check_features,
    instant,
    values_in,
)

__all__ = ["Manifest", "ManifestError", "Ran", "check", "hash_of"]

FORMAT: Final = 2
PURPOSE: Final = "model"
"""What manifests are sealed for."""
MAX_BYTES: Final = 64 * 1024
"""Largest manifest, sealed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is promised of one published model.

    Attributes:
        subject: Path of the node whose load it forecasts.
        version: Rises with each publication for the subject, also when an earlier
            model is published again.
        rolls_back_to: Version that is published again by this, if one is.
        sha256: Of the bundle, 64 hex digits.
        size_bytes: Length of the bundle.
        expires_at: No longer used after this, ISO 8601 with offset.
    """

    subject: str
    version: int
    rolls_back_to: int | None
    sha256: str
    size_bytes: int
    expires_at: str
    promise: Promise

    def sealed(self, private_key: str) -> bytes:
        """Return the manifest as a document signed with `private_key`."""
        content = {"format": FORMAT, **asdict(self)}
        message = json.dumps(content, sort_keys=True).encode()
        return signing.seal(private_key, PURPOSE, message)

    @classmethod
    def opened(cls, document: bytes) -> tuple[Self, str]:
        """Return the manifest in a sealed document, and the public key it names.

        Raises:
            ManifestError: Its signature does not fit, or a field is malformed.
        """
        if len(document) > MAX_BYTES:
            raise ManifestError(f"a manifest of more than {MAX_BYTES} bytes")
        if document.startswith(b"{"):
            raise ManifestError(
                "a manifest of the first format, which nobody signed;"
                " the next training replaces it"
            )
        try:
            sealed = signing.opened(PURPOSE, document)
        except signing.SignatureError as error:
            raise ManifestError(f"the manifest can't be trusted: {error}") from error
        return cls._from_json(values_in(sealed.message)), sealed.public_key

    @classmethod
    def _from_json(cls, raw: object) -> Self:
        match raw:
            case {
                "format": 2,
                "subject": str(subject),
                "version": int(version),
                "rolls_back_to": None | int() as rolls_back_to,
                "sha256": str(digest),
                "size_bytes": int(size_bytes),
                "expires_at": str(expires_at),
                "promise": promise,
                **unknown,
            } if not unknown and PATH.fullmatch(subject) and version > 0:
                return cls(
                    subject,
                    version,
                    rolls_back_to,
                    digest,
                    size_bytes,
                    instant("expires_at", expires_at),
                    Promise.from_json(promise),
                )
        raise ManifestError("not a manifest: a field is missing or malformed")


def hash_of(packed: bytes) -> str:
    """Return what a manifest says of the bundle `packed`."""
    return sha256(packed).hexdigest()


@dataclass(frozen=True, slots=True)
class Ran:
    """The newest model that was ever accepted at a place."""

    version: int
    sha256: str
    trained_at: str


def check(
    manifest: Manifest,
    packed: bytes,
    *,
    subject: str,
    now: datetime,
    ran: Ran | None = None,
) -> None:
    """Return if the bundle `packed` is what `manifest` promises, and of use here.

    Args:
        subject: Path of the node that asks for a forecast.
        ran: The newest model that was accepted there; what is older is refused.

    Raises:
        ManifestError: Bundle, subject, features, expiry or age do not match.
    """
    if len(packed) > bundle.MAX_BYTES or len(packed) != manifest.size_bytes:
        raise ManifestError(
            f"the bundle has {len(packed)} bytes; promised are {manifest.size_bytes},"
            f" allowed {bundle.MAX_BYTES}"
        )
    if hash_of(packed) != manifest.sha256:
        raise ManifestError("the bundle is not the one the manifest names")
    if manifest.subject != subject:
        raise ManifestError(f"made for {manifest.subject}, not for {subject}")
    if now >= datetime.fromisoformat(manifest.expires_at):
        raise ManifestError(f"expired at {manifest.expires_at}")
    check_features(manifest.promise)
    if ran is not None:
        _check_age(manifest, ran)


def _check_age(manifest: Manifest, ran: Ran) -> None:
    version = manifest.version
    if version < ran.version:
        raise ManifestError(f"version {version} is older than {ran.version}")
    if version == ran.version and manifest.sha256 != ran.sha256:
        raise ManifestError(f"another model than the version {version} that ran here")
    trained_at = datetime.fromisoformat(manifest.promise.trained_at)
    is_rollback = manifest.rolls_back_to is not None
    if trained_at < datetime.fromisoformat(ran.trained_at) and not is_rollback:
        raise ManifestError(
            f"made at {manifest.promise.trained_at}, before version {ran.version},"
            " and not said to roll back"
        )
