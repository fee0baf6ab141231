import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.signing import (
    SignatureError,
    is_signed_by,
    new_private_key,
    opened,
    public_key,
    seal,
    sign,
)

KEY = new_private_key()
PUBLIC = public_key(KEY)


@given(st.binary(max_size=500))
def test_the_owner_of_the_key_signed_it(message):
    assert is_signed_by(PUBLIC, sign(KEY, message), message)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_changed_message_was_not_signed(message, data):
    changed = bytearray(message)
    changed[data.draw(st.integers(0, len(message) - 1))] ^= data.draw(
        st.integers(1, 255)
    )
    assert not is_signed_by(PUBLIC, sign(KEY, message), bytes(changed))


def test_another_key_did_not_sign_it():
    assert not is_signed_by(public_key(new_private_key()), sign(KEY, b"x"), b"x")


@pytest.mark.parametrize("signature", ["", "zz", "00", "00" * 64, "é" * 128])
def test_nonsense_is_not_a_signature(signature):
    assert not is_signed_by(PUBLIC, signature, b"x")


@pytest.mark.parametrize("key", ["", "zz", "00", "é" * 64])
def test_nonsense_is_not_a_key(key):
    assert not is_signed_by(key, sign(KEY, b"x"), b"x")
    with pytest.raises(ValueError, match=r"."):
        sign(key, b"x")


def test_keys_are_random_and_64_hex_digits():
    assert new_private_key() != new_private_key()
    assert len(bytes.fromhex(KEY)) == len(bytes.fromhex(PUBLIC)) == 32


def test_the_first_vector_of_rfc_8032():
    key = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    assert public_key(key) == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert sign(key, b"").startswith("e5564300c360ac729086e2cc806e828a")


SEALED = seal(KEY, "model", b"what is promised")


@given(st.binary(max_size=300))
def test_a_sealed_document_tells_who_signed_what(message):
    found = opened("model", seal(KEY, "model", message))
    assert (found.public_key, found.message) == (PUBLIC, message)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_a_sealed_document_with_any_changed_byte_is_refused(place, change):
    changed = bytearray(SEALED)
    changed[place] ^= change
    with pytest.raises(SignatureError):
        opened("model", bytes(changed))


@given(st.integers(0, len(SEALED) - 1))
def test_a_sealed_document_that_is_cut_short_is_refused(length):
    with pytest.raises(SignatureError):
        opened("model", SEALED[:length])


def test_what_was_sealed_for_one_purpose_is_nothing_else():
    with pytest.raises(SignatureError, match="signed as model, not as plan"):
        opened("plan", SEALED)
    renamed = SEALED.replace(b" model ", b" plan ", 1)
    with pytest.raises(SignatureError, match="does not fit"):
        opened("plan", renamed)


@pytest.mark.parametrize(
    "noise", [b"", b"{}", b"voltonic model 00 00\n", b"\xff" * 300]
)
def test_what_carries_no_signature_is_refused(noise):
    with pytest.raises(SignatureError, match="no signature"):
        opened("model", noise)
