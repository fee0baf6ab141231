"""Ed25519 signatures: who sent these bytes."""

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey


def new_private_key() -> str:
    """Return a fresh private key, 64 hex digits."""
    return SigningKey.generate().encode().hex()


def public_key(private_key: str) -> str:
    """Return the public key of `private_key`, 64 hex digits.

    Raises:
        ValueError: `private_key` is not 64 hex digits.
    """
    return _private(private_key).verify_key.encode().hex()


def sign(private_key: str, message: bytes) -> str:
    """Return the signature of `message`, 128 hex digits.

    Raises:
        ValueError: `private_key` is not 64 hex digits.
    """
    return _private(private_key).sign(message).signature.hex()


def is_signed_by(public_key: str, signature: str, message: bytes) -> bool:
    """Return whether `signature` is the owner of `public_key`'s over `message`."""
    try:
        key = VerifyKey(bytes.fromhex(public_key))
        key.verify(message, bytes.fromhex(signature))
    except (ValueError, CryptoError):
        return False
    return True


def _private(private_key: str) -> SigningKey:
    return SigningKey(bytes.fromhex(private_key))
