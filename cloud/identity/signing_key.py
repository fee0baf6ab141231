"""The key that models are signed with: made once, readable by its owner only."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from contract.signing import new_private_key, public_key

FILE_NAME: Final = "signing.key"
"""In the data directory, unless the settings name another file."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class SigningKeyError(Exception):
    """The key cannot be used; the message says why and what to do."""


def signing_key(path: Path) -> str:
    """Return the private key in the file, made at the first call.

    Raises:
        SigningKeyError: The file is damaged, open to others, or can't be read or made.
    """
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & _OTHERS:
            raise SigningKeyError(f"{path} can be read by others; chmod 600 {path}")
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise SigningKeyError(
            f"{path}: {error.strerror}; give the user of the cloud that file, or name"
            " another with VOLTONIC_SIGNING_KEY"
        ) from error
    try:
        public_key(key)
    except ValueError as error:
        raise SigningKeyError(
            f"{path} holds no key of 64 hex digits; restore it, or delete it and give"
            " every gateway the new public key"
        ) from error
    return key


def _create(path: Path) -> None:
    """Make the file as a whole; of two that do so at once, the first one's stays."""
    descriptor, partial = mkstemp(dir=path.parent, prefix=path.name)  # 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(new_private_key() + "\n")
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            path.hardlink_to(partial)
    finally:
        Path(partial).unlink()
