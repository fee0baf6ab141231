"""`voltonic-gateway key`: who this gateway is."""

from pathlib import Path

import click

from gateway.commands import config_option


@click.command(
    epilog="""\b
Example:
  voltonic-gateway key --config ./gateway.toml
"""
)
@config_option
def key(config: Path) -> None:
    """Print the public key, to register this gateway at the cloud.

    The private key is made at the first call; it never leaves the data directory.
    """
    from contract.signing import public_key
    from gateway.config import ConfigError, load
    from gateway.daemon.identity import IdentityError, private_key

    try:
        click.echo(public_key(private_key(load(config).data_dir)))
    except (ConfigError, IdentityError, OSError) as error:
        raise click.ClickException(str(error)) from error
