"""A serial port that is a pty, under a name that stays when it is plugged in again."""

import asyncio
import os
import pty
import tempfile
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_READ_BYTES = 4096


class PtyPort:
    """The far end of a serial port.

    Attributes:
        path: What a gateway opens.
    """

    def __init__(self, heard: Callable[[bytes], None] | None = None) -> None:
        """Make a port that is not plugged in yet.

        Args:
            heard: Called with what the gateway sends.
        """
        self.path = f"{tempfile.gettempdir()}/voltonic-pty-{uuid4().hex}"
        self._heard = heard
        self._master: int | None = None
        self._slave = -1

    def plug(self) -> None:
        """Be there, on the running event loop."""
        if self._master is not None:
            return
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        Path(self.path).symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def unplug(self) -> None:
        """Be away; any number of times."""
        master, self._master = self._master, None
        if master is None:
            return
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
        os.close(self._slave)
        Path(self.path).unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Send; what nobody reads is lost, as on a wire."""
        if self._master is not None and data:
            with suppress(BlockingIOError, OSError):
                os.write(self._master, data)

    def _readable(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, _READ_BYTES)
        except (BlockingIOError, OSError):
            return
        if self._heard is not None:
            self._heard(data)
