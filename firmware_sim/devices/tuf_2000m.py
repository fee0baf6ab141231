"""TUF-2000M: REAL4 and LONG in holding registers, LOW WORD FIRST.

Source: TUF-2000 user manual, MODBUS registers table; its numbers start at 1.
"""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

_KW_PER_GJ_H: Final = 1e6 / 3600
_REAL4: Final = Layout.FLOAT32_LOW_FIRST


def bank() -> Plain:
    """Return a meter on an empty pipe."""
    return Plain(
        (
            Field("volume_flow_m3_h", 0, _REAL4),
            Field("heat_power_kw", 2, _REAL4, _KW_PER_GJ_H),
            Field("water_m3", 8, Layout.UINT32_LOW_FIRST, counter=True),
            Field("flow_temperature_c", 32, _REAL4),
            Field("return_temperature_c", 34, _REAL4),
        ),
        holding=True,
    )
