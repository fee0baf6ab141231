"""`voltonic-cloud device`."""

import json
from pathlib import Path
from time import time

import click

from cloud import enrolment
from cloud.cli.opening import data_option, opened
from cloud.enrolment import EnrolmentError
from cloud.identity.keys import new_device_key
from cloud.store.devices import DeviceValues
from contract.inventory import Role


@click.group()
def device() -> None:
    """Devices that post by themselves, without a gateway."""


@device.command()
@click.argument("node")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MAIN.value,
    show_default=True,
    help="What its energy means for the node.",
)
@click.option("--model", default="http_push", show_default=True)
@click.option("--counter", is_flag=True, help="It posts counters, not differences.")
@click.option(
    "--interval",
    type=click.IntRange(1, 86_400),
    default=60,
    show_default=True,
    help="How often it posts. [s]",
)
@click.option(
    "--capacity-kw",
    type=click.FloatRange(0, 1e6, min_open=True),
    help="What current_load is a share of. [kW]",
)
@click.option("--with-key", is_flag=True, help="Print a key for it too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@data_option
def add(  # noqa: PLR0913 - one parameter for each option
    node: str,
    name: str,
    role: str,
    model: str,
    counter: bool,
    interval: int,
    capacity_kw: float | None,
    with_key: bool,
    as_json: bool,
    data: Path | None,
) -> None:
    """Register the device NAME at NODE, which is created if need be.

    \b
    Example:
      voltonic-cloud device add grounds/pump-house esp8266 --with-key
    """  # noqa: D301 \b is click's
    values = DeviceValues(name, role, model, counter, interval, capacity_kw)
    with opened(data) as database:
        try:
            device_id = enrolment.add_device(database, node, values)
        except EnrolmentError as error:
            raise click.ClickException(str(error)) from error
        place, now_s = f"{node}/{name}", int(time())
        made = new_device_key(database, place, device_id, now_s) if with_key else None
    if as_json:
        click.echo(json.dumps({"device": place, "id": device_id, "key": made}))
        return
    click.echo(made or f"{place} is device {device_id}")
