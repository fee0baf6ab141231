"""Lines of text as boards print them: JSON, CSV with a header, `name:value`. Pure.

No checksum guards them, so a value counts only if its name says what it is and name or
value say its unit. Sources: print-outs of the PZEM004Tv30 library's example (Arduino)
and of emonTx firmware (`MSG:1,Vrms:240.1,P1:100,E1:5,T1:21.5`: volts, W, Wh, °C).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.telegram import Measured, Record, Telegram, TelegramError, obis, telegram
from gateway.telegram.obis import Figure

MAX_BYTES: Final = 65_536

_MAX_LINE: Final = 4096
_VALUE: Final = re.compile(r"([-+]?\d{1,15}(?:\.\d{1,15})?)\s*([^\W\d]{0,5}|°C|%)")
_CHANNEL: Final = re.compile(r"([a-z]+?)_?(\d{1,2})")
_PARTS: Final = re.compile(r"[,;\t]|\s{2,}")
_UNIT_SUFFIXES: Final = {
    unit.lower(): unit
    for unit in ("W", "kW", "Wh", "kWh", "VA", "kVA", "var", "kvar", "V", "A", "Hz")
} | {"ma": "mA", "c": "°C", "m3": "m3", "l": "l", "percent": "%"}
_SPELLINGS: Final = {"KWh": "kWh", "kwh": "kWh", "KW": "kW", "m³": "m3", "w": "W"}
# What boards call things, and the unit if the name alone settles it.
_NAMES: Final[Mapping[str, tuple[Quantity, str]]] = {
    "voltage": (Quantity.VOLTAGE_V, "V"),
    "vrms": (Quantity.VOLTAGE_V, "V"),
    "current": (Quantity.CURRENT_A, "A"),
    "irms": (Quantity.CURRENT_A, "A"),
    "power": (Quantity.ACTIVE_POWER_KW, ""),
    "active_power": (Quantity.ACTIVE_POWER_KW, ""),
    "apparent_power": (Quantity.APPARENT_POWER_KVA, ""),
    "reactive_power": (Quantity.REACTIVE_POWER_KVAR, ""),
    "energy": (Quantity.ENERGY_IMPORT_KWH, ""),
    "energy_import": (Quantity.ENERGY_IMPORT_KWH, ""),
    "energy_export": (Quantity.ENERGY_EXPORT_KWH, ""),
    "frequency": (Quantity.FREQUENCY_HZ, "Hz"),
    "pf": (Quantity.POWER_FACTOR, "1"),
    "power_factor": (Quantity.POWER_FACTOR, "1"),
    "temperature": (Quantity.TEMPERATURE_C, "°C"),
    "humidity": (Quantity.HUMIDITY_PERCENT, "%"),
    "gas": (Quantity.GAS_M3, ""),
    "water": (Quantity.WATER_M3, ""),
}
_EMONTX: Final = "msg"
_EMONTX_NAMES: Final[Mapping[str, tuple[Quantity, str]]] = {
    "p": (Quantity.ACTIVE_POWER_KW, "W"),
    "e": (Quantity.ENERGY_IMPORT_KWH, "Wh"),
    "t": (Quantity.TEMPERATURE_C, "°C"),
}

_Pairs = list[tuple[str, str]]
"""Names, of nested JSON joined by dots, with their values as text."""


def decode(data: bytes, columns: Sequence[str] = ()) -> Telegram:
    """Return what the lines say.

    Args:
        columns: Names of the CSV columns, where no header line tells them.

    Raises:
        TelegramError: No line is one of JSON, CSV or `name:value`, or one is broken.
    """
    records: list[Record] = []
    measured: list[Measured] = []
    unclear: list[str] = []
    for pairs in _lines(_text(data), list(columns)):
        is_emontx = pairs[0][0].lower() == _EMONTX
        for name, content in pairs:
            record = _record(name, content)
            records.append(record)
            value = _measured(record, is_emontx=is_emontx)
            if isinstance(value, str):
                unclear.append(value)
            elif value is not None:
                measured.append(value)
    if not records:
        raise TelegramError("no line of JSON, of CSV under a header, or of name:value")
    found = telegram(measured, records)
    return Telegram(found.measured, (*unclear, *found.refused), found.records)


def take(buffer: bytearray) -> bytes | None:
    """Cut the first whole line from `buffer`, or return None."""
    line, end, rest = buffer.partition(b"\n")
    if not end:
        return None
    buffer[:] = rest
    return bytes(line)


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise TelegramError(f"longer than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TelegramError("it is not UTF-8 text") from error


def _lines(text: str, columns: list[str]) -> Iterator[_Pairs]:
    """Yield the pairs of each line that has some; others are prose."""
    for line in text.splitlines():
        if len(line) > _MAX_LINE:
            raise TelegramError(f"a line is longer than {_MAX_LINE} characters")
        stripped = line.strip()
        if stripped.startswith(("{", "[")):
            pairs = list(_json(stripped))
        elif ":" in line or "=" in line:
            pairs = _named(stripped)
        else:
            pairs = _row(stripped, columns)
        if pairs:
            yield pairs


def _json(line: str) -> Iterator[tuple[str, str]]:
    try:
        parsed = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise TelegramError(f"no JSON: {line[:40]!r}") from error
    waiting: list[tuple[str, object]] = [("", parsed)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            inner = [
                (f"{place}.{key}".lstrip("."), each) for key, each in value.items()
            ]
            waiting += reversed(inner)
        elif isinstance(value, str) and place:
            yield place, value


def _named(line: str) -> _Pairs:
    pairs: _Pairs = []
    for part in _PARTS.split(line):
        marks = part.count(":") + part.count("=")
        for token in [part] if marks == 1 else part.split():
            name, mark, value = token.replace("=", ":").partition(":")
            if mark and name.strip() and value.strip() and ":" not in value:
                pairs.append((name.strip(), value.strip()))
    return pairs


def _row(line: str, columns: list[str]) -> _Pairs:
    fields = [field.strip() for field in re.split(r"[,;\t]", line)]
    if len(fields) == 1 and len(columns) != 1:
        return []
    if not any(_VALUE.fullmatch(field) for field in fields):
        columns[:] = fields
        return []
    if not columns:
        raise TelegramError("CSV without a header line that names its columns")
    if len(fields) != len(columns):
        raise TelegramError(f"{len(fields)} fields under {len(columns)} columns")
    return list(zip(columns, fields, strict=True))


def _record(name: str, content: str) -> Record:
    found = _VALUE.fullmatch(content)
    if found is None:
        return Record(name, content)
    return Record(name, float(found[1]), _SPELLINGS.get(found[2], found[2]))


def _measured(record: Record, *, is_emontx: bool) -> Measured | str | None:
    """Return the record as a quantity, why it is none, or None if no name says so."""
    if isinstance(record.value, str):
        return None
    place, _, leaf = record.name.rpartition(".")
    name = re.sub(r"\W+", "_", leaf.strip().lower()).strip("_")
    quantity, unit, channel = _quantity(name, is_emontx=is_emontx)
    if quantity is None:
        return None
    unit = record.unit or unit
    if not unit:
        return f"{record.name}: no unit; write it after the value, or {name}_<unit>"
    value = obis.in_unit_of(quantity, Figure(record.value, unit))
    if value is None:
        return f"{record.name}: {unit} is no unit of {quantity}"
    return Measured(quantity, round(value, 9), record.name, channel or place)


def _quantity(name: str, *, is_emontx: bool) -> tuple[Quantity | None, str, str]:
    """Return the quantity of a name, its unit, and the channel its number tells."""
    if name in set(Quantity):
        return Quantity(name), DEFINITIONS[Quantity(name)].unit, ""
    if name in _NAMES:
        return *_NAMES[name], ""
    stem, _, suffix = name.rpartition("_")
    if stem in _NAMES and suffix in _UNIT_SUFFIXES:
        return _NAMES[stem][0], _UNIT_SUFFIXES[suffix], ""
    found = _CHANNEL.fullmatch(name)
    if found is None:
        return None, "", ""
    names = {**_NAMES, **_EMONTX_NAMES} if is_emontx else _NAMES
    if found[1] not in names:
        return None, "", ""
    return *names[found[1]], found[2]
