"""SunSpec devices: their nameplate, and the models in their chain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from contract.inventory import DeviceEntry
from contract.quantity import DEFINITIONS
from gateway.driver import Shown
from gateway.drivers.modbus.bus import ModbusBus
from gateway.lines import DeviceError, DeviceSettings, LineDownError
from gateway.meters import Model, Models, Space
from gateway.probing import Found, Table
from gateway.probing.identify import SHOWN, Asked

_STARTS: Final = (40000, 50000, 0)
_MARK: Final = b"SunS"
_WORDS: Final = 68
_MARK_AND_HEAD: Final = 8
_TEXT: Final = 32
_VERSION: Final = 16
_MOST_ALIKE: Final = 8


async def nameplate(asked: Asked) -> str | None:
    """Return manufacturer, model and version of a SunSpec device, or None.

    Source: SunSpec Device Information Model Specification, common model 1: Mn (16
    registers), Md (16), Opt (8), Vr (8), SN (16).
    """
    for start in _STARTS:
        mark = await asked.registers(Space.HOLDING, start, 2)
        if mark != _MARK:
            continue
        body = await asked.registers(Space.HOLDING, start, _WORDS)
        return "a SunSpec device" if body is None else _words(body[_MARK_AND_HEAD:])
    return None


async def things(
    bus: ModbusBus, unit: int, line: Table, models: Models, plate: str
) -> list[Found]:
    """Return what is in the chain of a unit: an inverter may have a battery, too.

    What finds part of what another model finds is the same thing told twice: it is
    named as what the other may also be.

    Raises:
        LineDownError: The line cannot be used.
    """
    found = []
    finds = {
        name: set(model.discovery.finds)
        for name, model in models.items()
        if model.discovery is not None
    }
    for name, own in finds.items():
        if any(own < others for others in finds.values()):
            continue
        model = models[name]
        also = tuple(each for each, others in finds.items() if others < own)
        certainty = "likely" if also else "certain"
        for number in count(1):
            rows = await _rows(bus, unit, model, number)
            if rows is None or number > _MOST_ALIKE:
                break
            each = _found(unit, line, model, number, plate, rows)
            found.append(replace(each, also=also, certainty=certainty))
    return found


async def _rows(
    bus: ModbusBus, unit: int, model: Model, number: int
) -> Sequence[Shown] | None:
    quantities = model.quantities
    entry = DeviceEntry("probe", "probe", model.name, model.role, False, quantities)
    settings = DeviceSettings(entry, "probe", unit, timedelta(1), place=number)
    try:
        return await bus.device(settings).inspect(lambda: datetime.now(UTC))
    except LineDownError:
        raise
    except DeviceError:
        return None


def _found(
    unit: int, line: Table, model: Model, number: int, plate: str, rows: Sequence[Shown]
) -> Found:
    device: Table = {"unit": unit, "model": model.name}
    if number > 1:
        device = {**device, "instance": number}
    values = tuple(
        f"{row.quantity} {row.value:.6g} {DEFINITIONS[row.quantity].unit}"
        for row in rows
        if row.value is not None and row.quantity in SHOWN
    )
    where = f"unit {unit}" if number == 1 else f"unit {unit}, number {number}"
    title = f"{plate}, {model.title}"
    return Found(where, line, device, title, "certain", values=values)


def _words(common: bytes) -> str:
    version = 2 * _TEXT + _VERSION
    parts = (
        common[:_TEXT],
        common[_TEXT : 2 * _TEXT],
        common[version : version + _VERSION],
    )
    texts = (part.split(b"\0")[0].decode("utf-8", "replace").strip() for part in parts)
    return " ".join(filter(str.isprintable, filter(None, texts))) or "a SunSpec device"
