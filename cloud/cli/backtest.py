"""`voltonic-cloud backtest`."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cloud.cli.meter_options import meter_options, read_files
from cloud.cli.progress import bar

if TYPE_CHECKING:
    from cloud.forecasting.backtest.run import Outcome

_WIDE: Final = 120  # columns of a file or a pipe


@click.command()
@meter_options
@click.option(
    "--train-until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DATE",
    help="Local day with which the test begins.",
)
@click.option(
    "--horizon",
    type=click.Choice(["24", "1"]),
    default="24",
    show_default=True,
    help="Hours ahead: a day from each midnight, or the next hour from each hour.",
)
@click.option(
    "--cold-start",
    type=click.IntRange(3, 35),
    metavar="DAYS",
    help="Forecast each building from this many days of its own and from the others.",
)
@click.option(
    "--models",
    metavar="NAMES",
    help="Only these of naive_day, naive_week, seasonal_naive, seed_forest, boosting,"
    " ours; separated by commas.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for a picture (PNG) of each building.",
)
def backtest(  # noqa: PLR0913 - one parameter for each option
    meters: Path,
    weather: Path | None,
    metadata: Path | None,
    buildings: str | None,
    timezone: str | None,
    train_until: datetime,
    horizon: str,
    cold_start: int | None,
    models: str | None,
    as_json: bool,
    plots: Path | None,
) -> None:
    """Try the forecasts on meter files, beside simpler ones; docs/forecasting.md.

    \b
    Example:
      voltonic-cloud backtest --meters load.csv --weather weather.csv \\
          --metadata buildings.csv --train-until 2026-03-01
    """  # noqa: D301 \b is click's
    files = read_files(meters, weather, metadata, timezone, buildings)
    from cloud.forecasting.backtest import ours, report, run

    question = run.Question(
        train_until.date(), int(horizon), _models(models, ours.MODELS), cold_start
    )
    with bar("Backtest") as progress:
        outcome = run.run(files, question, progress)
    if plots is not None:
        _draw(outcome, plots)
    if as_json:
        click.echo(json.dumps(report.as_json(outcome), indent=1))
    else:
        _show(outcome)
    if not outcome.buildings:
        raise click.ClickException("no building could be tested; the reasons are above")


def _models(names: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if names is None:
        return known
    wanted = {name.strip() for name in names.split(",")}
    for name in sorted(wanted.difference(known)):
        raise click.BadParameter(
            f"there is no model {name!r}; there are {', '.join(known)}",
            param_hint="--models",
        )
    return tuple(name for name in known if name in wanted)


def _draw(outcome: "Outcome", folder: Path) -> None:
    from cloud.forecasting.backtest.plots import draw

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with bar("Pictures") as progress:
            for done, judged in enumerate(outcome.buildings, 1):
                draw(judged, folder)
                progress(done / len(outcome.buildings), judged.name)
    except OSError as error:
        raise click.ClickException(f"--plots {folder}: {error.strerror}") from error


def _show(outcome: "Outcome") -> None:
    from rich.console import Console

    from cloud.forecasting.backtest.tables import complaints, tables

    width = None if sys.stdout.isatty() else _WIDE
    console = Console(highlight=False, width=width)
    for table in tables(outcome):
        console.print(table)
    for line in complaints(outcome):
        console.print(line, markup=False, soft_wrap=True)
