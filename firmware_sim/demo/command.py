"""The command `voltonic-sim demo`."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from aiohttp import ClientError

from firmware_sim.demo import addresses, csv_energy
from firmware_sim.demo.asks import AskError
from firmware_sim.demo.csv_energy import SourceError
from firmware_sim.demo.installation import fresh
from firmware_sim.demo.ledger import Ledger
from firmware_sim.demo.options import Options
from firmware_sim.demo.processes import ProgramError
from firmware_sim.demo.run import run
from firmware_sim.demo.screen import Screen
from firmware_sim.demo.stand import DemoError
from firmware_sim.demo.truth import TruthError

_DIRECTORY: Final = click.Path(path_type=Path, file_okay=False)
_INTERRUPTED: Final = 130
_FAILURES: Final = (AskError, ClientError, DemoError, ProgramError, TruthError)

_OPTIONS: Final = (
    click.option(
        "--buildings",
        type=click.IntRange(1, 12),
        default=12,
        show_default=True,
        help="How many of the campus's buildings.",
    ),
    click.option(
        "--for",
        "duration_s",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="End so long after the first live values, with a ledger; "
        "default: run until Ctrl-C.",
    ),
    click.option(
        "--port",
        type=click.IntRange(1, 65535),
        default=5000,
        show_default=True,
        help="Port of the dashboard and the API.",
    ),
    click.option(
        "--data",
        type=_DIRECTORY,
        help="Empty directory for all files; default: a temporary one.",
    ),
    click.option(
        "--history-days",
        type=click.IntRange(1, 365),
        default=30,
        show_default=True,
        help="Days polled under the simulated clock before the live part.",
    ),
    click.option(
        "--replay",
        type=_DIRECTORY,
        help="Play the real meter history in this directory instead of the twin.",
    ),
    click.option("--site", help="Site of the replay; default: the first one."),
    click.option(
        "--speed",
        type=click.FloatRange(0),
        metavar="FACTOR",
        help="Simulated seconds per real second of a replay; "
        "default: as fast as it goes.",
    ),
    click.option(
        "--chaos", is_flag=True, help="Kill gateways and cloud, cut links, at random."
    ),
    click.option("--seed", default=7, show_default=True, help="World and chaos."),
    click.option("--keep", is_flag=True, help="Keep the temporary directory."),
    click.option("--json", "as_json", is_flag=True, help="Print the ledger on stdout."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@_with_options
def demo(  # noqa: PLR0913  # one parameter for each option
    buildings: int,
    duration_s: float | None,
    port: int,
    data: Path | None,
    history_days: int,
    replay: Path | None,
    site: str | None,
    speed: float | None,
    chaos: bool,
    seed: int,
    keep: bool,
    as_json: bool,
) -> None:
    """Run simulators, gateways and the cloud together; see them work.

    Thirty days of history are polled by the gateways under a simulated clock, then
    polling is live. The ledger at the end compares what was produced with what
    arrived, and the cloud's figures with the simulators' own; the exit code is 1
    when something does not balance.

    \b
    Examples:
      voltonic-sim demo
      voltonic-sim demo --buildings 2 --history-days 3
      voltonic-sim demo --for 180 --chaos --json > ledger.json
      voltonic-sim demo --replay ./my-meters --for 120 --json
    """  # noqa: D301  # \b keeps the lines as they are
    _check(port, replay, site, chaos=chaos)
    home = _home(data)
    options = Options(
        data=home,
        port=port,
        seed=seed,
        buildings=buildings,
        history_days=history_days,
        duration_s=duration_s,
        chaos=chaos,
        speed=speed or None,
        replay=None if replay is None else replay.resolve(),
        site=site,
        ledger_on_interrupt=as_json,
    )
    code = _play(options, as_json=as_json)
    if data is None and not keep and code in (0, _INTERRUPTED):
        shutil.rmtree(home)
    elif data is None:
        click.echo(f"kept: {home}", err=True)
    sys.exit(code)


def _check(port: int, replay: Path | None, site: str | None, *, chaos: bool) -> None:
    try:
        addresses.require_free(port)
    except addresses.PortTakenError as error:
        raise click.BadParameter(
            f"{error}. Give another port.", param_hint="--port"
        ) from error
    if replay is None:
        return
    if chaos:
        raise click.BadParameter("a replay is lock-step.", param_hint="--chaos")
    try:
        csv_energy.source(replay, site)
    except SourceError as error:
        raise click.BadParameter(f"{error}.", param_hint="--replay") from error


def _home(data: Path | None) -> Path:
    home = Path(tempfile.mkdtemp(prefix="voltonic-demo-")) if data is None else data
    try:
        fresh(home.resolve())
    except FileExistsError as error:
        raise click.BadParameter(
            f"{home} is not empty. Each demo starts afresh: give another directory, "
            "or delete this one.",
            param_hint="--data",
        ) from error
    except OSError as error:
        raise click.BadParameter(str(error), param_hint="--data") from error
    return home.resolve()


def _play(options: Options, *, as_json: bool) -> int:
    screen = Screen()
    try:
        ledger = asyncio.run(run(options, screen))
    except asyncio.CancelledError:
        return _INTERRUPTED
    except _FAILURES as error:
        screen.show(f"The demo failed: {error}")
        if as_json:
            click.echo(json.dumps({"balanced": False, "problems": [str(error)]}))
        return 1
    return 0 if ledger is None else _close(ledger, screen, as_json=as_json)


def _close(ledger: Ledger, screen: Screen, *, as_json: bool) -> int:
    for problem in ledger.problems:
        screen.show(f"Does not balance: {problem}")
    if as_json:
        click.echo(json.dumps(ledger.to_json(), indent=1))
    else:
        screen.show(json.dumps(ledger.to_json(), indent=1))
    return 1 if ledger.problems else 0
