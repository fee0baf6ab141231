"""A three-phase SunSpec inverter: common model 1, inverter model 103, at 40000.

Source: SunSpec "Device Information Model Specification" V1.2 and the models' JSON
(github:sunspec/models, model_1.json, model_103.json). Addresses below are registers.
"""

import struct
from typing import Final

from firmware_sim.electrical import Supply, line_to_line_v
from firmware_sim.pdu import READ_HOLDING, READ_INPUT
from firmware_sim.registers import Field, Layout, Memory

FIRST: Final = 40_000
_COMMON: Final = 2
_COMMON_LENGTH: Final = 66
_INVERTER: Final = 70
_INVERTER_LENGTH: Final = 50
_END: Final = _INVERTER + 2 + _INVERTER_LENGTH
_SIZE: Final = _END + 2
_NOT_IMPLEMENTED: Final = {Layout.INT16: 0x8000, Layout.UINT16: 0xFFFF}
_OFF, _MPPT = 1, 4


def _point(offset: int, layout: Layout, name: str, scale: float = 1.0) -> Field:
    return Field(name, _INVERTER + offset, layout, scale)


FIELDS: Final = (
    _point(2, Layout.UINT16, "current_a", 0.01),
    _point(3, Layout.UINT16, "current_a_l1", 0.01),
    _point(4, Layout.UINT16, "current_a_l2", 0.01),
    _point(5, Layout.UINT16, "current_a_l3", 0.01),
    _point(7, Layout.UINT16, "line_v_l1", 0.1),
    _point(8, Layout.UINT16, "line_v_l2", 0.1),
    _point(9, Layout.UINT16, "line_v_l3", 0.1),
    _point(10, Layout.UINT16, "voltage_v_l1", 0.1),
    _point(11, Layout.UINT16, "voltage_v_l2", 0.1),
    _point(12, Layout.UINT16, "voltage_v_l3", 0.1),
    _point(14, Layout.INT16, "power_w", 10),
    _point(16, Layout.UINT16, "frequency_hz", 0.01),
    _point(18, Layout.INT16, "apparent_va", 10),
    Field("energy_wh", _INVERTER + 24, Layout.UINT32, counter=True),
    _point(31, Layout.INT16, "dc_power_w", 10),
    _point(38, Layout.UINT16, "state"),
)
_SCALE_FACTORS: Final = {6: -2, 13: -1, 15: 1, 17: -2, 19: 1, 26: 0, 32: 1}
_ABSENT: Final = {
    Layout.INT16: (20, 21, 22, 23, 28, 30, 33, 34, 35, 36, 37),
    Layout.UINT16: (27, 29, 39),
}


def bank(serial: str = "VS-0001") -> Memory:
    """Return an inverter that is off."""
    memory = bytearray(2 * _SIZE)
    memory[0:4] = b"SunS"
    struct.pack_into(">HH", memory, 2 * _COMMON, 1, _COMMON_LENGTH)
    for offset, text in ((2, "Voltonic"), (18, "PV 50"), (42, "1.0"), (50, serial)):
        start = 2 * (_COMMON + offset)
        memory[start : start + len(text)] = text.encode()
    struct.pack_into(">HH", memory, 2 * (_COMMON + 66), 1, 0x8000)
    struct.pack_into(">HH", memory, 2 * _INVERTER, 103, _INVERTER_LENGTH)
    for offset, exponent in _SCALE_FACTORS.items():
        struct.pack_into(">h", memory, 2 * (_INVERTER + offset), exponent)
    for layout, offsets in _ABSENT.items():
        for offset in offsets:
            absent = _NOT_IMPLEMENTED[layout]
            struct.pack_into(">H", memory, 2 * (_INVERTER + offset), absent)
    struct.pack_into(">HH", memory, 2 * _END, 0xFFFF, 0)
    functions = (READ_HOLDING, READ_INPUT)
    return Memory(memory, FIELDS, functions=functions, first=FIRST)


def show(inverter: Memory, supply: Supply, power_kw: float, energy_kwh: float) -> None:
    """Put production and its counter into the registers."""
    volts = supply.voltage_v
    amps = [power_kw / 3 * 1000 / volt for volt in volts]
    values = {
        "current_a": sum(amps),
        "power_w": power_kw * 1000,
        "frequency_hz": supply.frequency_hz,
        "apparent_va": power_kw * 1000,
        "energy_wh": int(energy_kwh * 1000) % 2**32,
        "dc_power_w": power_kw * 1000 / 0.97,
        "state": _MPPT if power_kw > 0 else _OFF,
    }
    for n in range(3):
        values[f"voltage_v_l{n + 1}"] = volts[n]
        values[f"current_a_l{n + 1}"] = amps[n]
        values[f"line_v_l{n + 1}"] = line_to_line_v(volts[n], volts[(n + 1) % 3])
    inverter.put(values)
