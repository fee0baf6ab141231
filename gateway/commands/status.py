"""`voltonic-gateway status`: how the gateway is, running or not."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gateway.commands import config_option
from gateway.commands.forecast_words import about_forecast
from gateway.forecaster.device import FORECAST_FILE

_SHORT_S: Final = 600

if TYPE_CHECKING:
    from rich.table import Table

    from gateway.config import Settings


@click.command(
    epilog="""\b
Examples:
  voltonic-gateway status
  voltonic-gateway status --config ./gateway.toml --json
"""
)
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def status(config: Path, as_json: bool) -> None:
    """Show the buffer, the link to the cloud, the forecast, and each device's health.

    Asks the running gateway; reads what it left on disk if none runs.
    """
    from gateway.buffer import UnusableError
    from gateway.config import ConfigError, load
    from gateway.daemon.control_socket import NoAnswerError

    try:
        settings = load(config)
        figures = _figures(settings)
    except (ConfigError, UnusableError, NoAnswerError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(figures, indent=2))
    else:
        _show(figures, settings.node)


def _figures(settings: "Settings") -> Mapping[str, object]:
    from gateway.buffer import hours_left, totals_at_rest
    from gateway.daemon.control_socket import NotRunningError, ask
    from gateway.daemon.status import about_buffer

    try:
        return {"running": True, **ask(settings.data_dir, {"status": True})}
    except NotRunningError:
        totals, free_bytes = totals_at_rest(settings.data_dir)
    return {
        "running": False,
        **about_buffer(totals, hours_left(totals, free_bytes), is_full=False),
        "last_contact_ms": totals.last_contact_ms,
        "forecast": _told_last(settings),
        "devices": [
            {"node": each.entry.node, "name": each.entry.name, "state": "not polled"}
            for each in settings.devices
        ],
    }


def _told_last(settings: "Settings") -> object:
    """Return what the forecaster told last, while a gateway ran; None if nothing."""
    if not settings.forecasts:
        return None
    try:
        told: object = json.loads((settings.data_dir / FORECAST_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return told


def _show(figures: Mapping[str, object], node: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    summary = Table(show_header=False, box=None)
    for name, value in _summary(figures):
        summary.add_row(name, value)
    console.print(summary)
    match figures.get("devices"):
        case [*devices] if devices:
            console.print(_devices(devices, node))


def _summary(figures: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield "gateway", "running" if figures["running"] else "not running"
    yield "last contact", _ago(figures.get("last_contact_ms"))
    if trouble := figures.get("trouble"):
        yield "trouble", f"{trouble}: {figures.get('trouble_detail', '')}"
    for name in ("produced", "delivered", "declared_lost"):
        yield name.replace("_", " "), f"{figures[name]} readings"
    match figures["buffer"]:
        case {"readings": waiting, "parked": parked, "hours_left": hours, **more}:
            yield "pending", f"{waiting} readings"
            if parked:
                yield "set aside", f"{parked} batches"
            yield "buffer holds", _hours(hours)
            if more.get("disk_full"):
                yield "disk", "full: new readings wait in memory"
    yield from about_forecast(figures.get("forecast"))


def _hours(hours: object) -> str:
    if not isinstance(hours, int | float):
        return "known after five minutes of readings"
    return f"{hours:.0f} h more" if hours >= 1 else f"{hours:.1f} h more"


def _devices(devices: list[object], own_node: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table("device", "state", "last answer", "error", box=box.SIMPLE)
    table.columns[0].overflow = "fold"
    for device in devices:
        match device:
            case {"node": str(node), "name": str(name), "state": str(state), **more}:
                ago = _ago(more.get("last_ok_ms"))
                path = f"{node}/{name}".removeprefix(f"{own_node}/")
                is_new = state == "offline" and not more.get("last_ok_ms")
                error = more.get("error") or ("not asked yet" if is_new else "")
                table.add_row(path, state, ago, str(error))
    return table


def _ago(at_ms: object) -> str:
    if not isinstance(at_ms, int):
        return "never"
    seconds = max(0.0, time.time() - at_ms / 1000)
    if seconds < _SHORT_S:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 3600:.1f} h ago"
