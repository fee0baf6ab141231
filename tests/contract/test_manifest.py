import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from contract import features
from contract.manifest import MAX_MODEL_BYTES, Manifest, ManifestError, check

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MODEL = b"the model's bytes"
MANIFEST = Manifest(
    subject="campus/science/physics",
    version=3,
    sha256=sha256(MODEL).hexdigest(),
    feature_version=features.VERSION,
    feature_names=features.SEED_NEXT_HOUR,
    horizon_minutes=60,
    trained_at=NOW.isoformat(),
    trained_from=NOW.isoformat(),
    trained_to=NOW.isoformat(),
    rows=100,
    backtest_cv_rmse_percent=5.0,
    naive_cv_rmse_percent=9.0,
    residual_p10_kw=-2.0,
    residual_p90_kw=3.0,
    expires_at=(NOW + timedelta(days=30)).isoformat(),
)


def checked(manifest=MANIFEST, model=MODEL, *, now=NOW, running=None):
    subject = "campus/science/physics"
    check(manifest, model, subject=subject, now=now, running=running)


def test_a_manifest_arrives_as_it_was_sent():
    assert Manifest.from_bytes(MANIFEST.to_bytes()) == MANIFEST


@pytest.mark.parametrize("running", [None, 1, 3])
def test_what_the_manifest_promises_is_accepted(running):
    checked(running=running)


REFUSED = {
    "not the one the manifest names": {"model": MODEL[:-1] + b"!"},
    "made for campus": {"manifest": replace(MANIFEST, subject="campus")},
    "wants features v99": {"manifest": replace(MANIFEST, feature_version=99)},
    "wants features": {"manifest": replace(MANIFEST, feature_names=("moon",))},
    "expired at": {"now": NOW + timedelta(days=30)},
    "version 3 is older than 4": {"running": 4},
    "larger than": {"model": bytes(MAX_MODEL_BYTES + 1)},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_match_is_refused_with_the_reason(reason):
    with pytest.raises(ManifestError, match=reason):
        checked(**REFUSED[reason])


@pytest.mark.parametrize("field", json.loads(MANIFEST.to_bytes()))
def test_a_missing_field_is_refused(field):
    raw = json.loads(MANIFEST.to_bytes())
    del raw[field]
    with pytest.raises(ManifestError, match="not a manifest"):
        Manifest.from_bytes(json.dumps(raw).encode())


WRONG = {"subject": 5, "version": "3", "sha256": None, "rows": "many"} | {
    "feature_names": "hour",
    "expires_at": "soon",
    "residual_p10_kw": "low",
    "surprise": 1,
}


@pytest.mark.parametrize("field", WRONG)
def test_a_malformed_or_unknown_field_is_refused(field):
    raw = json.loads(MANIFEST.to_bytes()) | {field: WRONG[field]}
    with pytest.raises(ManifestError, match="not a manifest"):
        Manifest.from_bytes(json.dumps(raw).encode())


def test_an_expiry_without_a_zone_is_refused():
    raw = json.loads(MANIFEST.to_bytes()) | {"expires_at": "2026-03-02T00:00:00"}
    with pytest.raises(ManifestError, match="not a manifest"):
        Manifest.from_bytes(json.dumps(raw).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"5", b"\xff", b"nonsense"])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(ManifestError, match="not a manifest"):
        Manifest.from_bytes(raw)
