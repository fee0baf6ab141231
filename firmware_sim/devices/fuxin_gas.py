"""Fuxin gas meter with corrector: 20 holding registers from 0x000A.

Source: a published function block (FXGasFlow) with a worked example. Floats at words 0
(total as it flows), 2 (standard total), 4 (preset), 6 (standard flow), 11 (flow), 16
(temperature) and 18 (pressure in kPa).
"""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

FIRST: Final = 0x000A
_FLOAT: Final = Layout.FLOAT32


def bank() -> Plain:
    """Return a meter without flow."""
    return Plain(
        (
            Field("gas_m3", 2, _FLOAT, counter=True),
            Field("volume_flow_m3_h", 6, _FLOAT),
            Field("temperature_c", 16, _FLOAT),
            Field("pressure_kpa", 18, _FLOAT),
        ),
        holding=True,
        first=FIRST,
    )
