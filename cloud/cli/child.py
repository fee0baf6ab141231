"""How the parts of `run` are started, and made to end with it."""

import ctypes
import os
import signal
import subprocess
import sys
from time import monotonic
from typing import Final

import click

WATCHED: Final = frozenset(
    {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
)
"""Signals that the parent waits for, and so blocks."""

parent_option: Final = click.option(
    "--parent", type=int, hidden=True, help="End with this process."
)

_PR_SET_PDEATHSIG: Final = 1
_SOON_S: Final = 5.0


def end_with(parent: int | None) -> None:
    """Have the kernel kill this process when `parent` ends, however that ends."""
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


class Child:
    """One part of `run`, started again when it ends by itself."""

    def __init__(self, *arguments: str, fds: tuple[int, ...] = ()) -> None:
        parent = "--parent", str(os.getpid())
        self._command = (sys.executable, "-m", "cloud", *arguments, *parent)
        self._fds = fds
        self.process = self._started()

    def revive(self) -> bool:
        """Start it again if it has ended; False if it does not stay up."""
        if self.process.poll() is None:
            return True
        if monotonic() - self._since < _SOON_S:
            return False
        self.process = self._started()
        return True

    def stop(self, deadline: float) -> None:
        """Wait for its end until `deadline`, by the monotonic clock; then kill it."""
        try:
            self.process.wait(max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        self._since = monotonic()
        return subprocess.Popen(self._command, pass_fds=self._fds, stdout=sys.stderr)
