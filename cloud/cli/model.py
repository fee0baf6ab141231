"""`voltonic-cloud model`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cloud.cli.model_words import in_one_line, in_words
from cloud.cli.opening import data_option, opened, settings_of
from cloud.facts.forecast.versions import versions
from cloud.facts.tree import UnknownNodeError, tree
from cloud.identity.signing_key import SigningKeyError, signing_key
from cloud.store import models
from cloud.store.database import Database
from cloud.store.site import NodeRow
from contract.manifest import Manifest
from contract.promise import Kind

if TYPE_CHECKING:
    from cloud.forecasting.publish import Publisher

_KINDS: Final = [kind.value for kind in Kind]
_AS_ABOVE: Final = "as-above"


@click.group()
def model() -> None:
    """Forecast models: what is published, and what gateways run.

    NODE is a path from the site down, or a slug where it is unique.
    """


@model.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@data_option
def list_all(as_json: bool, data: Path | None) -> None:
    """List the newest model of each node, and what its gateway runs.

    \b
    Example:
      voltonic-cloud model list --data ./data
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        with database.read() as connection:
            paths = models.modelled(connection)
        found = [versions(database, datetime.now(UTC), path) for path in paths]
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found:
        click.echo(in_one_line(each))
    if not found:
        click.echo("no models yet: nodes are trained after three days of history")


@model.command()
@click.argument("node")
@click.option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the model to this file, as `publish --file` takes it.",
)
@click.option("--version", type=click.IntRange(1), help="Which model to write.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@data_option
def show(
    node: str,
    bundle: Path | None,
    version: int | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Show the versions of the model of NODE, the newest first.

    \b
    Examples:
      voltonic-cloud model show campus/science/physics
      voltonic-cloud model show physics --bundle physics.bundle
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        found = _found(database, node)
        told = versions(database, datetime.now(UTC), found.path)
        if bundle is not None:
            _write(database, found, version, bundle)
    click.echo(json.dumps(told, indent=1) if as_json else in_words(told))


@model.command()
@click.argument("node")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A bundle, e.g. of `show --bundle`.",
)
@data_option
def publish(node: str, file: Path, data: Path | None) -> None:
    """Publish a model for NODE from a file, whatever its backtest says.

    The gateway verifies it and tries it before it runs.

    \b
    Example:
      voltonic-cloud model publish physics --file physics.bundle
    """  # noqa: D301 \b is click's
    from cloud.forecasting.publish import bundled_in

    with _publishing(data) as publisher:
        found = _found(publisher.database, node)
        made = bundled_in(file.read_bytes())
        _said(publisher.publish(found.path, made, datetime.now(UTC)))


@model.command()
@click.argument("node")
@click.option(
    "--to",
    type=click.IntRange(1),
    metavar="VERSION",
    help="Which version; without it, the one before what runs now.",
)
@data_option
def rollback(node: str, to: int | None, data: Path | None) -> None:
    """Publish an earlier model of NODE again; its gateway runs it at once.

    \b
    Examples:
      voltonic-cloud model rollback campus/science/physics
      voltonic-cloud model rollback physics --to 4
    """  # noqa: D301 \b is click's
    with _publishing(data) as publisher:
        found = _found(publisher.database, node)
        _said(publisher.roll_back(found.path, to, datetime.now(UTC)))


@model.command()
@click.argument("node")
@click.option("--kind", type=click.Choice(_KINDS), help="Instead of what is set.")
@data_option
def train(node: str, kind: str | None, data: Path | None) -> None:
    """Train the model of NODE now, and publish it unless it lost to naive.

    \b
    Examples:
      voltonic-cloud model train campus/science/physics
      voltonic-cloud model train physics --kind seed_forest
    """  # noqa: D301 \b is click's
    from cloud.forecasting.training import train_and_publish

    with _publishing(data) as publisher:
        found = _found(publisher.database, node)
        wanted = None if kind is None else Kind(kind)
        done = train_and_publish(publisher, found.path, datetime.now(UTC), wanted)
    if isinstance(done, str):
        raise click.ClickException(f"{found.path}: {done}")
    _said(done)


@model.command()
@click.argument("node")
@click.argument("kind", type=click.Choice([*_KINDS, _AS_ABOVE]))
@data_option
def kind(node: str, kind: str, data: Path | None) -> None:
    """Set which KIND of model is trained for NODE and what is below it.

    The next training follows it; `as-above` leaves it to the node above again.

    \b
    Examples:
      voltonic-cloud model kind campus seed_forest
      voltonic-cloud model kind campus/science/physics as-above
    """  # noqa: D301 \b is click's
    with opened(data) as database:
        found = _found(database, node)
        with database.write() as connection:
            wanted = None if kind == _AS_ABOVE else kind
            models.set_kind(connection, found.id, wanted)
            now = models.kind_of(connection, found.path) or Kind.OURS.value
    click.echo(f"{found.path}: {now}")


@contextmanager
def _publishing(data: Path | None) -> "Iterator[Publisher]":
    """Yield what publishes; end the command saying what is wrong."""
    from cloud.forecasting.publish import Publisher, PublishError

    try:
        key = signing_key(settings_of(data).signing_key_file)
        with opened(data) as database:
            yield Publisher(database, key)
    except (SigningKeyError, PublishError) as error:
        raise click.ClickException(str(error)) from error


def _found(database: Database, reference: str) -> NodeRow:
    try:
        with database.read() as connection:
            return tree(database, connection).find(reference)
    except UnknownNodeError as error:
        raise click.ClickException(str(error)) from error


def _write(database: Database, node: NodeRow, version: int | None, to: Path) -> None:
    with database.read() as connection:
        newest = version or models.newest_version(connection, node.id) or 0
        stored = models.stored(connection, node.id, newest)
    if stored is None:
        raise click.ClickException(f"{node.path}: there is no version {newest}")
    to.write_bytes(stored.bundle)


def _said(manifest: Manifest) -> None:
    back = manifest.rolls_back_to
    again = "" if back is None else f", which is version {back} again"
    size_mb = manifest.size_bytes / 1e6
    click.echo(
        f"{manifest.subject}: published version {manifest.version}{again}"
        f" ({manifest.promise.kind}, {size_mb:.2f} MB)"
    )
