"""Buffer store of a Lambda heat pump: module 3, points 2 (top) and 3, in tenths."""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

FIRST: Final = 3000


def bank() -> Plain:
    """Return a store at 0 °C."""
    return Plain(
        (
            Field("store_top_temperature_c", 2, Layout.INT16, 0.1),
            Field("store_bottom_temperature_c", 3, Layout.INT16, 0.1),
        ),
        holding=True,
        first=FIRST,
    )
