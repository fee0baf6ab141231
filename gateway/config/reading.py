"""gateway.toml: read, checked whole, and put together as settings."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.config import Settings, listened
from gateway.config.tables import (
    MAX_RTU_UNIT,
    DeviceTable,
    File,
    LineTable,
    ListenTable,
    SerialTable,
    TcpTable,
)
from gateway.forecaster import device as forecast_device
from gateway.lines import DeviceSettings, LineSettings, ListenLine, SerialLine, TcpLine
from gateway.meters import Models
from gateway.meters.fault import FileError, did_you_mean
from gateway.meters.loader import load_all
from gateway.meters.toml_file import checked, read

_BAUDRATES: Final = {"dsmr": 115_200, "sml": 9600, "text_line": 9600}


def settings_in(path: Path) -> Settings:
    """Return the settings in the file; relative paths in it start at its folder.

    Raises:
        FileError: It cannot be used; every fault found has a line of its own.
    """
    raw = checked(File, read(path), path)
    here = path.resolve().parent
    meters_dir = raw.gateway.meters_dir
    if meters_dir is not None and not (here / meters_dir).is_dir():
        raise FileError(
            f"{path}: gateway.meters_dir: there is no folder {here / meters_dir};"
            " make it, or remove the key"
        )
    models = load_all(None if meters_dir is None else here / meters_dir)
    faults = list(_faults(raw, models))
    if faults:
        raise FileError("\n".join(f"{path}: {fault}" for fault in faults))
    setback = raw.rules.unoccupied_setback
    ca_file = raw.cloud.ca_file
    return Settings(
        path=path,
        name=raw.gateway.name,
        node=raw.gateway.node,
        data_dir=here / raw.gateway.data_dir,
        simulate=raw.gateway.simulate,
        cloud_url=raw.cloud.url,
        ca_file=None if ca_file is None else here / ca_file,
        models=models,
        lines={name: _line(name, table) for name, table in raw.lines.items()},
        devices=tuple(_device(raw, table, models) for table in raw.devices),
        max_age=timedelta(seconds=raw.poll.max_age_s),
        max_lease=(
            timedelta(minutes=setback.max_lease_min) if setback.enabled else None
        ),
        forecasts=raw.forecaster.enabled,
    )


def _faults(raw: File, models: Models) -> Iterator[str]:
    names: set[tuple[str, str]] = set()
    units: set[tuple[str, int, str | None]] = set()
    for number, device in enumerate(raw.devices, start=1):
        place = f'devices[{number}] ("{device.name}")'
        if (device.node, device.name) in names:
            at = device.node or raw.gateway.node
            yield f'{place}.name: "{device.name}" is there twice at {at}; rename one'
        names.add((device.node, device.name))
        if device.unit is not None:
            if (device.line, device.unit, device.model) in units:
                yield f"{place}.unit: {device.unit} is taken on line {device.line}"
            units.add((device.line, device.unit, device.model))
        yield from (f"{place}.{fault}" for fault in _device_faults(raw, device, models))


def _device_faults(raw: File, device: DeviceTable, models: Models) -> Iterator[str]:
    line = raw.lines.get(device.line)
    if line is None:
        yield (
            f"line: there is no [lines.{device.line}]"
            f"{did_you_mean(device.line, list(raw.lines))}"
        )
    if isinstance(line, ListenTable):
        wrong = list(listened.faults(device))
    else:
        wrong = list(_modbus_faults(device, line, models))
    yield from wrong
    if wrong:
        return
    if (device.interval_s or 0) > raw.poll.max_age_s:
        yield (
            "interval_s: is longer than poll.max_age_s, so that its values would be"
            " stale before the next poll; raise max_age_s"
        )
    if (
        device.name == forecast_device.NAME
        and not device.node
        and raw.forecaster.enabled
    ):
        yield "name: is what the forecaster's own device is called; choose another"
    if line is None:
        return
    try:
        _entry(raw, device, models, simulated=False)
    except ValueError as error:
        yield str(error)


def _modbus_faults(
    device: DeviceTable, line: LineTable | None, models: Models
) -> Iterator[str]:
    if device.unit is None:
        yield "unit: is missing; add it"
    elif isinstance(line, SerialTable) and not 1 <= device.unit <= MAX_RTU_UNIT:
        yield f"unit: {device.unit} is out of range; a serial line has 1 to 247"
    if device.quantities or device.meter_id:
        yield "quantities, meter_id: a meter model says both; remove them"
    if device.model is None:
        yield "model: is missing; add it"
    elif device.model not in models:
        yield (
            f'model: no meter model "{device.model}"'
            f"{did_you_mean(device.model, list(models))}; there are "
            + ", ".join(sorted(models))
        )


def _line(name: str, table: LineTable) -> LineSettings:
    if isinstance(table, TcpTable):
        return TcpLine(name, table.host, table.port, table.timeout_s, table.simulated)
    if isinstance(table, ListenTable):
        return ListenLine(
            name,
            table.port,
            table.type,
            table.baudrate or _BAUDRATES[table.type],
            table.parity,
            table.stopbits,
            table.timeout_s,
            table.columns,
            table.simulated,
        )
    return SerialLine(
        name,
        table.port,
        table.baudrate,
        table.parity,
        table.stopbits,
        table.timeout_s,
        table.simulated,
    )


def _device(raw: File, table: DeviceTable, models: Models) -> DeviceSettings:
    simulated = (
        table.simulated
        or raw.lines[table.line].simulated
        or raw.gateway.simulate == "always"
    )
    return DeviceSettings(
        entry=_entry(raw, table, models, simulated=simulated),
        line=table.line,
        unit=table.unit or 0,
        interval=timedelta(seconds=table.interval_s or raw.poll.interval_s),
        meter_id=table.meter_id,
    )


def _entry(
    raw: File, table: DeviceTable, models: Models, *, simulated: bool
) -> DeviceEntry:
    node = f"{raw.gateway.node}/{table.node}" if table.node else raw.gateway.node
    line = raw.lines[table.line]
    if isinstance(line, ListenTable):
        return listened.entry(node, table, line, simulated=simulated)
    model = models[table.model or ""]
    saved = (Quantity.ENERGY_SAVED_KWH,) if model.control else ()
    return DeviceEntry(
        node=node,
        name=table.name,
        model=model.name,
        role=table.role or model.role,
        simulated=simulated,
        quantities=model.quantities + saved,
        modulus_kwh=model.modulus_kwh,
    )
