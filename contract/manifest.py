"""The manifest: what a published model promises, and how its file is checked."""

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from math import isfinite
from typing import Final, Self, cast

from contract import features

MAX_MODEL_BYTES: Final = 10 * 1024 * 1024


class ManifestError(ValueError):
    """The model is not the one its manifest promises; the message says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is promised of one ONNX model.

    Attributes:
        subject: Path of the node whose load it forecasts.
        version: Rises by one with each publication for the subject.
        sha256: Of the ONNX file, 64 hex digits.
        feature_version: `features.VERSION` it was trained with.
        horizon_minutes: How far ahead the forecast hour ends. [min]
        trained_at: When it was trained, ISO 8601 with offset.
        trained_from, trained_to: First and last instant of the training data.
        rows: Rows it was trained on.
        backtest_cv_rmse_percent: CV(RMSE) on the held-out last part. [%]
        naive_cv_rmse_percent: The same for "as the last hour". [%]
        residual_p10_kw, residual_p90_kw: Quantiles of the backtest error, for the
            80 % interval. [kW]
        expires_at: No longer used after this, ISO 8601 with offset.
    """

    subject: str
    version: int
    sha256: str
    feature_version: int
    feature_names: tuple[str, ...]
    horizon_minutes: int
    trained_at: str
    trained_from: str
    trained_to: str
    rows: int
    backtest_cv_rmse_percent: float
    naive_cv_rmse_percent: float
    residual_p10_kw: float
    residual_p90_kw: float
    expires_at: str

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the manifest in `raw`.

        Raises:
            ManifestError: Not JSON, or a field is missing, unknown or malformed.
        """
        try:
            manifest = cls(**json.loads(raw))
            for field in fields(cls):
                _require_type(field.name, getattr(manifest, field.name))
            if datetime.fromisoformat(manifest.expires_at).utcoffset() is None:
                raise ValueError("expires_at has no offset")
        except (ValueError, TypeError) as error:
            raise ManifestError(f"not a manifest: {error}") from error
        return replace(manifest, feature_names=tuple(manifest.feature_names))


_NAMES: Final = "feature_names"
_NUMBERS: Final = ("_kw", "_percent")
_WHOLE: Final = ("version", "feature_version", "horizon_minutes", "rows")


def _require_type(name: str, value: object) -> None:
    if name == _NAMES:
        fits = isinstance(value, list) and all(isinstance(n, str) for n in value)
    elif name in _WHOLE:
        fits = type(value) is int
    elif name.endswith(_NUMBERS):
        fits = type(value) in (int, float) and isfinite(cast(float, value))
    else:
        fits = isinstance(value, str)
    if not fits:
        raise ValueError(f"{name} is malformed")


def check(
    manifest: Manifest,
    model: bytes,
    *,
    subject: str,
    now: datetime,
    running: int | None,
) -> None:
    """Accept `model` as what `manifest` promises, or refuse it.

    Args:
        subject: Path of the node that asks for a forecast.
        running: Version in use now; an older one is a rollback.

    Raises:
        ManifestError: The file, subject, features, age or version do not match.
    """
    expected_features = features.VERSION, features.SEED_NEXT_HOUR
    if len(model) > MAX_MODEL_BYTES:
        raise ManifestError(f"larger than {MAX_MODEL_BYTES} bytes")
    if sha256(model).hexdigest() != manifest.sha256:
        raise ManifestError("the file is not the one the manifest names")
    if manifest.subject != subject:
        raise ManifestError(f"made for {manifest.subject}, not for {subject}")
    if (manifest.feature_version, manifest.feature_names) != expected_features:
        raise ManifestError(
            f"wants features v{manifest.feature_version}, here is v{features.VERSION}"
        )
    if now >= datetime.fromisoformat(manifest.expires_at):
        raise ManifestError(f"expired at {manifest.expires_at}")
    if running is not None and manifest.version < running:
        raise ManifestError(f"version {manifest.version} is older than {running}")
