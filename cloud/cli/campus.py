"""`voltonic-cloud campus`."""

import json
from pathlib import Path

import click

from cloud import campus_file
from cloud.campus_file import CampusFileError
from cloud.campus_file.export import exported
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


@campus.command("export")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.  [default: standard output]",
)
@data_option
def export_file(out: Path | None, data: Path | None) -> None:
    """Write the campus file of what is held, to edit and import again.

    \b
    Example:
      voltonic-cloud campus export --out campus.json
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        written = exported(database)
    text = json.dumps(written, indent=1, ensure_ascii=False, default=str)
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
