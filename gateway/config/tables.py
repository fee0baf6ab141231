"""The tables of gateway.toml as they are written, before they are put together."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from contract.inventory import PATH, SLUG, Role
from contract.quantity import Quantity
from gateway.meters.toml_file import Table
from gateway.uplink.loopback import is_loopback

MAX_RTU_UNIT: Final = 247
_MAX_LEASE_MIN: Final = 1440


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


class TcpTable(Table):
    """[lines.…] with type modbus_tcp."""

    type: Literal["modbus_tcp"]
    host: str = Field(min_length=1)
    port: Port = 502
    timeout_s: float = Field(default=2.0, gt=0, le=2.0)
    simulated: bool = False


class SerialTable(Table):
    """[lines.…] with type modbus_rtu."""

    type: Literal["modbus_rtu"]
    port: str = Field(min_length=1)
    baudrate: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = Field(default=0.5, gt=0, le=5)
    simulated: bool = False


class ListenTable(Table):
    """[lines.…] on which telegrams come by themselves; the type is their format."""

    type: Literal["dsmr", "sml", "text_line"]
    port: str = Field(min_length=1)
    baudrate: int | None = Field(default=None, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = Field(default=30, gt=0, le=3600)
    columns: tuple[str, ...] = ()
    simulated: bool = False


LineTable = Annotated[TcpTable | SerialTable | ListenTable, Field(discriminator="type")]


class DeviceTable(Table):
    """[[devices]]."""

    name: Slug
    node: Annotated[str, AfterValidator(_path_below)] = ""
    line: str
    unit: int | None = Field(default=None, ge=0, le=255)
    model: str | None = None
    meter_id: str = ""
    quantities: tuple[Quantity, ...] = ()
    role: Role | None = None
    interval_s: Seconds | None = None
    simulated: bool = False


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


class File(Table):
    """The whole file."""

    gateway: GatewayTable
    cloud: CloudTable
    poll: PollTable = PollTable()
    lines: dict[Slug, LineTable] = Field(default_factory=dict)
    devices: list[DeviceTable] = Field(default_factory=list)
    rules: RulesTable = RulesTable()
    forecaster: ForecasterTable = ForecasterTable()

    @model_validator(mode="after")
    def _fresh_between_polls(self) -> Self:
        if self.poll.max_age_s < self.poll.interval_s:
            raise ValueError(
                "poll.max_age_s is shorter than poll.interval_s: values would be stale"
                " before the next poll; make it at least as long"
            )
        return self
