"""gateway.toml: read once, checked whole, handed on as frozen settings."""

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast

from contract.inventory import Inventory
from gateway.forecaster import device as forecast_device
from gateway.lines import DeviceSettings, LineSettings
from gateway.meters import Models
from gateway.meters.fault import FileError, did_you_mean
from gateway.status_page.settings import PageSettings

ConfigError = FileError
"""The configuration cannot be used; the message names file, place and remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a gateway is told.

    Attributes:
        node: Path of the gateway's own node, from the site down.
        models: The meter models its devices use, among others.
        max_age: Age from which a value is stale.
        max_lease: How long a setback may last without being renewed; None switches the
            unoccupied setback off.
        cloud_key: Whose signature on models counts; empty: the first that is met.
        shadow: How long a new model runs beside before it may take over.
    """

    path: Path
    name: str
    node: str
    data_dir: Path
    simulate: Literal["never", "when_absent", "always"]
    cloud_url: str
    ca_file: Path | None
    models: Models
    lines: Mapping[str, LineSettings]
    devices: tuple[DeviceSettings, ...]
    max_age: timedelta
    max_lease: timedelta | None
    forecasts: bool
    cloud_key: str = ""
    shadow: timedelta = timedelta(0)
    status_page: PageSettings = field(default_factory=PageSettings)

    def inventory(self) -> Inventory:
        """Return what this gateway tells the cloud it measures."""
        entries = [device.entry for device in self.devices]
        if self.forecasts:
            simulated = any(each.simulated for each in entries)
            entries.append(forecast_device.entry(self.node, simulated=simulated))
        return Inventory(tuple(entries))

    def device(self, path: str) -> DeviceSettings:
        """Return the device at `path`, from the site down or from the gateway's node.

        Raises:
            LookupError: There is none; the message names the nearest.
        """
        by_path = {device.path: device for device in self.devices}
        for name in (path, f"{self.node}/{path}"):
            if name in by_path:
                return by_path[name]
        below = [name.removeprefix(f"{self.node}/") for name in by_path]
        raise LookupError(f'no device "{path}"{did_you_mean(path, below)}')


def load(path: Path) -> Settings:
    """Return the settings in the file; relative paths in it start at its folder.

    Raises:
        ConfigError: It cannot be used; every fault found has a line of its own.
    """
    from gateway.config.reading import settings_in

    return settings_in(path)


def load_apart(path: Path) -> Settings:
    """Return what `load` does, without keeping what that takes in memory.

    A child process reads: the library that checks takes 12 MB, and never gives them
    back. To be called before any thread is started.

    Raises:
        ConfigError: It cannot be used; every fault found has a line of its own.
    """
    from_child, to_parent = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(path, to_parent)
    os.close(to_parent)
    with os.fdopen(from_child, "rb") as stream:
        raw = stream.read()
    os.waitpid(child, 0)
    answer = pickle.loads(raw) if raw else None  # noqa: S301 (our own child's)
    if isinstance(answer, FileError):
        raise answer
    return cast(Settings, answer) if answer else load(path)


def _answer(path: Path, to_parent: int) -> None:
    """Send the settings or what is wrong with them, and end this process."""
    try:
        try:
            answer: Settings | FileError = load(path)
        except FileError as error:
            answer = error
        with os.fdopen(to_parent, "wb") as stream:
            pickle.dump(answer, stream)
    finally:
        os._exit(0)
