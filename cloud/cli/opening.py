"""What the commands share: the data directory, and the database it leads to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from cloud import config
from cloud.config import ConfigError, Settings
from cloud.store.database import Database, UnavailableError
from cloud.store.migrations import migrate

Command = TypeVar("Command", bound=Callable[..., object])


def data_option(command: Command) -> Command:
    """Add the option that names the data directory."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="VOLTONIC_DATA",
        show_envvar=True,
        help=f"Data directory.  [default: {config.DEFAULT_DATA}]",
    )(command)


def settings_of(data: Path | None) -> Settings:
    """Return the settings, or end the command saying what is wrong with them."""
    try:
        return config.load(data)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened(data: Path | None) -> Iterator[Database]:
    """Yield the database, its schema up to date."""
    settings = settings_of(data)
    try:
        database = Database(settings.database_url)
    except ValueError as error:
        raise click.ClickException(f"DATABASE_URL: {error}") from error
    try:
        migrate(database)
        yield database
    except UnavailableError as error:
        raise click.ClickException(f"{database.url}: {error}") from error
    finally:
        database.close()
