"""`voltonic-gateway check`: is this configuration usable on this machine?"""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from gateway.commands import config_option
from gateway.config import ConfigError, Settings, load
from gateway.config.machine import refuse_unusable
from gateway.lines import ListenLine, SerialLine


@click.command(
    short_help="Check the configuration; say what to correct.",
    epilog="""\b
Examples:
  voltonic-gateway check --config ./gateway.toml
""",
)
@config_option
def check(config: Path) -> None:
    """Check the configuration and every file and port it names; say what to correct."""
    try:
        settings = load(config)
        refuse_unusable(settings)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    faults = list(_unusable_ports(settings))
    for fault in faults:
        click.echo(f"Error: {config}: {fault}", err=True)
    if faults:
        raise click.exceptions.Exit(1)
    devices, lines = len(settings.devices), len(settings.lines)
    click.echo(f"{config}: correct; {devices} devices on {lines} lines")


def _unusable_ports(settings: Settings) -> Iterator[str]:
    for name, line in settings.lines.items():
        if not isinstance(line, SerialLine | ListenLine):
            continue
        if not Path(line.port).exists():
            yield (
                f"lines.{name}.port: serial port {line.port} does not exist; see"
                " ls /dev/serial/by-id for those that do"
            )
        elif not os.access(line.port, os.R_OK | os.W_OK):
            yield (
                f"lines.{name}.port: no permission to open {line.port}; add the user"
                " to the group dialout"
            )
