from array import array
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.batch import (
    FORMAT,
    MAX_ROWS,
    Batch,
    BatchError,
    FutureFormatError,
    seal,
    unseal,
)

HEX_16 = st.binary(min_size=16, max_size=16).map(bytes.hex)
COUNTS = st.integers(0, 2**63 - 1)


@st.composite
def batches(draw):
    rows = draw(st.integers(1, 40))

    def column(code, values):
        return array(code, draw(st.lists(values, min_size=rows, max_size=rows)))

    return Batch(
        gateway=draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)),
        epoch=draw(HEX_16),
        seq=draw(COUNTS),
        sealed_at_ms=draw(st.integers(-(2**63), 2**63 - 1)),
        monotonic_ms=draw(COUNTS),
        boot_id=draw(HEX_16),
        inventory=draw(st.binary(min_size=32, max_size=32).map(bytes.hex)),
        rows_before=draw(COUNTS),
        declared_before=draw(COUNTS),
        points=column("I", st.integers(0, 2**32 - 1)),
        at_ms=column("q", st.integers(-(2**63), 2**63 - 1)),
        values=column("d", st.floats(allow_nan=False)),
        quality=bytes(column("B", st.integers(0, 255))),
    )


BATCH = Batch(
    gateway="physics",
    epoch="0f" * 16,
    seq=1,
    sealed_at_ms=1_772_452_800_000,
    monotonic_ms=5,
    boot_id="1e" * 16,
    inventory="2d" * 32,
    rows_before=0,
    declared_before=0,
    points=array("I", [0, 1]),
    at_ms=array("q", [1_772_452_800_000, 1_772_452_800_001]),
    values=array("d", [1.5, -2.25]),
    quality=bytes([0, 1]),
)


@given(batches())
def test_what_is_unsealed_is_what_was_sealed(batch):
    assert unseal(seal(batch)) == batch


@given(batches())
def test_the_same_batch_has_the_same_bytes(batch):
    assert seal(batch) == seal(replace(batch))


@given(batches(), st.data())
def test_any_changed_byte_is_noticed(batch, data):
    sealed = bytearray(seal(batch))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BatchError):
        unseal(bytes(sealed))


@given(batches(), st.data())
def test_a_batch_cut_short_or_with_more_behind_is_noticed(batch, data):
    sealed = seal(batch)
    end = data.draw(st.integers(0, len(sealed) - 1))
    for damaged in (sealed[:end], sealed + b"\0"):
        with pytest.raises(BatchError):
            unseal(damaged)


@given(st.binary(max_size=2_000))
def test_random_bytes_are_no_batch(raw):
    with pytest.raises(BatchError):
        unseal(raw)


@given(st.binary(max_size=2_000))
@settings(max_examples=200)
def test_random_bytes_after_the_magic_are_no_batch(raw):
    with pytest.raises(BatchError):
        unseal(seal(BATCH)[:6] + raw)


def test_ten_megabytes_of_zeros_are_no_batch():
    with pytest.raises(BatchError, match="do not start like a batch"):
        unseal(bytes(10 * 1024 * 1024))


def test_a_newer_format_is_told_apart_from_damage():
    sealed = bytearray(seal(BATCH))
    sealed[4:6] = (FORMAT + 1).to_bytes(2, "little")
    with pytest.raises(FutureFormatError, match=f"reads up to {FORMAT}"):
        unseal(bytes(sealed))


def test_a_name_that_is_no_slug_is_refused_even_with_a_right_checksum():
    body = seal(BATCH)[:-32].replace(b"physics", b"phy/ics")
    with pytest.raises(BatchError, match="not a gateway's slug"):
        unseal(body + sha256(body).digest())


@pytest.mark.parametrize("rows", [0, MAX_ROWS + 1])
def test_a_batch_has_a_row_and_not_too_many(rows):
    columns = {
        "points": array("I", [0] * rows),
        "at_ms": array("q", [0] * rows),
        "values": array("d", [0.0] * rows),
        "quality": bytes(rows),
    }
    with pytest.raises(ValueError, match=f"1 to {MAX_ROWS} rows"):
        seal(replace(BATCH, **columns))


def test_columns_of_unequal_length_are_not_sealed():
    with pytest.raises(ValueError, match="columns of one length"):
        seal(replace(BATCH, quality=b"\0"))


def test_the_bytes_of_a_released_format_never_change():
    assert seal(BATCH).hex() == (
        "564c5442010007000f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0100000000000000"
        "00666bae9c01000005000000000000001e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e"
        "2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d"
        "0000000000000000000000000000000002000000706879736963730000000001"
        "00000000666bae9c01000001666bae9c010000000000000000f83f0000000000"
        "0002c0000179af8d9d6d7b6bed478a7312a1de850704e212afd6ea033142852c"
        "1561c20692"
    )
    assert BATCH.key == ("physics", "0f" * 16, 1)
