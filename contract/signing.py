"""Ed25519 signatures: who sent these bytes."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


def new_private_key() -> str:
    """Return a fresh private key, 64 hex digits."""
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def public_key(private_key: str) -> str:
    """Return the public key of `private_key`, 64 hex digits.

    Raises:
        ValueError: `private_key` is not 64 hex digits.
    """
    return _private(private_key).public_key().public_bytes_raw().hex()


def sign(private_key: str, message: bytes) -> str:
    """Return the signature of `message`, 128 hex digits.

    Raises:
        ValueError: `private_key` is not 64 hex digits.
    """
    return _private(private_key).sign(message).hex()


def is_signed_by(public_key: str, signature: str, message: bytes) -> bool:
    """Return whether `signature` is the owner of `public_key`'s over `message`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _private(private_key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private_key))
