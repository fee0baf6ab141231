"""`voltonic-cloud ledger`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from cloud.cli.opening import data_option, opened
from cloud.facts.fleet import fleet


@click.command()
@click.option("--verify", is_flag=True, help="Count duplicates in the raw readings.")
@data_option
def ledger(verify: bool, data: Path | None) -> None:
    """Print what each gateway produced, delivered and declared lost, as JSON.

    \b
    Example:
      voltonic-cloud ledger --verify --data ./data
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        figures = fleet(database, datetime.now(UTC), verify=verify)
    click.echo(json.dumps(figures, indent=1))
