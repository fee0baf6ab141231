"""The command `voltonic-cloud`."""

from importlib.metadata import PackageNotFoundError, version

import click

from cloud.cli.anomalies import anomalies
from cloud.cli.backtest import backtest
from cloud.cli.backtest_solar import backtest_solar
from cloud.cli.campus import campus
from cloud.cli.device import device
from cloud.cli.gateway import gateway
from cloud.cli.key import key
from cloud.cli.ledger import ledger
from cloud.cli.maintenance import maintenance
from cloud.cli.migrate import migrate
from cloud.cli.model import model
from cloud.cli.openapi import openapi
from cloud.cli.run import run
from cloud.cli.web import web
from cloud.cli.worker import worker


def _version() -> str:
    try:
        return version("voltonic")
    except PackageNotFoundError:
        return "unreleased"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="voltonic-cloud")
def main() -> None:
    """Collect what the gateways send and answer for the campus.

    \b
    A first start:
      voltonic-cloud campus import campus.json --data ./data
      voltonic-cloud gateway add physics --node campus/science/physics \\
          --key $(voltonic-gateway key) --data ./data
      voltonic-cloud run --data ./data
    """  # noqa: D301 \b is click's


for command in (
    run,
    worker,
    migrate,
    campus,
    gateway,
    device,
    key,
    ledger,
    model,
    backtest,
    backtest_solar,
    anomalies,
    maintenance,
    openapi,
    web,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
