"""The PIN of the status page: kept as a hash, and not to be guessed."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

SHORTEST: Final = 6
LONGEST: Final = 64

_ROUNDS: Final = 300_000
_MOST_ROUNDS: Final = 5_000_000
_SALT_BYTES: Final = 16
_FREE_TRIES: Final = 5
_WAIT_S: Final = 60.0
_LONGEST_WAIT_S: Final = 3600.0


def keep(path: Path, pin: str) -> None:
    """Write the hash of `pin` to the file, readable by its owner only.

    Raises:
        ValueError: It is too short, or too long.
    """
    if not SHORTEST <= len(pin) <= LONGEST:
        raise ValueError(f"a PIN has {SHORTEST} to {LONGEST} characters")
    salt = secrets.token_bytes(_SALT_BYTES)
    row = f"pbkdf2_sha256${_ROUNDS}${salt.hex()}${_hash(pin, salt, _ROUNDS).hex()}\n"
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(row)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)


def is_right(path: Path, pin: str) -> bool:
    """Return whether `pin` is the one kept in the file; takes a while on purpose.

    Raises:
        OSError: There is no such file.
        ValueError: It holds no hash.
    """
    match path.read_text(encoding="ascii").strip().split("$"):
        case ["pbkdf2_sha256", rounds, salt, kept] if 0 < int(rounds) <= _MOST_ROUNDS:
            found = _hash(pin[:LONGEST], bytes.fromhex(salt), int(rounds))
            return hmac.compare_digest(found, bytes.fromhex(kept))
    raise ValueError(f"{path} holds no PIN; set one with voltonic-gateway pin")


class Tries:
    """How often a PIN was wrong; after some times each further try has to wait."""

    def __init__(self) -> None:
        self._wrong = 0
        self._not_before_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """Return how long the next try has to wait. [s]."""
        return max(0.0, self._not_before_s - now_s)

    def begun(self, now_s: float) -> None:
        """Count a try as wrong until it proves right, so that none can run beside."""
        self._wrong += 1
        beyond = self._wrong - _FREE_TRIES
        if beyond >= 0:
            self._not_before_s = now_s + min(_WAIT_S * 2**beyond, _LONGEST_WAIT_S)

    def was_right(self) -> None:
        """Forget what was wrong."""
        self._wrong, self._not_before_s = 0, 0.0


def _hash(pin: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)
