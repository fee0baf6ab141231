"""The tables of gateway.toml, and what those of every type of line have in common."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator

from contract.inventory import PATH, SLUG, DeviceEntry, Role
from contract.quantity import Quantity
from gateway.lines import DeviceSettings, LineSettings
from gateway.meters import Models
from gateway.meters.toml_file import Table
from gateway.uplink.loopback import is_loopback

_MAX_LEASE_MIN: Final = 1440
_KEY: Final = re.compile("[0-9a-f]{64}")
_SPAN: Final = re.compile("([0-9]{1,7})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST_SHADOW_S: Final = 14 * 86_400


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError(
            f"{value!r} is no slug; use a-z, 0-9, - and _, first a letter or digit"
        )
    return value


def _path(value: str) -> str:
    if not PATH.fullmatch(value):
        raise ValueError(f"{value!r} is no node path; write slugs joined by /")
    return value


def _path_below(value: str) -> str:
    return _path(value) if value else value


Slug = Annotated[str, AfterValidator(_slug)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class GatewayTable(Table):
    """[gateway]."""

    name: Slug
    node: Annotated[str, AfterValidator(_path)]
    data_dir: Path
    simulate: Literal["never", "when_absent", "always"] = "never"
    meters_dir: Path | None = None


class CloudTable(Table):
    """[cloud]."""

    url: str
    ca_file: Path | None = None
    key: str = ""

    @field_validator("key")
    @classmethod
    def _public_key(cls, value: str) -> str:
        if value and not _KEY.fullmatch(value):
            raise ValueError(
                "is no key of 64 hex digits; write what `voltonic-cloud key signing`"
                " prints"
            )
        return value

    @field_validator("url")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{value!r} is no web address; write https://host[:port]")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(
                f"{value!r} is not encrypted; use https (http only to this machine)"
            )
        return value.rstrip("/")


class PollTable(Table):
    """[poll]."""

    interval_s: Seconds = 60
    max_age_s: Seconds = 180


class LineTable(Table):
    """[lines.…]; each type of line has its own."""

    simulated: bool = False

    @property
    def listens_on(self) -> int:
        """TCP port on which devices connect to the gateway; 0 where none does."""
        return 0

    def settings(self, name: str) -> LineSettings:
        """Return the line as its driver wants it."""
        raise NotImplementedError


class DeviceTable(Table):
    """[[devices]]; each type of line has its own.

    Attributes:
        line_type: Of its line; put in before checking, never written in the file.
    """

    line_type: str
    name: Slug
    node: Annotated[str, AfterValidator(_path_below)] = ""
    line: str
    role: Role | None = None
    interval_s: Seconds | None = None
    simulated: bool = False

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with it on this line, each as `key: words`."""
        del line, models
        yield from ()

    def place(self) -> str:
        """Return where on its line it is, as words nobody else there may have."""
        raise NotImplementedError

    def entry(
        self, node: str, line: LineTable, models: Models, *, simulated: bool
    ) -> DeviceEntry:
        """Return what the cloud is told of it."""
        raise NotImplementedError

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        return DeviceSettings(entry, self.line, 0, interval)


class ListedTable(DeviceTable):
    """A device without a model: the file lists what it measures."""

    quantities: tuple[Quantity, ...] = ()

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its list, and that its role is not known."""
        del line, models
        if not self.quantities:
            yield f"quantities: is missing; list what to take {self.taken_from}"
        if len(set(self.quantities)) < len(self.quantities):
            yield "quantities: one is there twice; remove it"
        if self.role is None:
            roles = ", ".join(sorted(Role))
            yield f"role: is missing; write what the device is to its node: {roles}"

    @property
    def taken_from(self) -> str:
        """Where its values come from, as in "list what to take …"."""
        return "from it"

    def entry(
        self, node: str, line: LineTable, models: Models, *, simulated: bool
    ) -> DeviceEntry:
        """Return what the cloud is told of it."""
        del line, models
        return DeviceEntry(
            node=node,
            name=self.name,
            model=self.line_type,
            role=self.role or Role.SENSOR,
            simulated=simulated,
            quantities=self.quantities,
        )


class SetbackTable(Table):
    """[rules.unoccupied_setback]."""

    enabled: bool = False
    max_lease_min: int = Field(default=480, ge=2, le=_MAX_LEASE_MIN)


class RulesTable(Table):
    """[rules]."""

    unoccupied_setback: SetbackTable = SetbackTable()


class ForecasterTable(Table):
    """[forecaster]."""

    enabled: bool = False
    shadow: str = "24h"

    @field_validator("shadow")
    @classmethod
    def _span(cls, value: str) -> str:
        found = _SPAN.fullmatch(value)
        if found is None or int(found[1]) * _SECONDS[found[2]] > _LONGEST_SHADOW_S:
            raise ValueError(
                f'{value!r} is no time up to 14 days; write e.g. "24h", "90m" or "0s"'
            )
        return value

    @property
    def shadow_time(self) -> timedelta:
        """How long a new model runs beside before it may take over."""
        count, unit = int(self.shadow[:-1]), self.shadow[-1]
        return timedelta(seconds=count * _SECONDS[unit])
