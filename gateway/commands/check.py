"""`voltonic-gateway check`: is this configuration usable on this machine?"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from gateway.commands import config_option
from gateway.config import ConfigError, Settings, load
from gateway.config.machine import refuse_unusable
from gateway.drivers.iec62056.line import IecLine
from gateway.drivers.mbus.line import MbusLine
from gateway.drivers.mqtt.line import MqttLine
from gateway.drivers.pulse.line import GpioPin, PulseLine
from gateway.lines import LineSettings, ListenLine, SerialLine
from gateway.wire import SerialPort

_SERIAL: Final = ("serial port", "dialout")


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
    faults = [*_unusable_ports(settings), *_unreadable_files(settings)]
    for fault in faults:
        click.echo(f"Error: {config}: {fault}", err=True)
    if faults:
        raise click.exceptions.Exit(1)
    devices, lines = len(settings.devices), len(settings.lines)
    click.echo(f"{config}: correct; {devices} devices on {lines} lines")


def _unusable_ports(settings: Settings) -> Iterator[str]:
    for name, line in settings.lines.items():
        port = _device_file(line)
        if port is None:
            continue
        is_pin = isinstance(line, PulseLine) and isinstance(line.place, GpioPin)
        key = "gpiochip" if is_pin else "port"
        kind, group = ("GPIO controller", "gpio") if is_pin else _SERIAL
        if not Path(port).exists():
            folder = "/dev/gpiochip*" if is_pin else "/dev/serial/by-id"
            yield (
                f"lines.{name}.{key}: {kind} {port} does not exist; see"
                f" ls {folder} for those that do"
            )
        elif not os.access(port, os.R_OK | os.W_OK):
            yield (
                f"lines.{name}.{key}: no permission to open {port}; add the user"
                f" to the group {group}"
            )


def _unreadable_files(settings: Settings) -> Iterator[str]:
    for name, line in settings.lines.items():
        if not isinstance(line, MqttLine):
            continue
        files = {"password_file": line.password_file, "ca_file": line.ca_file}
        for key, path in files.items():
            if path is not None and not os.access(path, os.R_OK):
                yield (
                    f"lines.{name}.{key}: {path} cannot be read; make it, or give it to"
                    " the user the gateway runs as"
                )


def _device_file(line: LineSettings) -> str | None:
    """Return the device file that a line needs, None where it needs none."""
    match line:
        case SerialLine() | ListenLine():
            return line.port
        case MbusLine(place=SerialPort(port=port)):
            return port
        case IecLine(place=SerialPort(port=port)):
            return port
        case PulseLine(place=SerialPort(port=port)):
            return port
        case PulseLine(place=GpioPin(chip=chip)):
            return chip
    return None
