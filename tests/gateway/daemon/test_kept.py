"""What the daemon keeps beside its buffer: its key and the site's configuration."""

import json
import logging

import pytest

from contract.signing import public_key
from gateway.daemon.identity import IdentityError, private_key
from gateway.daemon.site_config import KeptSiteConfig

CONFIG = {
    "version": "v1",
    "timezone": "Asia/Kolkata",
    "timetables": {"floor-1/room-101": [[0, "09:00", "10:00"]]},
}


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    key = private_key(tmp_path / "data")
    assert private_key(tmp_path / "data") == key
    assert len(public_key(key)) == 64
    [path] = (tmp_path / "data").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_refused(tmp_path):
    private_key(tmp_path)
    (tmp_path / "identity.key").chmod(0o644)
    with pytest.raises(IdentityError, match="chmod 600"):
        private_key(tmp_path)


def test_a_damaged_key_is_named_and_not_replaced(tmp_path):
    private_key(tmp_path)
    path = tmp_path / "identity.key"
    path.write_bytes(b"\xff\x00")
    with pytest.raises(IdentityError, match="holds no key"):
        private_key(tmp_path)
    assert path.read_bytes() == b"\xff\x00"


def test_a_site_configuration_outlives_a_restart(tmp_path):
    kept = KeptSiteConfig(tmp_path)
    assert (kept.current, kept.version) == (None, "")
    kept.accept(json.dumps(CONFIG).encode())
    again = KeptSiteConfig(tmp_path)
    assert again.version == "v1"
    assert again.current == kept.current
    assert again.current.to_json() == {**CONFIG, "holidays": [], "closed": []}


@pytest.mark.parametrize(
    "raw",
    [
        b"no json",
        b"[]",
        json.dumps({**CONFIG, "timezone": "Mars/Olympus"}).encode(),
        json.dumps({**CONFIG, "timetables": {"a": [[9, "09:00", "10:00"]]}}).encode(),
    ],
)
def test_a_malformed_site_configuration_leaves_the_old_one(tmp_path, raw):
    kept = KeptSiteConfig(tmp_path)
    kept.accept(json.dumps(CONFIG).encode())
    with pytest.raises(ValueError, match=r".+"):
        kept.accept(raw)
    assert kept.version == KeptSiteConfig(tmp_path).version == "v1"


def test_a_damaged_file_is_not_used_and_said(tmp_path, caplog):
    (tmp_path / "site_config.json").write_bytes(b"\x00\x01")
    with caplog.at_level(logging.WARNING):
        assert KeptSiteConfig(tmp_path).current is None
    assert "is not used" in caplog.text
