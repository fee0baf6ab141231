"""The gateway's private key: made once, readable by its owner only."""

import os
import stat
from pathlib import Path
from typing import Final

from contract.signing import new_private_key, public_key

_FILE_NAME: Final = "identity.key"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class IdentityError(Exception):
    """The key cannot be used; the message says why and what to do."""


def private_key(data_dir: Path) -> str:
    """Return the private key in `data_dir`, making it at the first call.

    Raises:
        IdentityError: The file is damaged or open to others.
    """
    path = data_dir / _FILE_NAME
    if not path.exists():
        _create(path)
    if path.stat().st_mode & _OTHERS:
        raise IdentityError(f"{path} can be read by others; chmod 600 {path}")
    key = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        public_key(key)
    except ValueError as error:
        raise IdentityError(
            f"{path} holds no key of 64 hex digits; restore it, or delete it and"
            " register the new key at the cloud"
        ) from error
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(new_private_key() + "\n")
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
