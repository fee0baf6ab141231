"""Eastron SDM630, three phases: FC04, float32, big-endian bytes and words.

Source: Eastron "SDM630-Modbus V2 Smart Meter Modbus Protocol Implementation"; at most
40 parameters (80 registers) a request.
"""

from typing import Final

from firmware_sim.electrical import Supply, line_to_line_v
from firmware_sim.registers import Field, Layout, Memory

MOST_REGISTERS: Final = 80
_SIZE: Final = 0x0188


def _float(name: str, address: int, *, counter: bool = False) -> Field:
    return Field(name, address, Layout.FLOAT32, counter=counter)


def _per_phase(name: str, address: int, *, counter: bool = False) -> tuple[Field, ...]:
    return tuple(
        _float(f"{name}_l{phase + 1}", address + 2 * phase, counter=counter)
        for phase in range(3)
    )


FIELDS: Final = (
    *_per_phase("voltage_v", 0x0000),
    *_per_phase("current_a", 0x0006),
    *_per_phase("power_w", 0x000C),
    *_per_phase("apparent_va", 0x0012),
    *_per_phase("reactive_var", 0x0018),
    *_per_phase("power_factor", 0x001E),
    _float("voltage_v", 0x002A),
    _float("current_a", 0x002E),
    _float("sum_current_a", 0x0030),
    _float("power_w", 0x0034),
    _float("apparent_va", 0x0038),
    _float("reactive_var", 0x003C),
    _float("power_factor", 0x003E),
    _float("frequency_hz", 0x0046),
    _float("import_kwh", 0x0048, counter=True),
    _float("export_kwh", 0x004A, counter=True),
    _float("demand_w", 0x0054),
    *_per_phase("line_v", 0x00C8),
    _float("line_v", 0x00CE),
    _float("total_kwh", 0x0156, counter=True),
    *_per_phase("import_kwh", 0x015A, counter=True),
    *_per_phase("total_kwh", 0x0166, counter=True),
)


def bank() -> Memory:
    """Return a meter whose registers are all zero."""
    return Memory(bytearray(2 * _SIZE), FIELDS, most=MOST_REGISTERS)


def show(meter: Memory, supply: Supply, power_kw: float, import_kwh: float) -> None:
    """Put one load and its counter into the registers."""
    phases = supply.three(power_kw)
    values = {
        "power_w": power_kw * 1000,
        "voltage_v": sum(supply.voltage_v) / 3,
        "current_a": sum(phase.current_a for phase in phases) / 3,
        "sum_current_a": sum(phase.current_a for phase in phases),
        "apparent_va": sum(phase.apparent_kva for phase in phases) * 1000,
        "reactive_var": sum(phase.reactive_kvar for phase in phases) * 1000,
        "power_factor": supply.power_factor,
        "frequency_hz": supply.frequency_hz,
        "import_kwh": import_kwh,
        "total_kwh": import_kwh,
        "demand_w": power_kw * 1000,
    }
    volts = supply.voltage_v
    lines = [line_to_line_v(volts[n], volts[(n + 1) % 3]) for n in range(3)]
    values["line_v"] = sum(lines) / 3
    for n, (phase, line) in enumerate(zip(phases, lines, strict=True), start=1):
        share = phase.power_kw / power_kw if power_kw else 1 / 3
        values |= {
            f"voltage_v_l{n}": phase.voltage_v,
            f"current_a_l{n}": phase.current_a,
            f"power_w_l{n}": phase.power_kw * 1000,
            f"apparent_va_l{n}": phase.apparent_kva * 1000,
            f"reactive_var_l{n}": phase.reactive_kvar * 1000,
            f"power_factor_l{n}": phase.power_factor,
            f"line_v_l{n}": line,
            f"import_kwh_l{n}": import_kwh * share,
            f"total_kwh_l{n}": import_kwh * share,
        }
    meter.put(values)
