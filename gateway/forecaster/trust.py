"""Whose signature counts: the key that was configured, else the first that was met."""

import re
from pathlib import Path
from typing import Final

from contract.promise import ManifestError
from gateway.forecaster import disk

_FILE_NAME: Final = "cloud.key"
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_SHOWN: Final = 12


class Trust:
    """The public key of the cloud."""

    def __init__(self, folder: Path, configured: str) -> None:
        """Take the `configured` key; without one, the one met first is kept."""
        self._path = folder / _FILE_NAME
        self._configured = configured

    def check(self, public_key: str) -> None:
        """Return if the owner of `public_key` may publish models for this gateway.

        Raises:
            ManifestError: Another key is trusted; the message says what to do.
        """
        trusted = self._configured or self._pinned()
        if trusted is None or public_key == trusted:
            return
        shown = f"{public_key[:_SHOWN]}…, trusted is {trusted[:_SHOWN]}…"
        if self._configured:
            raise ManifestError(
                f"signed with another key than [cloud] key in gateway.toml: {shown};"
                " if the cloud has a new key, write there what"
                " `voltonic-cloud key signing` prints"
            )
        raise ManifestError(
            f"signed with another key than the first that was met: {shown};"
            f" if the cloud has a new key, delete {self._path}, or write it as"
            " [cloud] key in gateway.toml"
        )

    def pin(self, public_key: str) -> None:
        """Keep the key of a model that was accepted, if it is the first one met."""
        if not self._configured and self._pinned() is None:
            disk.replace(self._path, f"{public_key}\n".encode())

    def _pinned(self) -> str | None:
        """Return the kept key.

        Raises:
            ManifestError: The file is damaged; nobody is trusted instead of anybody.
        """
        try:
            key = self._path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not _KEY.fullmatch(key):
            raise ManifestError(
                f"{self._path} holds no key of 64 hex digits; delete it, or write the"
                " cloud's key as [cloud] key in gateway.toml"
            )
        return key
