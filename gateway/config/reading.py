"""gateway.toml: read, checked whole, and put together as settings."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from contract.inventory import DeviceEntry
from gateway.config import Settings
from gateway.config.file import File, with_line_types
from gateway.config.tables import DeviceTable
from gateway.forecaster import device as forecast_device
from gateway.lines import DeviceSettings
from gateway.meters import Models
from gateway.meters.fault import FileError, did_you_mean
from gateway.meters.loader import load_all
from gateway.meters.toml_file import checked, read


def settings_in(path: Path) -> Settings:
    """Return the settings in the file; relative paths in it start at its folder.

    Raises:
        FileError: It cannot be used; every fault found has a line of its own.
    """
    raw = checked(File, with_line_types(read(path)), path)
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
        lines={name: table.settings(name) for name, table in raw.lines.items()},
        devices=tuple(_device(raw, table, models) for table in raw.devices),
        max_age=timedelta(seconds=raw.poll.max_age_s),
        max_lease=(
            timedelta(minutes=setback.max_lease_min) if setback.enabled else None
        ),
        forecasts=raw.forecaster.enabled,
        cloud_key=raw.cloud.key,
        shadow=raw.forecaster.shadow_time,
        status_page=raw.status_page.settings(here, here / raw.gateway.data_dir),
    )


def _faults(raw: File, models: Models) -> Iterator[str]:
    yield from _port_faults(raw)
    names: set[tuple[str, str]] = set()
    places: set[tuple[str, str]] = set()
    for number, device in enumerate(raw.devices, start=1):
        place = f'devices[{number}] ("{device.name}")'
        if (device.node, device.name) in names:
            at = device.node or raw.gateway.node
            yield f'{place}.name: "{device.name}" is there twice at {at}; rename one'
        names.add((device.node, device.name))
        faults = list(_device_faults(raw, device, models))
        yield from (f"{place}.{fault}" for fault in faults)
        if faults:
            continue
        if (device.line, device.place()) in places:
            yield f"{place}.{device.place()} is taken on line {device.line}"
        places.add((device.line, device.place()))


def _port_faults(raw: File) -> Iterator[str]:
    """Yield each port that two would listen on."""
    page = raw.status_page
    taken = {page.port: "[status_page]"} if page.enabled and page.port else {}
    for name, line in raw.lines.items():
        port = line.listens_on
        if port in taken:
            yield f"lines.{name}.port: {port} is {taken[port]}'s; choose another"
        elif port:
            taken[port] = f"[lines.{name}]"


def _device_faults(raw: File, device: DeviceTable, models: Models) -> Iterator[str]:
    line = raw.lines.get(device.line)
    if line is None:
        yield (
            f"line: there is no [lines.{device.line}]"
            f"{did_you_mean(device.line, list(raw.lines))}"
        )
        return
    wrong = list(device.faults(line, models))
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
    try:
        _entry(raw, device, models)
    except ValueError as error:
        yield str(error)


def _device(raw: File, table: DeviceTable, models: Models) -> DeviceSettings:
    interval = timedelta(seconds=table.interval_s or raw.poll.interval_s)
    return table.settings(_entry(raw, table, models), interval)


def _entry(raw: File, table: DeviceTable, models: Models) -> DeviceEntry:
    node = f"{raw.gateway.node}/{table.node}" if table.node else raw.gateway.node
    line = raw.lines[table.line]
    simulated = table.simulated or line.simulated or raw.gateway.simulate == "always"
    return table.entry(node, line, models, simulated=simulated)
