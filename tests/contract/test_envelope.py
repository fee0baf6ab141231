import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.envelope import (
    FORMAT,
    MAX_BATCHES,
    Envelope,
    EnvelopeError,
    Newest,
    pack,
    unpack,
)
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity

INVENTORY = Inventory(
    (
        DeviceEntry(
            "campus/science/physics",
            "main",
            "sdm630",
            Role.MAIN,
            simulated=False,
            quantities=(Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH),
            modulus_kwh=1e6,
        ),
    )
)
INTEGERS = st.integers(-(2**53), 2**53)
ENVELOPES = st.builds(
    Envelope,
    gateway=st.text(max_size=20),
    epoch=st.text(max_size=32),
    number=INTEGERS,
    sent_at_ms=INTEGERS,
    inventory=st.text(max_size=64),
    inventories=st.sampled_from([(), (INVENTORY,)]),
    newest=st.lists(
        st.builds(
            Newest,
            INTEGERS,
            INTEGERS,
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(0, 7),
        ),
        max_size=5,
    ).map(tuple),
    status=st.dictionaries(st.text(max_size=9), st.integers() | st.text(), max_size=4),
    batches=st.lists(st.binary(max_size=300), max_size=5).map(tuple),
)
PLAIN = Envelope("physics", "0f" * 16, 1, 0, "ab", batches=(b"one", b"two"))


def packed(header, tail=b"", version=FORMAT, magic=b"VLTU"):
    raw = json.dumps(header).encode() if isinstance(header, dict) else header
    start = struct.pack("<4sHI", magic, version, len(raw))
    return zlib.compress(start + raw + tail)


@given(ENVELOPES)
def test_what_is_unpacked_is_what_was_packed(envelope):
    assert unpack(pack(envelope)) == envelope


@given(ENVELOPES, st.data())
def test_a_changed_byte_is_refused_or_changes_nothing(envelope, data):
    raw = bytearray(pack(envelope))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        again = unpack(bytes(raw))
    except EnvelopeError:
        return
    assert again == envelope


@given(st.binary(max_size=500))
def test_random_bytes_are_no_upload(raw):
    for damaged in (raw, zlib.compress(raw), zlib.compress(b"VLTU" + raw)):
        with pytest.raises(EnvelopeError):
            unpack(damaged)


@given(st.integers(0, 60))
def test_an_upload_cut_short_is_noticed(end):
    raw = pack(PLAIN)
    with pytest.raises(EnvelopeError):
        unpack(raw[: min(end, len(raw) - 1)])


def test_ten_megabytes_of_zeros_are_no_upload():
    with pytest.raises(EnvelopeError, match="not compressed"):
        unpack(bytes(10 * 1024 * 1024))


def test_a_small_upload_that_unpacks_to_very_much_is_refused_in_time():
    bomb = zlib.compress(bytes(10 * 1024 * 1024))
    with pytest.raises(EnvelopeError, match="more than 1000000 bytes"):
        unpack(bomb, max_bytes=1_000_000)


def test_a_newer_format_says_so():
    with pytest.raises(EnvelopeError, match=f"reads up to {FORMAT}"):
        unpack(packed({}, version=FORMAT + 1))


def test_another_kind_of_file_is_refused():
    with pytest.raises(EnvelopeError, match="do not start like an upload"):
        unpack(packed({}, magic=b"VLTB"))


HEADER = {
    "gateway": "physics",
    "epoch": "0f",
    "number": 1,
    "sent_at_ms": 2,
    "inventory": "ab",
    "inventories": [],
    "newest": [[0, 1, 2.5, 0]],
    "status": {},
}


@pytest.mark.parametrize("field", HEADER)
def test_a_header_without_one_of_its_fields_is_refused(field):
    left = {name: value for name, value in HEADER.items() if name != field}
    with pytest.raises(EnvelopeError, match="missing or malformed"):
        unpack(packed(left))


@pytest.mark.parametrize(
    "change",
    [
        {"gateway": 1},
        {"number": "1"},
        {"newest": [[1]]},
        {"newest": [["0", 1, 2.5, 0]]},
        {"newest": 5},
        {"inventories": ["{}"]},
        {"inventories": ["[{}]"]},
        {"inventories": [7]},
        {"status": []},
    ],
    ids=str,
)
def test_a_malformed_field_is_refused(change):
    with pytest.raises(EnvelopeError):
        unpack(packed(HEADER | change))


@pytest.mark.parametrize("header", [b"", b"[]", b"nonsense", b"\xff", b"null"])
def test_a_header_that_is_no_object_is_refused(header):
    with pytest.raises(EnvelopeError):
        unpack(packed(header))


@pytest.mark.parametrize("tail", [b"\1", b"\5\0\0\0abc"])
def test_a_batch_cut_short_is_noticed(tail):
    with pytest.raises(EnvelopeError, match="a batch is cut short"):
        unpack(packed(HEADER, tail))


def test_more_batches_than_allowed_are_refused():
    with pytest.raises(EnvelopeError):
        unpack(packed(HEADER, bytes(4) * (MAX_BATCHES + 1)))
