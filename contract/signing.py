"""Ed25519 signatures: who sent these bytes, and what for.

A sealed document is one line, `voltonic <purpose> <public key> <signature>`, and the
message. What is signed names the purpose, so nothing passes for something else.
"""

import re
from dataclasses import dataclass
from typing import Final

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

_SEALED: Final = re.compile(
    rb"voltonic ([a-z-]{1,20}) ([0-9a-f]{64}) ([0-9a-f]{128})\n", re.ASCII
)


class SignatureError(ValueError):
    """Not a sealed document, or changed since it was sealed; the message says which."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document whose signature fits its content.

    Attributes:
        public_key: Who signed it; whether to trust them is for the reader to say.
    """

    public_key: str
    message: bytes


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


def seal(private_key: str, purpose: str, message: bytes) -> bytes:
    """Return `message` as a document sealed for `purpose`.

    Raises:
        ValueError: `private_key` is not 64 hex digits.
    """
    signature = sign(private_key, _signed(purpose, message))
    head = f"voltonic {purpose} {public_key(private_key)} {signature}\n"
    return head.encode() + message


def opened(purpose: str, document: bytes) -> Sealed:
    """Return what was sealed for `purpose`.

    Raises:
        SignatureError: It was not, or it was changed since.
    """
    head = _SEALED.match(document)
    if head is None:
        raise SignatureError("it carries no signature")
    named, key, signature = (group.decode() for group in head.groups())
    if named != purpose:
        raise SignatureError(f"it was signed as {named}, not as {purpose}")
    message = document[head.end() :]
    if not is_signed_by(key, signature, _signed(purpose, message)):
        raise SignatureError("its signature does not fit: it was changed on the way")
    return Sealed(key, message)


def _signed(purpose: str, message: bytes) -> bytes:
    return f"voltonic {purpose}\n".encode() + message


def _private(private_key: str) -> SigningKey:
    return SigningKey(bytes.fromhex(private_key))
