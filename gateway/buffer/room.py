"""Room on the disk: a ballast file that is given up when the disk is full."""

import os
import shutil
from pathlib import Path
from typing import Final

_BALLAST_BYTES: Final = 8 * 1024 * 1024
_LARGEST_SHARE: Final = 16


class Room:
    """Space kept back, so that acknowledging and tidying can go on when full."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._ballast = data_dir / "ballast"

    def free_bytes(self) -> int:
        """Return what is free on the disk."""
        return shutil.disk_usage(self._data_dir).free

    def give_up(self) -> None:
        """Make room with what was kept back."""
        self._ballast.unlink(missing_ok=True)

    def keep_back(self) -> bool:
        """Keep room back again; return whether there is enough for that."""
        size = min(
            _BALLAST_BYTES, shutil.disk_usage(self._data_dir).total // _LARGEST_SHARE
        )
        if self._ballast.exists() and self._ballast.stat().st_size == size:
            return True
        descriptor = os.open(self._ballast, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError:
            self.give_up()
            return False
        finally:
            os.close(descriptor)
        return True
