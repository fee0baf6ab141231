"""`voltonic-gateway watch`: what the devices say, as a live table."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gateway.commands import config_option
from gateway.commands.live_table import block

if TYPE_CHECKING:
    from gateway.config import Settings

_TO_TOP: Final = "\x1b[H"
_CLEAR_REST: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


@click.command(
    short_help="Show the devices' newest values, live.",
    epilog="""\b
Examples:
  voltonic-gateway watch
  voltonic-gateway watch floor-1/room-101/meter --interval 1
  voltonic-gateway watch --once --json
""",
)
@config_option
@click.argument("devices", nargs=-1)
@click.option(
    "--interval",
    "interval_s",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="Time between two looks. [s]",
)
@click.option("--once", is_flag=True, help="Look once.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON each time.")
def watch(
    config: Path,
    devices: tuple[str, ...],
    interval_s: float,
    *,
    once: bool,
    as_json: bool,
) -> None:
    """Show all devices, or every value of DEVICES, again and again until Ctrl-C.

    Asks the running gateway for its newest readings; the devices are not read anew.
    """
    from gateway.config import ConfigError, load

    try:
        settings = load(config)
        wanted = [settings.device(path).path for path in devices]
    except (ConfigError, LookupError) as error:
        raise click.ClickException(str(error)) from error
    in_place = sys.stdout.isatty() and not as_json and not once
    try:
        if in_place:
            click.echo(_HIDE + "\x1b[2J", nl=False)
        _show(_asked(settings, wanted), settings, in_place, as_json)
        while not once:
            time.sleep(interval_s)
            try:
                answer = _asked(settings, wanted)
            except click.ClickException as error:  # it may be starting again
                _tell(error.message, in_place)
                continue
            _show(answer, settings, in_place, as_json)
    except (KeyboardInterrupt, BrokenPipeError):
        return
    finally:
        if in_place:
            click.echo(_SHOW, nl=False)


def _asked(settings: "Settings", wanted: Sequence[str]) -> Mapping[str, object]:
    from gateway.daemon.control_socket import NoAnswerError, NotRunningError, ask

    try:
        answer = ask(settings.data_dir, {"values": list(wanted)})
    except NotRunningError as error:
        raise click.ClickException(
            f"{error}; start it (sudo systemctl start voltonic-gateway, or"
            " voltonic-gateway run), or read a device without it: voltonic-gateway read"
        ) from error
    except NoAnswerError as error:
        raise click.ClickException(str(error)) from error
    if "devices" not in answer:
        raise click.ClickException(str(answer.get("error", answer))[:500])
    return answer | {"detailed": bool(wanted)}


def _show(
    answer: Mapping[str, object], settings: "Settings", in_place: bool, as_json: bool
) -> None:
    if as_json:
        told = {name: answer[name] for name in ("at_ms", "devices")}
        click.echo(json.dumps(told, ensure_ascii=False))
        sys.stdout.flush()
        return
    rows = block(answer, settings.node)
    if not in_place:
        click.echo("\n".join([*rows, ""]))
        sys.stdout.flush()
        return
    width, height = _size()
    lines = [row[:width] + _CLEAR_REST for row in rows[: height - 1]]
    click.echo(_TO_TOP + "\n".join(lines) + _CLEAR_BELOW, nl=False)


def _tell(words: str, in_place: bool) -> None:
    """Show why nothing new comes, above the last values."""
    if in_place:
        click.echo(f"{_TO_TOP}{words}{_CLEAR_REST}", nl=False)
    else:
        click.echo(words, err=True)


def _size() -> tuple[int, int]:
    import shutil

    size = shutil.get_terminal_size()
    return size.columns, size.lines
