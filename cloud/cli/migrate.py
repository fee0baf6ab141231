"""`voltonic-cloud migrate`."""

from pathlib import Path

import click

from cloud.cli.opening import data_option, opened
from cloud.store import migrations


@click.command()
@data_option
def migrate(data: Path | None) -> None:
    """Bring the database to this version's schema; `run` does so by itself.

    It happens in one transaction: interrupted, nothing has changed.

    \b
    Examples:
      voltonic-cloud migrate --data ./data
      DATABASE_URL=postgresql://voltonic@db/voltonic voltonic-cloud migrate
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        click.echo(f"{database.url}: revision {migrations.current(database)}")
