"""Beca BAC-002ALN thermostat: setpoint (3, may be set) and room (8) in tenths."""

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout


def bank() -> Plain:
    """Return a thermostat in a room at 0 °C."""
    return Plain(
        (
            Field("setpoint_temperature_c", 3, Layout.UINT16, 0.1),
            Field("temperature_c", 8, Layout.UINT16, 0.1),
        ),
        holding=True,
        settable=("setpoint_temperature_c",),
    )
