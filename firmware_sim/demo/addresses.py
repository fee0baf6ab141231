"""Where the demo's programs listen: free ports, and those that were asked for."""

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class PortTakenError(Exception):
    """Somebody listens on the port that was asked for."""


def require_free(port: int) -> None:
    """Return if `port` can be listened on.

    Raises:
        PortTakenError: It can't.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortTakenError(f"port {port}: {error.strerror}") from error


def reserved_port() -> socket.socket:
    """Return a socket that keeps a free port without listening on it.

    Connections are refused; only sockets that also ask for `SO_REUSEPORT` share it.
    """
    return _bound(0)


def sharing(port: int) -> socket.socket:
    """Return a socket bound to a port that `reserved_port` keeps."""
    return _bound(port)


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((LOOPBACK, port))
    return bound
