import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import signing
from contract.bundle import MAX_BYTES as MAX_BUNDLE_BYTES
from contract.manifest import MAX_BYTES, Manifest, ManifestError, Ran, check, hash_of
from contract.promise import Promise
from tests.published import (
    KEY,
    MADE,
    PUBLIC_KEY,
    SUBJECT,
    manifest_of,
    promise,
    seed_promise,
)

BUNDLE = b"the bundle's bytes"
MANIFEST = manifest_of(BUNDLE, promise())
SEALED = MANIFEST.sealed(KEY)
RAN = Ran(MANIFEST.version, MANIFEST.sha256, MANIFEST.promise.trained_at)
VALUES = json.loads(SEALED.partition(b"\n")[2])


def checked(manifest=MANIFEST, packed=BUNDLE, *, now=MADE, ran=None):
    check(manifest, packed, subject=SUBJECT, now=now, ran=ran)


def resealed(values):
    return signing.seal(KEY, "model", json.dumps(values).encode())


@pytest.mark.parametrize(
    "manifest",
    [
        MANIFEST,
        manifest_of(BUNDLE, seed_promise()),
        replace(MANIFEST, version=9, rolls_back_to=2),
    ],
)
def test_a_manifest_arrives_as_it_was_signed(manifest):
    assert Manifest.opened(manifest.sealed(KEY)) == (manifest, PUBLIC_KEY)


def test_a_promise_arrives_as_it_was_sent():
    for promised in (promise(), seed_promise()):
        assert Promise.from_bytes(promised.to_bytes()) == promised


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_manifest_with_any_changed_byte_is_refused(place, change):
    changed = bytearray(SEALED)
    changed[place] ^= change
    with pytest.raises(ManifestError):
        Manifest.opened(bytes(changed))


@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_a_bundle_with_any_changed_byte_is_refused(place, change):
    changed = bytearray(BUNDLE)
    changed[place] ^= change
    with pytest.raises(ManifestError, match="not the one the manifest names"):
        checked(packed=bytes(changed))


@pytest.mark.parametrize(
    "ran",
    [None, RAN, replace(RAN, version=1), replace(RAN, trained_at=MADE.isoformat())],
)
def test_what_the_manifest_promises_is_accepted(ran):
    checked(ran=ran)


def changed_promise(**changes):
    return manifest_of(BUNDLE, promise(**changes))


NEXT_HOUR = MANIFEST.promise.next_hour
LATER = (MADE + timedelta(hours=1)).isoformat()
REFUSED = {
    "not the one the manifest names": {"packed": BUNDLE[:-1] + b"!"},
    "promised are 18": {"packed": BUNDLE + b"!"},
    "has .* bytes; promised": {
        "manifest": replace(MANIFEST, size_bytes=MAX_BUNDLE_BYTES + 1),
        "packed": bytes(MAX_BUNDLE_BYTES + 1),
    },
    "made for campus, not for": {"manifest": replace(MANIFEST, subject="campus")},
    "wants features v1, here is": {"manifest": changed_promise(feature_version=1)},
    "wants other columns": {
        "manifest": changed_promise(next_hour=replace(NEXT_HOUR, columns=("moon",)))
    },
    "wants other columns or hours": {
        "manifest": changed_promise(next_hour=replace(NEXT_HOUR, lead_hours=2))
    },
    "columns or hours than 24 h ahead": {
        "manifest": changed_promise(day_ahead=NEXT_HOUR)
    },
    "columns or hours than 1 h ahead": {
        "manifest": manifest_of(BUNDLE, replace(seed_promise(), next_hour=NEXT_HOUR))
    },
    "expired at": {"now": MADE + timedelta(days=30)},
    "version 3 is older than 4": {"ran": replace(RAN, version=4)},
    "another model than the version 3": {"ran": replace(RAN, sha256="00" * 32)},
    "not said to roll back": {"ran": Ran(2, "00" * 32, LATER)},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_match_is_refused_with_the_reason(reason):
    with pytest.raises(ManifestError, match=reason):
        checked(**REFUSED[reason])


def test_an_earlier_model_published_again_is_no_older_one():
    checked(replace(MANIFEST, rolls_back_to=1), ran=Ran(2, "00" * 32, LATER))


def test_a_replayed_rollback_is_older_than_what_ran_since():
    with pytest.raises(ManifestError, match="is older than"):
        checked(replace(MANIFEST, rolls_back_to=1), ran=Ran(4, "00" * 32, LATER))


@pytest.mark.parametrize("field", VALUES)
def test_a_missing_field_is_refused(field):
    raw = dict(VALUES)
    del raw[field]
    with pytest.raises(ManifestError, match="not a manifest"):
        Manifest.opened(resealed(raw))


@pytest.mark.parametrize("field", VALUES["promise"])
def test_a_missing_promise_is_refused(field):
    promised = dict(VALUES["promise"])
    del promised[field]
    with pytest.raises(ManifestError, match="promise"):
        Manifest.opened(resealed(VALUES | {"promise": promised}))


WRONG = {
    "subject": 5,
    "version": "3",
    "sha256": None,
    "size_bytes": "many",
    "rolls_back_to": "2",
    "expires_at": "soon",
    "surprise": 1,
    "format": 3,
}
WRONG_PROMISES = {
    "kind": "magic",
    "rows": "many",
    "left_out": "all",
    "next_hour": None,
    "day_ahead": {},
    "trained_at": "2026-03-02T00:00:00",
    "quarter_shape": [[1.0] * 96],
    "quarter_miss": float("nan"),
    "surprise": 1,
}


@pytest.mark.parametrize("field", WRONG)
def test_a_malformed_or_unknown_field_is_refused(field):
    with pytest.raises(ManifestError):
        Manifest.opened(resealed(VALUES | {field: WRONG[field]}))


@pytest.mark.parametrize("field", WRONG_PROMISES)
def test_a_malformed_or_unknown_promise_is_refused(field):
    promised = VALUES["promise"] | {field: WRONG_PROMISES[field]}
    with pytest.raises(ManifestError):
        Manifest.opened(resealed(VALUES | {"promise": promised}))


@pytest.mark.parametrize("raw", [b"", b"null", b"5", b"\xff", b"nonsense", SEALED[1:]])
def test_what_is_not_signed_is_refused(raw):
    with pytest.raises(ManifestError, match="no signature"):
        Manifest.opened(raw)


def test_a_manifest_of_the_first_format_is_refused_in_words():
    with pytest.raises(ManifestError, match=r"first format.*next training"):
        Manifest.opened(b'{"subject": "campus", "version": 3}')


def test_a_document_signed_for_something_else_is_no_manifest():
    document = signing.seal(KEY, "plan", SEALED.partition(b"\n")[2])
    with pytest.raises(ManifestError, match="signed as plan"):
        Manifest.opened(document)


def test_a_manifest_beyond_all_measure_is_not_read():
    with pytest.raises(ManifestError, match="more than"):
        Manifest.opened(SEALED + bytes(MAX_BYTES))


def test_a_manifest_stays_small():
    assert len(SEALED) < 10_000


def test_a_bundle_is_named_by_its_hash():
    assert hash_of(BUNDLE) == MANIFEST.sha256
