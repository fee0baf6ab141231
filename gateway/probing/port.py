"""A serial port opened for a search, by nobody else meanwhile."""

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from gateway.lines import LineDownError


@contextmanager
def opened(
    path: str, baudrate: int, parity: str, timeout_s: float
) -> Iterator[serial.Serial]:
    """Yield the port, 8 bits and 1 stop bit.

    Raises:
        LineDownError: It cannot be opened, or was unplugged; the message says why.
    """
    if not Path(path).exists():
        raise LineDownError(f"serial port {path} does not exist")
    if not os.access(path, os.R_OK | os.W_OK):
        raise LineDownError(
            f"no permission to open {path}; add the user to the group dialout"
        )
    if os.path.realpath(path).startswith("/dev/pts/"):
        parity = serial.PARITY_NONE  # a pty has none to set, and says so
    try:
        with serial.Serial(
            path, baudrate, parity=parity, timeout=timeout_s, exclusive=True
        ) as port:
            yield port
    except (OSError, ValueError, termios.error) as error:
        raise LineDownError(
            f"cannot open {path}: it is in use by another program, or not a serial"
            f" port ({error})"
        ) from error
