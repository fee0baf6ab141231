"""`voltonic-gateway pin`: who may change something on the status page."""

from pathlib import Path

import click

from gateway.commands import config_option


@click.command(
    short_help="Set the PIN of the status page.",
    epilog="""\b
Examples:
  sudo voltonic-gateway pin
  voltonic-gateway pin --config ./gateway.toml
""",
)
@config_option
@click.password_option("--pin", help="The new PIN; asked for when not given.")
def pin(config: Path, pin: str) -> None:
    """Set the PIN of the status page; without one, nothing can be changed there.

    Only its hash is kept. The running gateway uses it at once.
    """
    from gateway.config import ConfigError, load
    from gateway.status_page.pin import keep

    try:
        path = load(config).status_page.pin_file
        if path is None:
            raise click.ClickException("status_page.pin_file: is not known")
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(path, pin)
        if (owner := path.parent.stat()).st_uid != path.stat().st_uid:
            import os

            os.chown(path, owner.st_uid, owner.st_gid)
    except (ConfigError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"kept in {path}")
