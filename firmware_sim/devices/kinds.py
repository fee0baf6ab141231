"""Devices that are shown by quantity, by the name of their meter model."""

from collections.abc import Callable, Mapping
from typing import Final

from firmware_sim.devices import (
    beca_bac_002,
    dsc_pir,
    fuxin_gas,
    heat_meter,
    lambda_buffer,
    thies_clima,
    tuf_2000m,
    wirenboard,
    xy_md02,
)
from firmware_sim.devices.plain import Plain

PLAIN: Final[Mapping[str, Callable[[], Plain]]] = {
    "beca_bac_002": beca_bac_002.bank,
    "dsc_pir": dsc_pir.bank,
    "fuxin_gas_meter": fuxin_gas.bank,
    "lambda_buffer": lambda_buffer.bank,
    "thies_clima_sensor_us": thies_clima.bank,
    "tuf_2000m": tuf_2000m.bank,
    "wirenboard_m1w2": wirenboard.m1w2,
    "wirenboard_mdm3": wirenboard.mdm3,
    "wirenboard_msw": wirenboard.msw,
    "xht_heat_meter": heat_meter.bank,
    "xy_md02": xy_md02.bank,
}
"""Each returns a new device, e.g. `PLAIN["xy_md02"]()`."""
