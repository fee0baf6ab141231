import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.bundle import MAX_BYTES, BundleError, Part, pack, unpack

PARTS = {
    Part.NEXT_HOUR: b"one",
    Part.DAY_AHEAD: b"twenty-four",
    Part.DAY_AHEAD_TRACK: b"\0\1",
}


@given(st.dictionaries(st.sampled_from(Part), st.binary(min_size=1, max_size=200)))
def test_a_bundle_holds_what_was_packed(parts):
    assert unpack(pack(parts)) == parts


def test_the_same_parts_are_the_same_bytes_in_whatever_order():
    assert pack(PARTS) == pack(dict(reversed(PARTS.items())))


def test_a_bundle_may_be_as_large_as_allowed_and_no_larger():
    overhead = len(pack({Part.DAY_AHEAD_TRACK: b"x"})) - 1
    largest = pack({Part.DAY_AHEAD_TRACK: bytes(MAX_BYTES - overhead)})
    assert len(largest) == MAX_BYTES
    assert len(unpack(largest)[Part.DAY_AHEAD_TRACK]) == MAX_BYTES - overhead
    with pytest.raises(BundleError, match="more than"):
        pack({Part.DAY_AHEAD_TRACK: bytes(MAX_BYTES - overhead + 1)})
    with pytest.raises(BundleError, match="more than"):
        unpack(largest + b"x")


@given(st.binary(max_size=200))
def test_noise_is_not_a_bundle(noise):
    with pytest.raises(BundleError):
        unpack(b"?" + noise)


@given(st.integers(0, len(pack(PARTS)) - 1))
def test_a_bundle_that_is_cut_short_is_refused(length):
    with pytest.raises(BundleError):
        unpack(pack(PARTS)[:length])


@given(st.integers(0, len(pack(PARTS)) - 1), st.integers(1, 255))
def test_a_changed_byte_never_does_worse_than_a_refusal(place, change):
    """The manifest's hash refuses all of them; reading must not break before that."""
    changed = bytearray(pack(PARTS))
    changed[place] ^= change
    try:
        found = unpack(bytes(changed))
    except BundleError:
        return
    assert sum(map(len, found.values())) == sum(map(len, PARTS.values()))


REFUSED = {
    "format 9": b"VLTM" + struct.pack("<HH", 9, 0),
    "table of parts": b"VLTM" + struct.pack("<HH", 1, 60_000),
    "unknown name": b"VLTM" + struct.pack("<HH16sI", 1, 1, b"evil.so", 1) + b"x",
    "bytes follow": pack(PARTS) + b"x",
    "is there twice": b"VLTM"
    + struct.pack("<HH16sI16sI", 1, 2, b"day_ahead.track", 1, b"day_ahead.track", 1)
    + b"xx",
    "day_ahead.track is there twice, empty": b"VLTM"
    + struct.pack("<HH16sI", 1, 1, b"day_ahead.track", 0),
    "cut short": b"VLTM"
    + struct.pack("<HH16sI", 1, 1, b"day_ahead.track", 2**32 - 1)
    + b"x",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_bundle_is_refused_with_the_reason(reason):
    with pytest.raises(BundleError, match=reason):
        unpack(REFUSED[reason])


def test_an_empty_part_is_not_packed():
    with pytest.raises(BundleError, match="empty"):
        pack({Part.DAY_AHEAD_TRACK: b""})
