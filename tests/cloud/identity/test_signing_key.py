from threading import Thread

import pytest

from cloud.identity.signing_key import SigningKeyError, signing_key
from contract.signing import public_key


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "signing.key"
    key = signing_key(path)
    assert signing_key(path) == key
    assert len(public_key(key)) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_make_it_at_once_have_the_same(tmp_path):
    found = []
    path = tmp_path / "signing.key"
    threads = [Thread(target=lambda: found.append(signing_key(path))) for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    path = tmp_path / "signing.key"
    signing_key(path)
    path.chmod(mode)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        signing_key(path)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"12" * 31, b"zz" * 32])
def test_a_damaged_key_is_named_and_not_replaced(tmp_path, content):
    path = tmp_path / "signing.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(SigningKeyError, match="holds no key"):
        signing_key(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_names_the_setting(tmp_path):
    with pytest.raises(SigningKeyError, match="VOLTONIC_SIGNING_KEY"):
        signing_key(tmp_path / "missing" / "signing.key")
    with pytest.raises(SigningKeyError, match="VOLTONIC_SIGNING_KEY"):
        signing_key(tmp_path)
