"""The subcommands of `voltonic-gateway`, one file each, imported when asked for."""

from pathlib import Path
from typing import Final

import click

config_option: Final = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path),
    default=Path("/etc/voltonic/gateway.toml"),
    show_default=True,
    envvar="VOLTONIC_GATEWAY_CONFIG",
    help="The gateway's configuration.",
)
