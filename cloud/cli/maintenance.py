"""`voltonic-cloud maintenance`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cloud.cli.progress import bar

if TYPE_CHECKING:
    from cloud.analytics.maintenance.trial import Draw, Score
    from contract.origins import Floats

_WIDE: Final = 120  # columns of a file or a pipe


@click.group()
def maintenance() -> None:
    """Equipment that takes more energy for the same duty."""


@maintenance.command()
@click.option(
    "--draws",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="Assets that are drawn of each kind.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="The same seed draws the same assets.",
)
@click.option("--kinds", metavar="NAMES", help="Only these, separated by commas.")
@click.option(
    "--weather",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV: instants and temp_c, in place of drawn temperatures.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    default="UTC",
    show_default=True,
    help="Time zone of the weather, e.g. Europe/Berlin.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for a picture (PNG) of each kind.",
)
def evaluate(  # noqa: PLR0913 - one parameter for each option
    draws: int,
    seed: int,
    kinds: str | None,
    weather: Path | None,
    timezone: str,
    as_json: bool,
    plots: Path | None,
) -> None:
    """Let drawn assets get 15 % worse and say how soon that is found.

    What is drawn is written down in docs/forecasting.md.

    \b
    Example:
      voltonic-cloud maintenance evaluate --draws 100 --plots pictures
    """  # noqa: D301 \b is click's
    from cloud.analytics.maintenance import trial
    from cloud.maintenance.evaluation import report

    wanted = _kinds(kinds, trial.KINDS)
    measured_c = None if weather is None else _measured(weather, timezone)
    scores: list[Score] = []
    drawn: dict[str, list[Draw]] = {}
    with bar("Maintenance") as progress:
        for kind in wanted:
            each = drawn[kind] = []
            for asset in trial.draws(kind, draws, seed, measured_c):
                each.append(asset)
                done = len(scores) + len(each) / draws
                progress(done / len(wanted), kind)
            scores.append(trial.score(kind, each))
    if plots is not None:
        _draw(drawn, plots)
    if as_json:
        click.echo(json.dumps(report.as_json(scores), indent=1))
    else:
        _show(scores)


def _kinds(names: str | None, known: Sequence[str]) -> list[str]:
    if names is None:
        return list(known)
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in known:
            raise click.BadParameter(
                f"there is no kind {name!r}; there are {', '.join(known)}",
                param_hint="--kinds",
            )
    return wanted


def _measured(weather: Path, timezone: str) -> "Floats":
    from cloud.maintenance.evaluation.temperature import measured_days
    from cloud.meter_files import MeterFileError

    try:
        return measured_days(weather, timezone)
    except MeterFileError as error:
        raise click.ClickException(str(error)) from error


def _draw(drawn: Mapping[str, Sequence["Draw"]], folder: Path) -> None:
    from cloud.maintenance.evaluation.plots import draw

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, assets in drawn.items():
            draw(kind, assets, folder)
    except OSError as error:
        raise click.ClickException(f"--plots {folder}: {error.strerror}") from error


def _show(scores: Sequence["Score"]) -> None:
    from rich.console import Console

    from cloud.maintenance.evaluation.report import table

    width = None if sys.stdout.isatty() else _WIDE
    Console(highlight=False, width=width).print(table(scores))
