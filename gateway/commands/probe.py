"""`voltonic-gateway probe`: which devices are there, as a configuration."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands import config_option
from gateway.commands.numbers import Numbers, Words
from gateway.commands.search_report import Report, in_words, progress, run
from gateway.probing import listen, mbus_scan, serial_scan, tcp_scan

_PORT: Final = 502
_ON_A_BUS: Final = (
    "A and B (swap them), the power of the devices, speed, parity and address, and"
    " that the line is terminated"
)
_BEHIND_A_SERVER: Final = f"the serial server's address, port and mode; {_ON_A_BUS}"
_ON_THE_NETWORK: Final = (
    "the address (ping it), the port, and that Modbus TCP is on in the device's menu;"
    " a serial server that passes RTU on needs --rtu"
)
_ON_MBUS: Final = (
    "the wires, the converter's power, the speed, and the meters' addresses; meters"
    " with the same address drown each other out"
)
_BY_ITSELF: Final = (
    "the cable, the speed, and that the meter sends at all (P1 and SML may have to be"
    " enabled); what sends rarely needs a longer --wait"
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all searches have in common."""
    for option in (
        config_option,
        click.option(
            "--out", type=click.Path(path_type=Path), help="Write the tables here."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    ):
        command = option(command)
    return command


def _example(line: str) -> str:
    return f"\b\nExample:\n  voltonic-gateway probe {line}"


@click.group(
    short_help="Find devices; write the tables for gateway.toml.",
    epilog="""\b
Examples:
  voltonic-gateway probe serial /dev/ttyUSB0
  voltonic-gateway probe serial /dev/ttyUSB0 --baudrates 9600 --units 1-20
  voltonic-gateway probe tcp 192.168.1.0/24 --out found.toml
  voltonic-gateway probe tcp 192.168.1.20:8899 --rtu
  voltonic-gateway probe mbus /dev/ttyUSB1
  voltonic-gateway probe listen /dev/ttyUSB2
""",
)
def probe() -> None:
    """Find devices, say what they are, and write the tables for gateway.toml.

    Only reads. A line has one owner: stop the gateway first where it uses the port.
    """


@probe.command(
    short_help="Search a serial PORT for Modbus devices.",
    epilog=_example("serial /dev/ttyUSB0 --baudrates 9600 --units 1-20"),
)
@click.argument("port")
@click.option(
    "--baudrates",
    type=Numbers(300, 1_000_000),
    default="9600,19200,2400",
    show_default=True,
)
@click.option("--parities", type=Words("N", "E", "O"), default="N,E", show_default=True)
@click.option("--units", type=Numbers(1, 247), default="1-247", show_default=True)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 5),
    default=0.2,
    show_default=True,
    help="How long a device may think. [s]",
)
@click.option("--all", "is_whole", is_flag=True, help="Try every speed and parity.")
@_options
def serial(
    port: str,
    baudrates: list[int],
    parities: list[serial_scan.Parity],
    units: list[int],
    timeout_s: float,
    *,
    is_whole: bool,
    **told: Any,
) -> None:
    """Search PORT, e.g. /dev/ttyUSB0, for Modbus devices.

    Goes on with the speed and parity at which one answers.
    """
    settings = [(baudrate, parity) for baudrate in baudrates for parity in parities]
    search = serial_scan.Search(port, settings, units, timeout_s, is_whole)
    report = Report(**told)
    report.refuse_owned(port)
    with progress(search.steps) as step:
        found = run(serial_scan.scan(search, report.models, step))
    report.tell(found, f"on {port}", _ON_A_BUS)


@probe.command(
    short_help="Search a host or subnet for Modbus devices.",
    epilog=_example("tcp 192.168.1.0/24 --ports 502,1502 --out found.toml"),
)
@click.argument("place")
@click.option("--ports", type=Numbers(1, 65_535), default=str(_PORT), show_default=True)
@click.option(
    "--units",
    type=Numbers(0, 255),
    default=",".join(map(str, tcp_scan.DEFAULT_UNITS)),
    show_default=True,
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.05, 5),
    default=1.0,
    show_default=True,
    help="How long an answer may take. [s]",
)
@click.option("--rtu", is_flag=True, help="RTU frames through a serial server.")
@_options
def tcp(
    place: str,
    ports: list[int],
    units: list[int],
    timeout_s: float,
    *,
    rtu: bool,
    **told: Any,
) -> None:
    """Search PLACE, HOST[:PORT] or a subnet like 192.168.1.0/24, for Modbus devices."""
    host, _, own_port = place.partition(":")
    if own_port:
        ports = Numbers(1, 65_535).convert(own_port, None, None)
    try:
        hosts = tcp_scan.hosts(host)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    places = [(each, port) for each in hosts for port in ports]
    report = Report(**told)
    if len(places) == 1:
        report.refuse_owned(f"{places[0][0]}:{places[0][1]}")
    search = tcp_scan.Search(places, units, timeout_s, through_server=rtu)
    with progress(len(places)) as step:
        found = run(tcp_scan.scan(search, report.models, step))
    report.tell(found, f"at {place}", _BEHIND_A_SERVER if rtu else _ON_THE_NETWORK)


@probe.command(epilog=_example("mbus /dev/ttyUSB1 --addresses 1-20"))
@click.argument("port")
@click.option(
    "--baudrates",
    type=Numbers(300, 38_400),
    default="2400,300,9600",
    show_default=True,
)
@click.option("--addresses", type=Numbers(0, 250), default="0-250", show_default=True)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 5),
    default=0.1,
    show_default=True,
    help="How long a meter may think, beside what the standard grants it. [s]",
)
@_options
def mbus(
    port: str,
    baudrates: list[int],
    addresses: list[int],
    timeout_s: float,
    **told: Any,
) -> None:
    """Search PORT for wired M-Bus meters by their primary address."""
    report = Report(**told)
    report.refuse_owned(port)
    with progress(len(baudrates) * len(addresses)) as step, in_words():
        found = mbus_scan.scan(port, baudrates, addresses, timeout_s, step)
    report.tell(found, f"on {port}", _ON_MBUS)


@probe.command("listen", epilog=_example("listen /dev/ttyUSB2 --wait 30"))
@click.argument("port")
@click.option(
    "--baudrates",
    type=Numbers(300, 1_000_000),
    default="115200,9600",
    show_default=True,
)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0.1, 3600),
    default=12.0,
    show_default=True,
    help="How long to listen at each speed. [s]",
)
@_options
def listen_(port: str, baudrates: list[int], wait_s: float, **told: Any) -> None:
    """Listen on PORT for telegrams that come by themselves: DSMR P1, SML, text."""
    report = Report(**told)
    report.refuse_owned(port)
    settings = [(baudrate, "N") for baudrate in baudrates]
    with progress(listen.steps(settings, wait_s)) as step, in_words():
        found = listen.listen(port, settings, wait_s, step)
    report.tell(found, f"on {port}", _BY_ITSELF)
