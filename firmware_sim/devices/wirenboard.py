"""Wiren Board devices, after the maker's templates (wirenboard/wb-mqtt-serial)."""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

_PROBE_STEP_C: Final = 1 / 16


def msw() -> Plain:
    """Return a WB-MSW v.3: room climate, CO2 and light in input registers."""
    return Plain(
        (
            Field("temperature_c", 4, Layout.INT16, 0.01),
            Field("humidity_percent", 5, Layout.UINT16, 0.01),
            Field("co2_ppm", 8, Layout.UINT16),
            Field("illuminance_lx", 9, Layout.UINT32, 0.01),
        )
    )


def m1w2() -> Plain:
    """Return a WB-M1W2: two probes, input registers 7 and 8 in sixteenths."""
    return Plain(
        (
            Field("store_top_temperature_c", 7, Layout.INT16, _PROBE_STEP_C),
            Field("store_bottom_temperature_c", 8, Layout.INT16, _PROBE_STEP_C),
        )
    )


def mdm3() -> Plain:
    """Return a WB-MDM3: the first channel's level, which may be set."""
    level = Field("dim_level_percent", 0, Layout.UINT16)
    return Plain((level,), holding=True, settable=("dim_level_percent",))
