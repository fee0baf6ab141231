"""Eastron SDM120, single phase: FC04, float32, big-endian bytes and words.

Source: Eastron "SDM120-Modbus Smart Meter Modbus Protocol Implementation"; at most 40
parameters (80 registers) a request.
"""

from typing import Final

from firmware_sim.electrical import Supply
from firmware_sim.registers import Field, Layout, Memory

MOST_REGISTERS: Final = 80
_SIZE: Final = 0x015A


def _float(name: str, address: int, *, counter: bool = False) -> Field:
    return Field(name, address, Layout.FLOAT32, counter=counter)


FIELDS: Final = (
    _float("voltage_v", 0x0000),
    _float("current_a", 0x0006),
    _float("power_w", 0x000C),
    _float("apparent_va", 0x0012),
    _float("reactive_var", 0x0018),
    _float("power_factor", 0x001E),
    _float("frequency_hz", 0x0046),
    _float("import_kwh", 0x0048, counter=True),
    _float("export_kwh", 0x004A, counter=True),
    _float("demand_w", 0x0054),
    _float("total_kwh", 0x0156, counter=True),
)


def bank() -> Memory:
    """Return a meter whose registers are all zero."""
    return Memory(bytearray(2 * _SIZE), FIELDS, most=MOST_REGISTERS)


def show(meter: Memory, supply: Supply, power_kw: float, import_kwh: float) -> None:
    """Put one load and its counter into the registers."""
    phase = supply.single(power_kw)
    meter.put(
        {
            "voltage_v": phase.voltage_v,
            "current_a": phase.current_a,
            "power_w": power_kw * 1000,
            "apparent_va": phase.apparent_kva * 1000,
            "reactive_var": phase.reactive_kvar * 1000,
            "power_factor": phase.power_factor,
            "frequency_hz": supply.frequency_hz,
            "import_kwh": import_kwh,
            "export_kwh": 0.0,
            "demand_w": power_kw * 1000,
            "total_kwh": import_kwh,
        }
    )
