"""Thies Clima Sensor US: input registers 35001 on, 32 bits each, high word first.

Source: the instruction for use 021690, MODBUS input registers (35001 to 39999).
"""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

FIRST: Final = 35_001
_U32, _I32 = Layout.UINT32, Layout.INT32
_AT: Final = {
    "wind_speed_m_s": (35_001, _U32, 0.1),
    "wind_direction_deg": (35_003, _U32, 0.1),
    "temperature_c": (35_005, _I32, 0.1),
    "humidity_percent": (35_013, _U32, 0.1),
    "pressure_hpa": (35_017, _U32, 0.01),
    "illuminance_lx": (35_071, _U32, 1.0),
    "rain_mm": (35_089, _U32, 0.001),
    "irradiance_w_m2": (35_091, _I32, 0.1),
}


def bank() -> Plain:
    """Return a station in the calm and dark."""
    fields = [
        Field(name, at - FIRST, layout, scale, counter=name == "rain_mm")
        for name, (at, layout, scale) in _AT.items()
    ]
    return Plain(fields, first=FIRST)
