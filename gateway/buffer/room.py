"""Room on the disk: a ballast file that is given up when the disk is full."""

import os
import shutil
from pathlib import Path
from typing import Final

_BALLAST_BYTES: Final = 8 * 1024 * 1024
"""More than the write-ahead log takes, which must fit into the database when full."""
_LARGEST_SHARE: Final = 4


class Room:
    """Space kept back, so that acknowledging and tidying can go on when full."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._ballast = data_dir / "ballast"
        total = shutil.disk_usage(data_dir).total
        self._size = min(_BALLAST_BYTES, total // _LARGEST_SHARE)
        self._is_kept = False

    def free_bytes(self) -> int:
        """Return what is free on the disk."""
        return shutil.disk_usage(self._data_dir).free

    def fits(self, size: int) -> bool:
        """Return whether `size` bytes fit on the disk beside what is kept back."""
        return self.free_bytes() >= size + (0 if self._is_kept else self._size)

    def give_up(self) -> None:
        """Make room with what was kept back."""
        self._ballast.unlink(missing_ok=True)
        self._is_kept = False

    def keep_back(self) -> bool:
        """Keep room back, if there is twice as much; return whether it is kept."""
        if not self._is_kept and self.free_bytes() >= 2 * self._size:
            self._is_kept = self._allocate()
        return self._is_kept

    def _allocate(self) -> bool:
        descriptor = os.open(self._ballast, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            self.give_up()
            return False
        finally:
            os.close(descriptor)
        return True
