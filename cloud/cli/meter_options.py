"""What the commands that read meter files share: the options, and the reading."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import click

from cloud import meter_files
from cloud.meter_files import MeterFileError, MeterFiles

Command = TypeVar("Command", bound=Callable[..., object])

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS: Final = (
    click.option(
        "--timezone",
        metavar="ZONE",
        help="Time zone where the metadata does not say it, e.g. Europe/Berlin.",
    ),
    click.option(
        "--buildings", metavar="NAMES", help="Only these columns, separated by commas."
    ),
    click.option("--metadata", type=_FILE, help="CSV: building_id, timezone and more."),
    click.option("--weather", type=_FILE, help="CSV: instants and temp_c, outdoors."),
    click.option(
        "--meters",
        type=_FILE,
        required=True,
        help="CSV: instants, then kWh in one column a building.",
    ),
)


def meter_options(command: Command) -> Command:
    """Add the options that `read_files` takes."""
    for option in _OPTIONS:
        command = option(command)
    return command


def read_files(
    meters: Path,
    weather: Path | None,
    metadata: Path | None,
    timezone: str | None,
    buildings: str | None,
) -> MeterFiles:
    """Return what is in the files, or end the command saying why they can't be used."""
    try:
        files = meter_files.read(meters, weather, metadata, timezone)
    except MeterFileError as error:
        raise click.ClickException(str(error)) from error
    return files if buildings is None else _only(files, buildings)


def _only(files: MeterFiles, names: str) -> MeterFiles:
    wanted = [name.strip() for name in names.split(",")]
    known = [*(each.building_id for each in files.buildings), *files.unusable]
    for name in wanted:
        if name not in known:
            raise click.BadParameter(
                f"there is no column {name!r}; there are {', '.join(known)}",
                param_hint="--buildings",
            )
    return replace(
        files,
        buildings=tuple(each for each in files.buildings if each.building_id in wanted),
        unusable={name: why for name, why in files.unusable.items() if name in wanted},
    )
