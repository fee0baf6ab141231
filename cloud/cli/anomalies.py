"""`voltonic-cloud anomalies`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cloud.cli.meter_options import meter_options, read_files
from cloud.cli.progress import bar

if TYPE_CHECKING:
    from cloud.anomalies.evaluation.run import Outcome

_WIDE: Final = 120  # columns of a file or a pipe


@click.group()
def anomalies() -> None:
    """Anomalies in the load of meters."""


@anomalies.command()
@meter_options
@click.option(
    "--draws",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="How often anomalies are put in at random.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed puts the same anomalies into the same places.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for a picture (PNG) of each building.",
)
def evaluate(  # noqa: PLR0913 - one parameter for each option
    meters: Path,
    weather: Path | None,
    metadata: Path | None,
    buildings: str | None,
    timezone: str | None,
    draws: int,
    seed: int,
    as_json: bool,
    plots: Path | None,
) -> None:
    """Put anomalies into real meters and say how well they are found.

    What is put in is fixed and written down in docs/forecasting.md.

    \b
    Example:
      voltonic-cloud anomalies evaluate --meters load.csv --weather weather.csv \\
          --metadata buildings.csv
    """  # noqa: D301 \b is click's
    files = read_files(meters, weather, metadata, timezone, buildings)
    from cloud.anomalies.evaluation import report, run

    with bar("Anomalies") as progress:
        outcome = run.run(files, draws, seed, progress)
    if plots is not None:
        _draw(outcome, plots)
    if as_json:
        click.echo(json.dumps(report.as_json(outcome), indent=1))
    else:
        _show(outcome)
    if not outcome.trials:
        raise click.ClickException("no building could be tested; the reasons are above")


def _draw(outcome: "Outcome", folder: Path) -> None:
    from cloud.anomalies.evaluation.plots import draw

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with bar("Pictures") as progress:
            for done, trial in enumerate(outcome.trials, 1):
                draw(trial, folder)
                progress(done / len(outcome.trials), trial.building.building_id)
    except OSError as error:
        raise click.ClickException(f"--plots {folder}: {error.strerror}") from error


def _show(outcome: "Outcome") -> None:
    from rich.console import Console

    from cloud.anomalies.evaluation.tables import complaints, tables

    width = None if sys.stdout.isatty() else _WIDE
    console = Console(highlight=False, width=width)
    for table in tables(outcome):
        console.print(table)
    for line in complaints(outcome):
        console.print(line, markup=False, soft_wrap=True)
