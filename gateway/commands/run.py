"""`voltonic-gateway run`: the daemon."""

import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path

import click

from gateway.commands import config_option


@click.command(
    short_help="Run the gateway until it is stopped.",
    epilog="""\b
Examples:
  voltonic-gateway run
  voltonic-gateway run --config ./gateway.toml --simulate
""",
)
@config_option
@click.option("--simulate", is_flag=True, help="Simulate every configured device.")
@click.option(
    "--conductor",
    type=click.Path(path_type=Path),
    help="Socket of a conductor whose simulated clock to follow.",
)
def run(config: Path, simulate: bool, conductor: Path | None) -> None:
    """Read the meters, keep what they say, send it to the cloud; until stopped.

    SIGTERM stops cleanly. SIGHUP checks the configuration and starts again with it, or
    keeps the old one and says why.
    """
    from gateway.buffer import UnusableError
    from gateway.config import ConfigError, load_apart
    from gateway.config.machine import refuse_unusable
    from gateway.daemon import start
    from gateway.daemon.conducted import NoConductorError
    from gateway.daemon.identity import IdentityError
    from gateway.daemon.service import Ending
    from gateway.daemon.simulated import SimulatorError
    from gateway.uplink.https import UplinkError

    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        settings = load_apart(config)
        refuse_unusable(settings)
        if simulate:
            settings = replace(settings, simulate="always")
        ending = asyncio.run(start.run(settings, conductor))
    except (
        ConfigError,
        IdentityError,
        NoConductorError,
        SimulatorError,
        UnusableError,
        UplinkError,
        OSError,
    ) as error:
        raise click.ClickException(str(error)) from error
    if ending is Ending.RESTART:
        start.start_again()
