"""`voltonic-cloud worker`."""

import logging
from pathlib import Path

import click

from cloud import jobs
from cloud.cli.child import end_with, parent_option
from cloud.cli.opening import data_option, opened, settings_of


@click.command()
@parent_option
@data_option
def worker(parent: int | None, data: Path | None) -> None:
    """Make roll-ups and train forecasts until stopped; `run` starts one by itself.

    \b
    Example:
      voltonic-cloud worker --data ./data
    """  # noqa: D301 \b is click's
    end_with(parent)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    work = jobs.work(settings_of(data))
    with opened(data) as database:
        jobs.run_until_stopped(database, work)
