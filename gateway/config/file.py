"""The whole of gateway.toml: its tables, each line and device by the line's type."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from gateway.config.bacnet import BacnetDevice, BacnetTable
from gateway.config.http_push import HttpPushDevice, HttpPushTable
from gateway.config.iec62056 import IecDevice, IecTable
from gateway.config.listened import ListenedDevice, ListenTable
from gateway.config.mbus import MbusDevice, MbusTable
from gateway.config.modbus import ModbusDevice, RtuTcpTable, SerialTable, TcpTable
from gateway.config.mqtt import MqttDevice, MqttTable
from gateway.config.ocpp import OcppDevice, OcppTable
from gateway.config.pulse import PulseDevice, PulseTable
from gateway.config.status_page import StatusPageTable
from gateway.config.tables import (
    CloudTable,
    DeviceTable,
    ForecasterTable,
    GatewayTable,
    LineTable,
    PollTable,
    RulesTable,
    Slug,
)
from gateway.meters.toml_file import Table


class LostDevice(DeviceTable, extra="allow"):
    """[[devices]] on a line that is not there, or of no known type."""

    line_type: Literal["none"]


AnyLine = Annotated[
    TcpTable
    | RtuTcpTable
    | SerialTable
    | ListenTable
    | MqttTable
    | BacnetTable
    | OcppTable
    | HttpPushTable
    | MbusTable
    | IecTable
    | PulseTable,
    Field(discriminator="type"),
]
AnyDevice = Annotated[
    ModbusDevice
    | ListenedDevice
    | MqttDevice
    | BacnetDevice
    | OcppDevice
    | HttpPushDevice
    | MbusDevice
    | IecDevice
    | PulseDevice
    | LostDevice,
    Field(discriminator="line_type"),
]


class File(Table):
    """The whole file."""

    gateway: GatewayTable
    cloud: CloudTable
    poll: PollTable = PollTable()
    lines: dict[Slug, AnyLine] = Field(default_factory=dict)
    devices: list[AnyDevice] = Field(default_factory=list)
    rules: RulesTable = RulesTable()
    forecaster: ForecasterTable = ForecasterTable()
    status_page: StatusPageTable = StatusPageTable()

    @model_validator(mode="after")
    def _fresh_between_polls(self) -> Self:
        if self.poll.max_age_s < self.poll.interval_s:
            raise ValueError(
                "poll.max_age_s is shorter than poll.interval_s: values would be stale"
                " before the next poll; make it at least as long"
            )
        return self


class _Line(Table):
    line: AnyLine


def with_line_types(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of a file with each device told the type of its line."""
    lines = raw.get("lines")
    devices = raw.get("devices")
    if not isinstance(devices, list):
        return dict(raw)
    known = lines if isinstance(lines, dict) else {}
    return {**raw, "devices": [_with_type(each, known) for each in devices]}


def line_table(raw: Mapping[str, Any]) -> LineTable:
    """Return one line's table.

    Raises:
        ValueError: It is none.
    """
    return _Line.model_validate({"line": raw}).line


def _with_type(device: object, lines: Mapping[str, Any]) -> object:
    if not isinstance(device, dict) or "line_type" in device:
        return device
    line = lines.get(str(device.get("line")))
    kind = line.get("type") if isinstance(line, dict) else None
    return {**device, "line_type": kind if kind in _types() else "none"}


def _types() -> set[str]:
    """Return the types of line that devices can be on."""
    tables = get_args(get_args(AnyDevice)[0])
    return {
        kind
        for table in tables
        for kind in get_args(table.model_fields["line_type"].annotation)
    }
