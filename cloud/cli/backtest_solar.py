"""`voltonic-cloud backtest-solar`."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cloud.meter_files import MeterFileError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from cloud.forecasting.solar_backtest.judging import Judged
    from cloud.forecasting.solar_backtest.plants import PlantFiles

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_WIDE: Final = 120  # columns of a file or a pipe


@click.command("backtest-solar")
@click.option(
    "--power", type=_FILE, required=True, help="CSV: instants, then what arrays made."
)
@click.option(
    "--plants",
    type=_FILE,
    required=True,
    help="CSV: one line an array, where it stands and how.",
)
@click.option(
    "--train-until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Local day with which the test begins.  [default: 30 days after the first]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for a picture (PNG) of each array.",
)
def backtest_solar(
    power: Path,
    plants: Path,
    train_until: datetime | None,
    as_json: bool,
    plots: Path | None,
) -> None:
    """Try the forecasts of photovoltaic arrays on files; docs/forecasting.md.

    \b
    Example:
      voltonic-cloud backtest-solar --power power.csv --plants plants.csv
    """  # noqa: D301 \b is click's
    from cloud.forecasting.solar_backtest import plants as plant_files

    try:
        files = plant_files.read(power, plants)
    except MeterFileError as error:
        raise click.ClickException(str(error)) from error
    judged, left_out = _judged(files, train_until)
    if plots is not None:
        _draw(judged, plots)
    _show(files, judged, left_out, as_json=as_json)
    if not judged:
        raise click.ClickException("no array could be tested; the reasons are above")


def _judged(
    files: "PlantFiles", train_until: datetime | None
) -> tuple[list["Judged"], dict[str, str]]:
    from rich.console import Console
    from rich.progress import Progress

    from cloud.forecasting.solar_backtest.judging import judge

    day = None if train_until is None else train_until.date()
    judged: list[Judged] = []
    left_out: dict[str, str] = dict(files.unusable)
    with Progress(console=Console(stderr=True)) as bar:
        for plant in files.plants:
            task = bar.add_task(plant.name, total=1.0)
            try:
                made = judge(plant, day, _mover(bar, task))
            except ValueError as error:
                left_out[plant.name] = str(error)
                continue
            judged.append(made)
    return judged, left_out


def _mover(bar: "Progress", task: "TaskID") -> Callable[[float], None]:
    return lambda share: bar.update(task, completed=share)


def _draw(judged: list["Judged"], folder: Path) -> None:
    from cloud.forecasting.solar_backtest.plots import draw

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in judged:
            draw(each, folder)
    except OSError as error:
        raise click.ClickException(f"--plots {folder}: {error.strerror}") from error


def _show(
    files: "PlantFiles",
    judged: list["Judged"],
    left_out: dict[str, str],
    *,
    as_json: bool,
) -> None:
    from rich.console import Console

    from cloud.forecasting.solar_backtest import report

    if as_json:
        told = report.as_json(files, judged) | {"left_out": left_out}
        click.echo(json.dumps(told, indent=1))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    for table in report.tables(judged):
        console.print(table)
    for plant in files.plants:
        for said in plant.complaints:
            console.print(f"! {plant.name}: {said}", markup=False, soft_wrap=True)
    for name, why in left_out.items():
        console.print(f"! {name} is left out: {why}", markup=False, soft_wrap=True)
