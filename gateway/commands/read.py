"""`voltonic-gateway read`: what a device says now, register by register."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from contract.reading import Reading
from gateway.commands import config_option
from gateway.commands.live_table import age, unit
from gateway.config import ConfigError, Settings, load
from gateway.cycle.devices import connection
from gateway.daemon import control_socket
from gateway.daemon.control_socket import NotRunningError, ask
from gateway.driver import Device, Shown, Surroundings
from gateway.lines import (
    DeviceError,
    DeviceSettings,
    LineSettings,
    NoAnswerError,
    RtuTcpLine,
    SerialLine,
    TcpLine,
)
from gateway.snapshot import NO_STATE

_ANSWERS_WITHIN_S: Final = 45.0
"""Longer than a device that sends by itself may keep silent."""
_SPEAKS_WITHIN_S: Final = 15.0
_LOOK_AGAIN_S: Final = 0.2


@click.command(
    epilog="""\b
Examples:
  voltonic-gateway read floor-1/room-101/meter
  voltonic-gateway read --config ./gateway.toml --json main
"""
)
@config_option
@click.argument("device")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def read(config: Path, device: str, as_json: bool) -> None:
    """Read DEVICE once, e.g. floor-1/room-101/meter.

    Asks the running gateway; opens the line itself if none runs.
    """
    try:
        settings = load(config)
        found = settings.device(device)
    except (ConfigError, LookupError) as error:
        raise click.ClickException(str(error)) from error
    try:
        answer: Mapping[str, object] = ask(
            settings.data_dir, {"read": found.path}, _ANSWERS_WITHIN_S
        )
    except control_socket.NoAnswerError as error:
        raise click.ClickException(str(error)) from error
    except NotRunningError:
        answer = asyncio.run(_read(settings, found))
    match answer:
        case {"values": [*values]}:
            click.echo(json.dumps(values, indent=2) if as_json else _table(values))
        case {"error": str(reason)}:
            raise click.ClickException(reason)
        case _:
            raise click.ClickException(f"unexpected answer: {str(answer)[:200]}")


async def _read(settings: Settings, device: DeviceSettings) -> dict[str, object]:
    line = settings.lines[device.line]
    bus = connection(line, settings.models, Surroundings(_now, _forget, _nothing_kept))
    meter = bus.device(device)
    try:
        await bus.connect()
        rows = await _rows(meter, line)
    except DeviceError as error:
        return {"error": f"{device.path}: {error}"}
    finally:
        bus.close()
    return {"values": [row.to_json(_now()) for row in rows]}


async def _rows(meter: Device, line: LineSettings) -> Sequence[Shown]:
    """Return what the device says; one that speaks by itself is waited for."""
    is_asked = isinstance(line, TcpLine | RtuTcpLine | SerialLine)
    until = time.monotonic() + (0 if is_asked else _SPEAKS_WITHIN_S)
    while True:
        try:
            return await meter.inspect(_now)
        except NoAnswerError:
            if time.monotonic() >= until:
                raise
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _forget(
    readings: Sequence[Reading], state: Mapping[str, bytes | None] = NO_STATE
) -> None:
    """Keep nothing: a technician only looks."""


def _nothing_kept(prefix: str) -> dict[str, bytes]:  # noqa: ARG001
    return {}


def _now() -> datetime:
    return datetime.now(UTC)


def _table(values: list[object]) -> str:
    rows = [_row(value) for value in values if isinstance(value, Mapping)]
    return "\n".join(rows) or "it answers, and has no value"


def _row(row: Mapping[str, object]) -> str:
    value = row["value"]
    shown = f"{value:.6g}" if isinstance(value, int | float) else "absent"
    return (
        f"{row['quantity']:<22}{shown:>14} {unit(row):<6}"
        f"{_age(row.get('age_s')):>9}  {row['register']:<18} {row['raw']}".rstrip()
    )


def _age(seconds: object) -> str:
    return age(seconds) if isinstance(seconds, int | float) else ""
