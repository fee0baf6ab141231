"""What systemd is told: ready, status, still alive, stopping; nothing elsewhere.

Protocol: sd_notify(3) and sd_watchdog_enabled(3).
"""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Self

_MICROSECONDS: Final = 1e6


class Notifier:
    """Sends to the socket that systemd named; without one it does nothing.

    Attributes:
        watchdog_s: How often systemd wants a sign of life; None if it does not. [s]
    """

    def __init__(self, address: str, watchdog_s: float | None) -> None:
        self.watchdog_s = watchdog_s
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._last_status = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], pid: int) -> Self:
        """Return what the environment of this process asks for."""
        watched = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
        usec = environment.get("WATCHDOG_USEC", "")
        asked = watched and usec.isdigit() and int(usec) > 0
        return cls(
            environment.get("NOTIFY_SOCKET", ""),
            int(usec) / _MICROSECONDS if asked else None,
        )

    def ready(self) -> None:
        """Say that the gateway does its work."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that the gateway starts again, with a new configuration."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Say that the gateway ends."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        if self.watchdog_s is not None:
            self._send("WATCHDOG=1")

    def status(self, words: str) -> None:
        """Say in one line how the gateway is, when that has changed."""
        if words != self._last_status:
            self._last_status = words
            self._send(f"STATUS={words}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with (
            suppress(OSError),  # a service manager that is gone needs no telling
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        ):
            sender.connect(self._address)
            sender.sendall(message.encode())
