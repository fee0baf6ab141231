"""BACnet/IP networks and the controllers on them, as they are written."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from gateway.config.tables import DeviceTable, LineTable
from gateway.drivers.bacnet.line import (
    GREATEST_INSTANCE,
    KINDS,
    UDP_PORT,
    BacnetLine,
    BacnetObject,
    BacnetPlace,
    Foreign,
)
from gateway.lines import DeviceSettings
from gateway.meters import Control, Models, Setpoint
from gateway.meters.fault import did_you_mean
from gateway.meters.toml_file import Table

_MOST_OBJECTS: Final = 200
Instance = Annotated[int, Field(ge=0, le=GREATEST_INSTANCE)]


class ForeignTable(Table):
    """foreign = { bbmd = "address[:port]", ttl_s = … } of a line."""

    bbmd: str
    ttl_s: int = Field(default=60, ge=10, le=65_535)

    @field_validator("bbmd")
    @classmethod
    def _an_address(cls, text: str) -> str:
        host, _ = _host_and_port(text)
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise ValueError(f"{text!r} is no IPv4 address[:port]") from None
        return text

    def settings(self) -> Foreign:
        """Return it as the driver wants it."""
        return Foreign(*_host_and_port(self.bbmd), timedelta(seconds=self.ttl_s))


class BacnetTable(LineTable):
    """[lines.…] with type bacnet: the gateway's own place on the network."""

    type: Literal["bacnet"]
    address: str
    port: int = Field(default=UDP_PORT, ge=0, le=65_535)
    device_instance: Instance
    foreign: ForeignTable | None = None
    timeout_s: float = Field(default=2.0, gt=0, le=10)

    @field_validator("address")
    @classmethod
    def _an_interface(cls, text: str) -> str:
        try:
            interface = ipaddress.IPv4Interface(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is no IPv4 address with its prefix; write the gateway's own,"
                ' like "192.168.1.10/24"'
            ) from None
        if "/" not in text:
            raise ValueError(
                f"{text!r} has no prefix, so that nobody knows where broadcasts go;"
                f' write it like "{interface.ip}/24"'
            )
        return str(interface)

    def settings(self, name: str) -> BacnetLine:
        """Return the line as its driver wants it."""
        return BacnetLine(
            name,
            self.address,
            self.device_instance,
            self.port,
            None if self.foreign is None else self.foreign.settings(),
            self.timeout_s,
            self.simulated,
        )


class ObjectTable(Table):
    """One object: "analog-input,1", or that as `object` with more said of it."""

    object: str
    scale: float | None = None
    low: float | None = None
    high: float | None = None
    step: float = Field(default=0.1, gt=0)

    @field_validator("object")
    @classmethod
    def _an_object(cls, text: str) -> str:
        kind, _, number = text.replace(" ", "").partition(",")
        if kind not in KINDS:
            raise ValueError(
                f"{text!r} names no type of object with a number as its value"
                f"{did_you_mean(kind, list(KINDS))}; there are {', '.join(KINDS)}"
            )
        if not number.isdecimal() or int(number) > GREATEST_INSTANCE:
            raise ValueError(f"{text!r} has no number; write it like {kind},1")
        return f"{kind},{int(number)}"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.scale == 0:
            raise ValueError("scale is 0, which makes every value 0")
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high belong together; write both or neither")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        if self.object.startswith("accumulator") and self.scale is None:
            raise ValueError("an accumulator counts pulses; set scale to their worth")
        return self

    @property
    def whole_step(self) -> float:
        """What values are whole multiples of."""
        is_whole = not self.object.startswith(("analog-", "large-analog-"))
        return max(1.0, self.step) if is_whole and self.scale is None else self.step

    def settings(self) -> BacnetObject:
        """Return it as the driver wants it."""
        kind, number = self.object.split(",")
        return BacnetObject(kind, int(number), self.scale, self.low, self.high)


def _control(objects: Mapping[Quantity, ObjectTable]) -> Control | None:
    """Return what may be written: each object that has a range, alone."""
    setpoints = tuple(
        Setpoint(name, each.low, each.high, step=each.whole_step)
        for name, each in objects.items()
        if each.low is not None and each.high is not None
    )
    return Control(setpoints) if setpoints else None


def _whole_table(value: object) -> object:
    return {"object": value} if isinstance(value, str) else value


AnyObject = Annotated[ObjectTable, BeforeValidator(_whole_table)]


class BacnetDevice(DeviceTable):
    """[[devices]] on a BACnet line."""

    line_type: Literal["bacnet"]
    address: str | None = None
    instance: Instance | None = None
    objects: dict[Quantity, AnyObject] = Field(default_factory=dict)
    cov: bool = False
    cov_confirmed: bool = False
    cov_lifetime_s: int = Field(default=300, ge=10, le=86_400)
    priority: int = Field(default=8, ge=8, le=16)

    @field_validator("address")
    @classmethod
    def _a_host(cls, text: str | None) -> str | None:
        if text is not None:
            _host_and_port(text)
        return text

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with where it is and what it shows."""
        del models
        if self.address is None and self.instance is None:
            yield "address: is missing; write host[:port], or its instance, or both"
        if isinstance(line, BacnetTable):
            if self.instance == line.device_instance:
                yield f"instance: {self.instance} is the gateway's own on this line"
            if self.address is None and line.port == 0 and line.foreign is None:
                yield "address: is missing; a line with port 0 hears no broadcasts"
        if not self.objects:
            yield (
                "objects: is missing; list what to read, like"
                ' { temperature_c = "analog-input,1" }'
            )
        if len(self.objects) > _MOST_OBJECTS:
            yield f"objects: are more than {_MOST_OBJECTS}; make two devices of it"
        if self.role is None:
            roles = ", ".join(sorted(Role))
            yield f"role: is missing; write what the device is to its node: {roles}"

    def place(self) -> str:
        """Return its number, or where it is if that is not known."""
        if self.instance is not None:
            return f"instance: {self.instance}"
        return f"address: {self.address}"

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
            quantities=tuple(self.objects),
        )

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        host, port = (None, UDP_PORT)
        if self.address is not None:
            host, port = _host_and_port(self.address)
        objects = {name: table.settings() for name, table in self.objects.items()}
        place = BacnetPlace(
            host=host,
            port=port,
            instance=self.instance,
            objects=MappingProxyType(objects),
            cov=self.cov,
            confirmed=self.cov_confirmed,
            lifetime=timedelta(seconds=self.cov_lifetime_s),
            priority=self.priority,
        )
        return DeviceSettings(
            entry,
            self.line,
            0,
            interval,
            place=place,
            control=_control(self.objects),
        )


def _host_and_port(text: str) -> tuple[str, int]:
    """Return what `host[:port]` says.

    Raises:
        ValueError: It says something else.
    """
    host, colon, port = text.partition(":")
    if not host or not host.isprintable() or " " in host or "/" in host:
        raise ValueError(f"{text!r} is no host[:port]")
    if not colon:
        return host, UDP_PORT
    if not port.isdecimal() or not 1 <= int(port) <= 65_535:
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return host, int(port)
