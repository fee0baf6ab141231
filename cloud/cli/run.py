"""`voltonic-cloud run`: the web server and the worker, kept running together."""

import signal
import socket
import sys
from pathlib import Path
from time import monotonic
from typing import Final

import click

from cloud.cli.child import WATCHED, Child
from cloud.cli.opening import data_option, opened, settings_of
from cloud.identity.first_administrator import first_administrator_link

_BACKLOG: Final = 512
_STOP_S: Final = 15.0
_LOOK_EVERY_S: Final = 2.0  # a library's thread may have taken the signal of an end
_STOPS: Final = WATCHED - {signal.SIGCHLD}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=5000, show_default=True)
@data_option
def run(host: str, port: int, data: Path | None) -> None:
    """Serve the API and the dashboard, and work in the background, until stopped.

    \b
    Example:
      voltonic-cloud run --port 5000 --data ./data
    """  # noqa: D301 \b is click's
    folder = settings_of(data).data
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    with _listening(host, port) as listener, opened(data) as database:
        url = _url(host, listener.getsockname()[1])
        link = first_administrator_link(database, url)
        children = _start(listener, folder)
        click.echo(f"Voltonic is at {url}")
        if link is not None:
            click.echo(f"First administrator: {link}")
        sys.stdout.flush()
        sys.exit(_supervise(children))


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        click.echo(
            f"{host}:{port}: {error.strerror}; choose another with --port", err=True
        )
        sys.exit(2)


def _url(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    return f"http://{shown}:{port}"


def _start(listener: socket.socket, data: Path) -> list[Child]:
    place = "--data", str(data)
    fd = listener.fileno()
    return [
        Child("web", "--fd", str(fd), *place, fds=(fd,)),
        Child("worker", *place),
    ]


def _supervise(children: list[Child]) -> int:
    """Keep the children running until a signal to stop; return the exit status."""
    while True:
        caught = signal.sigtimedwait(WATCHED, _LOOK_EVERY_S)
        if caught is not None and caught.si_signo in _STOPS:
            return _stop(children, 0)
        if not all(child.revive() for child in children):
            click.echo("a part ended right after its start; the log says why", err=True)
            return _stop(children, 1)


def _stop(children: list[Child], status: int) -> int:
    deadline = monotonic() + _STOP_S
    for child in children:
        child.process.terminate()
    for child in children:
        child.stop(deadline)
    return status
