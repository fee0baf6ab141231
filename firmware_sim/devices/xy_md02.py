"""XY-MD02: temperature and humidity in tenths, input registers 1 and 2."""

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout


def bank() -> Plain:
    """Return a sensor at 0 °C."""
    return Plain(
        (
            Field("temperature_c", 1, Layout.INT16, 0.1),
            Field("humidity_percent", 2, Layout.UINT16, 0.1),
        )
    )
