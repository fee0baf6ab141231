"""`voltonic-cloud gateway`."""

import json
from pathlib import Path

import click

from cloud import enrolment
from cloud.cli.opening import data_option, opened
from cloud.enrolment import EnrolmentError, GatewayEntry
from cloud.store import gateways


@click.group()
def gateway() -> None:
    """Gateways that may send."""


@gateway.command()
@click.argument("slug", required=False)
@click.option("--node", help="Path of the node it serves, with all below it.")
@click.option("--key", "public_key", help="What `voltonic-gateway key` prints.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Enrol the gateways of a JSON list [{"slug", "node", "public_key"}].',
)
@data_option
def add(
    slug: str | None,
    node: str | None,
    public_key: str | None,
    file: Path | None,
    data: Path | None,
) -> None:
    """Enrol gateways; one that is enrolled already gets the new key.

    \b
    Examples:
      voltonic-cloud gateway add physics --node campus/science/physics --key 3f2a…
      voltonic-cloud gateway add --from gateways.json
    """  # noqa: D301 \b is click's
    try:
        wanted = _wanted(slug, node, public_key, file)
        with opened(data) as database:
            enrolment.enrol(database, wanted)
    except EnrolmentError as error:
        raise click.ClickException(str(error)) from error
    for entry in wanted:
        click.echo(f"{entry.slug} at {entry.node}")


@gateway.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@data_option
def list_all(as_json: bool, data: Path | None) -> None:
    """List the enrolled gateways.

    \b
    Example:
      voltonic-cloud gateway list --json --data ./data
    """  # noqa: D301 \b is click's
    with opened(data) as database, database.read() as connection:
        found = gateways.every(connection)
    if as_json:
        rows = [
            {"slug": row.slug, "node": row.node_path, "public_key": row.public_key}
            for row in found
        ]
        click.echo(json.dumps(rows))
        return
    for row in found:
        click.echo(f"{row.slug:20} {row.node_path:40} {row.public_key}")


def _wanted(
    slug: str | None, node: str | None, public_key: str | None, file: Path | None
) -> list[GatewayEntry]:
    if file is not None:
        return enrolment.entries(file.read_text())
    if slug is None or node is None or public_key is None:
        raise click.UsageError("give SLUG, --node and --key, or --from FILE")
    return [GatewayEntry(slug, node, public_key)]
