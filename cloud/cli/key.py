"""`voltonic-cloud key`."""

import json
from pathlib import Path
from time import time

import click

from cloud.cli.opening import data_option, opened, settings_of
from cloud.domain.role import Role
from cloud.enrolment import EnrolmentError, device_at
from cloud.identity.keys import new_device_key, new_program_key
from cloud.identity.signing_key import SigningKeyError, signing_key
from contract.signing import public_key


@click.group()
def key() -> None:
    """API keys of programs and devices, and the cloud's own."""


@key.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="What a program's key may do.",
)
@click.option("--device", metavar="NODE/DEVICE", help="Whose key it is, for a device.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@data_option
def add(
    name: str, role: str | None, device: str | None, as_json: bool, data: Path | None
) -> None:
    """Add the key NAME and print it, for the only time.

    \b
    Examples:
      voltonic-cloud key add grafana --role viewer
      voltonic-cloud key add pump-house --device grounds/pump-house/esp8266
    """  # noqa: D301 \b is click's
    if (role is None) == (device is None):
        raise click.UsageError("give either --role or --device")
    made = ""
    now_s = int(time())
    with opened(data) as database:
        try:
            if device is not None:
                device_id = device_at(database, device)
                made = new_device_key(database, name, device_id, now_s)
            elif role is not None:
                made = new_program_key(database, name, Role(role), now_s)
        except EnrolmentError as error:
            raise click.ClickException(str(error)) from error
    said = {"name": name, "role": role, "device": device, "key": made}
    click.echo(json.dumps(said) if as_json else made)


@key.command()
@data_option
def signing(data: Path | None) -> None:
    """Print the public key that forecast models are signed with.

    Write it as key in [cloud] of gateway.toml: the gateway trusts no other then. The
    private key is made at the first call; VOLTONIC_SIGNING_KEY names its file.

    \b
    Example:
      voltonic-cloud key signing --data ./data
    """  # noqa: D301 \b is click's
    try:
        click.echo(public_key(signing_key(settings_of(data).signing_key_file)))
    except SigningKeyError as error:
        raise click.ClickException(str(error)) from error
