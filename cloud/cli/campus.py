"""`voltonic-cloud campus`."""

from pathlib import Path

import click

from cloud import campus_file
from cloud.campus_file import CampusFileError
from cloud.cli.opening import data_option, opened


@click.group()
def campus() -> None:
    """Sites, their nodes and their timetables."""


@campus.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
def import_file(file: Path, data: Path | None) -> None:
    """Create and update what the campus FILE names; nothing is ever deleted.

    \b
    Example:
      voltonic-sim campus --seed 7 --out campus.json
      voltonic-cloud campus import campus.json
    """  # noqa: D301 \b is click's
    try:
        parsed = campus_file.parse(file.read_bytes())
    except CampusFileError as error:
        raise click.ClickException(f"{file}: {error}") from error
    with opened(data) as database:
        done = campus_file.bring_in(database, parsed)
    click.echo(
        f"{done.added} nodes added, {done.updated} updated,"
        f" {done.timetables} timetables set"
    )
