"""Small Modbus devices of a building, each a handful of registers.

Sources: Wiren Board "WB-MSW v.3 Registers" and "WB-MDM3 Registers"; the XY-MD02's
sheet; the firmware of DSCModbus (AlexDigy); Lambda "Modbus description and protocol",
module 3; the register lists of the XHT meter and of the Fuxin corrector.
"""

from collections.abc import Callable, Mapping
from typing import Final

from firmware_sim.pdu import READ_HOLDING, READ_INPUT
from firmware_sim.registers import Field, Layout, Memory


def _memory(
    function: int, first: int, words: int, *fields: tuple[str, int, Layout, float]
) -> Memory:
    """Return a bank with `words` registers from `first`; fields count from there."""
    laid = tuple(
        Field(name, address - first, layout, scale, counter=name in _COUNTERS)
        for name, address, layout, scale in fields
    )
    memory = bytearray(2 * words)
    return Memory(memory, laid, functions=(function,), first=first)


_COUNTERS: Final = ("heat_kwh", "water_m3", "gas_m3")

_U16, _I16, _U32, _F32 = Layout.UINT16, Layout.INT16, Layout.UINT32, Layout.FLOAT32


def _room() -> Memory:
    return _memory(
        *(READ_INPUT, 0, 16),
        ("temperature_c", 4, _I16, 0.01),
        ("humidity_percent", 5, _U16, 0.01),
        ("co2_ppm", 8, _U16, 1),
        ("illuminance_lx", 9, _U32, 0.01),
    )


def _motion() -> Memory:
    return _memory(
        *(READ_HOLDING, 0, 8),
        ("occupancy", 0, _U16, 1),
        ("temperature_c", 2, _U16, 0.1),
        ("humidity_percent", 3, _U16, 0.1),
        ("pressure_hpa", 4, _U16, 0.133),
    )


def _climate() -> Memory:
    return _memory(
        *(READ_INPUT, 0, 4),
        ("temperature_c", 1, _I16, 0.1),
        ("humidity_percent", 2, _U16, 0.1),
    )


def _store() -> Memory:
    return _memory(
        *(READ_HOLDING, 3000, 8),
        ("store_top_temperature_c", 3002, _I16, 0.1),
        ("store_bottom_temperature_c", 3003, _I16, 0.1),
    )


def _heat() -> Memory:
    return _memory(
        *(READ_HOLDING, 0, 16),
        ("heat_kwh", 0, _U32, 0.01),
        ("flow_temperature_c", 4, _U32, 0.01),
        ("return_temperature_c", 6, _U32, 0.01),
        ("water_m3", 10, _U32, 0.01),
        ("heat_power_kw", 14, _U32, 0.01),
    )


def _gas() -> Memory:
    return _memory(
        *(READ_HOLDING, 10, 20),
        ("gas_m3", 12, _F32, 1),
        ("volume_flow_m3_h", 16, _F32, 1),
        ("temperature_c", 26, _F32, 1),
    )


def _dimmer() -> Memory:
    return _memory(READ_HOLDING, 0, 4, ("dim_level_percent", 0, _U16, 1))


SENSORS: Final[Mapping[str, Callable[[], Memory]]] = {
    "wirenboard_msw": _room,
    "dsc_pir": _motion,
    "xy_md02": _climate,
    "lambda_buffer": _store,
    "xht_heat_meter": _heat,
    "fuxin_gas_meter": _gas,
    "wirenboard_mdm3": _dimmer,
}
"""By the model that reads each."""
