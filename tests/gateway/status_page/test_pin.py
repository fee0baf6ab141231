import stat

import pytest

from gateway.status_page import pin


def test_only_the_right_pin_is_right_and_only_its_hash_is_kept(tmp_path):
    path = tmp_path / "pin"
    pin.keep(path, "314159")
    assert pin.is_right(path, "314159")
    assert not pin.is_right(path, "314158")
    assert not pin.is_right(path, "")
    assert "314159" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("short", ["", "12345", "x" * 65])
def test_a_pin_too_short_or_too_long_is_refused(tmp_path, short):
    with pytest.raises(ValueError, match="6 to 64 characters"):
        pin.keep(tmp_path / "pin", short)


@pytest.mark.parametrize("text", ["", "314159", "pbkdf2_sha256$999999999$00$00"])
def test_a_file_without_a_hash_is_told(tmp_path, text):
    path = tmp_path / "pin"
    path.write_text(text)
    with pytest.raises(ValueError, match="voltonic-gateway pin"):
        pin.is_right(path, "314159")


def test_after_five_wrong_tries_each_further_one_waits_longer():
    tries, now_s = pin.Tries(), 0.0
    for _ in range(5):
        assert tries.wait_s(now_s) == 0
        tries.begun(now_s)
    assert tries.wait_s(now_s) == 60
    now_s += 60
    tries.begun(now_s)
    assert tries.wait_s(now_s) == 120
    for _ in range(20):
        tries.begun(now_s)
    assert tries.wait_s(now_s) == 3600


def test_the_right_one_forgets_the_wrong_ones():
    tries = pin.Tries()
    for _ in range(5):
        tries.begun(0)
    tries.was_right()
    assert tries.wait_s(0) == 0
