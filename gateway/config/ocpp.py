"""Where charge points connect, and the devices they are, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.config.tables import LineTable, ListedTable, Port
from gateway.drivers.ocpp.line import LONGEST_ID, PORT, OcppLine, OcppPlace
from gateway.drivers.ocpp.meter_values import MEASURED
from gateway.lines import DeviceSettings
from gateway.meters import Control, Models, Setpoint

_READ: Final = MEASURED | {Quantity.SWITCH}


def _whole_path(value: Path) -> Path:
    if not value.is_absolute():
        raise ValueError(f"{value} is no whole path; write it from / on")
    return value


def _identity(value: str) -> str:
    if not value.isprintable() or any(sign in value for sign in " /:?#"):
        raise ValueError(
            f"{value!r} is no charge point id; write the last part of the address that"
            " the charge point connects to"
        )
    return value


_WholePath = Annotated[Path, AfterValidator(_whole_path)]
_Identity = Annotated[
    str, Field(min_length=1, max_length=LONGEST_ID), AfterValidator(_identity)
]


class OcppTable(LineTable):
    """[lines.…] with type ocpp: charge points connect to the gateway here."""

    type: Literal["ocpp"]
    host: str = Field(default="0.0.0.0", min_length=1)  # noqa: S104
    port: Port = PORT
    password_file: _WholePath | None = None
    timeout_s: float = Field(default=5.0, gt=0, le=10)

    @property
    def listens_on(self) -> int:
        """TCP port on which devices connect to the gateway."""
        return self.port

    def settings(self, name: str) -> OcppLine:
        """Return the line as its driver wants it."""
        return OcppLine(
            name,
            self.host,
            self.port,
            self.password_file,
            self.timeout_s,
            self.simulated,
        )


class OcppDevice(ListedTable):
    """[[devices]] that is a connector of a charge point.

    Attributes:
        max_current_a: The most it may be held at; 0 lets nobody write to it.
    """

    line_type: Literal["ocpp"]
    charge_point: _Identity
    connector: int = Field(default=1, ge=0, le=100)
    max_current_a: int = Field(default=0, ge=0, le=500)
    rate_unit: Literal["A", "W"] = "A"
    phases: Literal[1, 2, 3] = 3
    profile: Literal["TxDefaultProfile", "ChargePointMaxProfile"] = "TxDefaultProfile"

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from its meter values"

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its list, or with how it is limited."""
        yield from super().faults(line, models)
        if Quantity.CURRENT_LIMIT_A in self.quantities:
            yield (
                "quantities: current_limit_a is written, not read; set max_current_a"
                " instead"
            )
        elif unknown := [each for each in self.quantities if each not in _READ]:
            yield (
                f"quantities: no charge point tells {', '.join(unknown)}; there are "
                + ", ".join(sorted(_READ))
            )
        if self.profile == "ChargePointMaxProfile" and self.connector != 0:
            yield "profile: ChargePointMaxProfile limits all of it; set connector to 0"

    def place(self) -> str:
        """Return its charge point and connector."""
        return f"connector: {self.connector} of {self.charge_point}"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        place = OcppPlace(
            self.charge_point,
            self.connector,
            self.rate_unit,
            self.phases,
            self.profile,
        )
        control = None
        if self.max_current_a:
            limit = Setpoint(Quantity.CURRENT_LIMIT_A, 0, self.max_current_a)
            control = Control((limit,))
        return DeviceSettings(
            entry, self.line, 0, interval, place=place, control=control
        )
