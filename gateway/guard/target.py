"""What the guard can write: setpoints, who writes them, and their ranges."""

from collections.abc import Mapping
from dataclasses import dataclass

from contract.quantity import Quantity
from gateway.driver import Connection
from gateway.lines import DeviceSettings, Line
from gateway.meters import Control, Setpoint
from gateway.writers import Writer, writer

Values = Mapping[Quantity, float]


@dataclass(frozen=True, slots=True)
class Target:
    """Setpoints of a device that are written together.

    Attributes:
        name: The device's path, and which setpoint where that is written alone.
        points: Name of the point of each setpoint.
        is_read: Whether the setpoints are among the device's readings.
    """

    name: str
    path: str
    line: Line
    connection: Connection
    writer: Writer
    control: Control
    points: Mapping[Quantity, str]
    is_read: bool

    @property
    def reverts(self) -> bool:
        """Whether the device itself ends what it is held to, by its own timer."""
        return self.control.reversion_address is not None


def targets(
    device: DeviceSettings, control: Control, line: Line, connection: Connection
) -> list[Target]:
    """Return what of the device can be written alone."""
    return [
        Target(
            name_of(device, part),
            device.path,
            line,
            connection,
            writer(line.settings, connection, device, part),
            part,
            {
                each.quantity: device.entry.point(each.quantity)
                for each in part.setpoints
            },
            all(each.quantity in device.entry.quantities for each in part.setpoints),
        )
        for part in control.parts
    ]


def refused(control: Control, values: Values) -> str:
    """Return why these values must not be written, or nothing."""
    for setpoint in control.setpoints:
        value = values[setpoint.quantity]
        steps = value / setpoint.step
        in_range = setpoint.low <= value <= setpoint.high
        if not in_range or abs(steps - round(steps)) > 1e-6:
            return f"{setpoint.quantity} {value:g} is refused: {_allowed(setpoint)}"
    return ""


def is_at(target: Target, held: Values, wanted: Values) -> bool:
    """Return whether the device holds all that is wanted of this target."""
    return all(
        each.quantity in held
        and abs(held[each.quantity] - wanted[each.quantity]) < each.step / 2
        for each in target.control.setpoints
        if each.quantity in wanted
    )


def shown(values: Values) -> str:
    """Return them for the audit log."""
    words = " ".join(f"{quantity}={value:g}" for quantity, value in values.items())
    return words or "nothing"


def _allowed(setpoint: Setpoint) -> str:
    steps = "whole numbers" if setpoint.step == 1 else f"steps of {setpoint.step:g}"
    return f"{steps} from {setpoint.low:g} to {setpoint.high:g}"


def name_of(device: DeviceSettings, part: Control) -> str:
    """Return what the target of these setpoints is called."""
    if part.reversion_address is not None:
        return device.path
    return " ".join((device.path, *(each.quantity for each in part.setpoints)))
