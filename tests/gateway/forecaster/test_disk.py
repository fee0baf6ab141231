import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.forecaster import disk

SECTIONS = {"one": b"first", "two": b"", "three": bytes(range(50))}


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,24}", fullmatch=True), st.binary()))
def test_sections_come_back_as_they_were_kept(tmp_path_factory, sections):
    path = tmp_path_factory.mktemp("disk") / "kept.bin"
    disk.save(path, sections)
    assert disk.load(path) == sections
    assert [each.name for each in path.parent.iterdir()] == ["kept.bin"]


@given(st.data())
def test_any_damage_is_noticed(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("disk") / "kept.bin"
    disk.save(path, SECTIONS)
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw[place] ^= data.draw(st.integers(1, 255))
    else:
        del raw[place:]
    path.write_bytes(bytes(raw))
    with pytest.raises(disk.DamagedError, match=r"kept\.bin is damaged"):
        disk.load(path)


def test_a_file_that_is_not_there_is_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        disk.load(tmp_path / "kept.bin")
