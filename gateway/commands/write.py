"""`voltonic-gateway write`: hold a setpoint of a device for a time, or let it go."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from gateway.commands import config_option
from gateway.config import ConfigError, load
from gateway.daemon.control_socket import NoAnswerError, NotRunningError, ask

_UNITS_S: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600}
_LENGTH: Final = re.compile(r"(\d{1,6})([smh])")
_PATIENCE_S: Final = 40.0
"""A device may take its time to read, write and read back."""


class _Length(click.ParamType[float]):
    name = "length"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        if isinstance(value, float):
            return value
        match = _LENGTH.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no length; write 90s, 10m or 2h", param, ctx)
        return float(match[1]) * _UNITS_S[match[2]]


@click.command(
    epilog="""\b
Examples:
  voltonic-gateway write garage/charger current_limit_a 10 --for 30m
  voltonic-gateway write floor-1/room-101/meter ac_relay 0
  voltonic-gateway write garage/charger current_limit_a --release
"""
)
@config_option
@click.argument("device")
@click.argument("quantity")
@click.argument("value", type=float, required=False)
@click.option(
    "--for",
    "for_s",
    type=_Length(),
    default="10m",
    show_default=True,
    help="How long to hold it; up to 24h.",
)
@click.option("--release", is_flag=True, help="Let it go before its time.")
def write(
    config: Path,
    device: str,
    quantity: str,
    value: float | None,
    for_s: float,
    release: bool,
) -> None:
    """Hold QUANTITY of DEVICE at VALUE; afterwards it goes back by itself.

    Only the running gateway writes: within the range its model allows, read back, and
    with a line in the log. A VALUE below zero comes last, after --.
    """
    if (value is None) != release:
        raise click.UsageError("give either a VALUE or --release")
    question: dict[str, object] = {"write": device, "quantity": quantity}
    if value is not None:
        question |= {"value": value, "for_s": for_s}
    try:
        data_dir = load(config).data_dir
        answer = ask(data_dir, question, _PATIENCE_S)
    except NotRunningError as error:
        raise click.ClickException(
            f"{error}; only a running gateway writes, because it has to end the hold"
        ) from error
    except (ConfigError, NoAnswerError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_told(answer))


def _told(answer: Mapping[str, object]) -> str:
    match answer:
        case {"error": str(reason)}:
            raise click.ClickException(reason)
        case {"path": path, "quantity": quantity, "unit": unit, **rest}:
            what = f"{path} {quantity}"
            return f"{what} {_done(rest, '' if unit == '1' else f' {unit}')}"
    raise click.ClickException(f"unexpected answer: {str(answer)[:200]}")


def _done(answer: Mapping[str, object], unit: str) -> str:
    value, held, until = answer["value"], answer["held"], answer["until"]
    ends = f"until {_local(until)}" if isinstance(until, str) else ""
    back = f"read back {held:g}{unit}" if isinstance(held, int | float) else ""
    if not isinstance(value, int | float):
        words = [f"let go{f', {back}' if back else ''}"]
        if ends:
            words.append(f"held {ends}: {answer['reason']}")
        return "; ".join(words)
    if not answer["is_written"]:
        return f"is at {value:g}{unit} already, held {ends}"
    return f"written {value:g}{unit}, {back or 'accepted'}, held {ends}"


def _local(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone():%F %T}"
