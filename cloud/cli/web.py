"""`voltonic-cloud web`, as `run` starts it: the web server on an open socket."""

from pathlib import Path
from typing import Any, Final

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from cloud.app import create_app
from cloud.cli.child import end_with, parent_option
from cloud.cli.opening import data_option, settings_of
from cloud.config import Settings
from cloud.store.database import Database

THREADS: Final = 256

_GRACE_S: Final = 5


@click.command(hidden=True)
@click.option("--fd", type=int, required=True, help="The listening socket.")
@parent_option
@data_option
def web(fd: int, parent: int | None, data: Path | None) -> None:
    """Serve on a socket that is already open."""
    end_with(parent)
    _Server(settings_of(data), fd).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with one process, so that what it caches is cached once."""

    def __init__(self, settings: Settings, fd: int) -> None:
        self._settings, self._fd = settings, fd
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"fd://{self._fd}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": _GRACE_S,
            "keepalive": 75,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": _post_fork,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._settings, Database(self._settings.database_url))


def _post_fork(server: Any, _worker: object) -> None:
    end_with(server.pid)
