"""`voltonic-cloud openapi`."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from cloud.app import create_app
from cloud.config import load
from cloud.store.database import Database


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the whole API.

    \b
    Example:
      voltonic-cloud openapi > openapi.json
    """  # noqa: D301 \b is click's
    with TemporaryDirectory() as folder:
        settings = load(Path(folder))
        app = create_app(settings, Database(f"sqlite:///{folder}/none.db"))
        click.echo(json.dumps(app.api_doc, indent=1, ensure_ascii=False))
