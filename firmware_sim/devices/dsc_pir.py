"""DSCModbus motion sensor: holding registers, after its firmware.

Source: github:AlexDigy/DSCModbus src/main.cpp: 0 motion (bit 0), 2 and 3 temperature
and humidity in tenths, 4 pressure in 13.3 Pa.
"""

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout


def bank() -> Plain:
    """Return a sensor in an empty room."""
    return Plain(
        (
            Field("occupancy", 0, Layout.UINT16),
            Field("temperature_c", 2, Layout.UINT16, 0.1),
            Field("humidity_percent", 3, Layout.UINT16, 0.1),
            Field("pressure_hpa", 4, Layout.UINT16, 0.133),
        ),
        holding=True,
    )
