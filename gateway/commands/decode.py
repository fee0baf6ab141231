"""`voltonic-gateway decode`: what a captured frame or telegram says."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO, Final

import click

from gateway.drivers import dsmr, iec62056, mbus, sml, text_line
from gateway.drivers.http_push.decode import decode as decode_post
from gateway.drivers.mqtt import dialects
from gateway.telegram import Telegram, TelegramError

_MODBUS: Final = "modbus_rtu"
_TEXT: Final = "text_line"
_POST: Final = "http_push"
_DECODERS: Final[Mapping[str, Callable[[bytes], Telegram]]] = {
    "dsmr": dsmr.decode,
    "sml": sml.decode,
    "iec62056": iec62056.decode,
    "mbus": mbus.decode,
    _TEXT: text_line.decode,
    _POST: decode_post,
    **{name: partial(dialects.decode, name) for name in dialects.READERS},
}
_TEXTS: Final = (_TEXT, _POST, *dialects.READERS)
_MOST_BYTES: Final = 1 << 20


class _Broken(click.ClickException):
    """What was given cannot be believed."""

    exit_code = 2


@click.command(
    epilog="""\b
Examples:
  voltonic-gateway decode --driver dsmr telegram.txt
  voltonic-gateway decode --driver mbus --json frame.hex
  echo "01 04 04 43 66 33 34 1B 38" |
    voltonic-gateway decode --driver modbus_rtu --model eastron_sdm120 -
  echo "MSG:1,Vrms:240.2,P1:1500" | voltonic-gateway decode --driver text_line -
  mosquitto_sub -v -C 20 -t "shellies/#" | voltonic-gateway decode --driver shelly1 -
\b
In JSON, "readings" holds each value in its quantity's unit, "refused" why others
are not believed, and "records" everything as it stands in the telegram.
"""
)
@click.option(
    "--driver",
    required=True,
    type=click.Choice([*_DECODERS, _MODBUS]),
    help="The format.",
)
@click.option("--model", help=f"Meter model; only with {_MODBUS}, which needs it.")
@click.option(
    "--address",
    type=click.IntRange(0, 0xFFFF),
    help=f"First register asked for ({_MODBUS}), where FILE does not start with the"
    " request; without, the gateway's own requests are tried.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.argument("file", type=click.File("rb"))
def decode(
    driver: str, model: str | None, address: int | None, as_json: bool, file: BinaryIO
) -> None:
    """Print the readings in FILE (- for standard input): raw bytes, or hex text.

    Checksums are checked: what is broken prints its reason and exits with 2. The
    running gateway asks Modbus, mbus and iec62056 meters for the same frames, and
    listens to those that send dsmr, sml and text_line by themselves. What devices
    publish by MQTT (tasmota, shelly1, shelly2, esphome, zigbee2mqtt) is one JSON
    payload, or lines of topic and payload as mosquitto_sub -v prints them.
    """
    if (model is None) == (driver == _MODBUS):
        raise click.UsageError(f"--model and --driver {_MODBUS} belong together")
    raw = file.read(_MOST_BYTES)
    data = raw if driver in _TEXTS else _bytes(raw)
    try:
        found = (
            _DECODERS[driver](data) if model is None else _frame(data, model, address)
        )
    except TelegramError as error:
        raise _Broken(str(error)) from error
    if as_json:
        click.echo(json.dumps(_json(driver, found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_table(found)))


def _frame(data: bytes, name: str, address: int | None) -> Telegram:
    from gateway.drivers.modbus import frame
    from gateway.meters.fault import did_you_mean
    from gateway.meters.loader import load_all

    models = load_all()
    if name not in models:
        raise _Broken(f'no meter model "{name}"{did_you_mean(name, list(models))}')
    return frame.decode(data, models[name], address)


def _bytes(raw: bytes) -> bytes:
    """Return the bytes that `raw` spells in hexadecimal, or itself if it does not."""
    try:
        text = raw.decode("ascii").replace("0x", " ").replace(",", " ")
        return bytes.fromhex(text) or raw
    except ValueError:
        return raw


def _json(driver: str, found: Telegram) -> dict[str, object]:
    return {
        "driver": driver,
        "readings": [each.to_json() for each in found.measured],
        "refused": list(found.refused),
        "records": [each.to_json() for each in found.records],
    }


def _table(found: Telegram) -> Iterator[str]:
    for each in found.measured:
        row = each.to_json()
        yield (
            f"{row['quantity']:<24}{each.value:>16.10g} {row['unit']:<6}"
            f"{each.meter_id:<20} {row['device_time'] or '':<26}{each.source}".rstrip()
        )
    for words in found.refused:
        yield f"refused  {words}"
    if not found.measured:
        yield f"nothing measured in {len(found.records)} records; --json shows them"
