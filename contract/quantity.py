"""The quantities a point can measure, each with its unit, kind and plausible range."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """How successive values of a quantity relate."""

    GAUGE = "gauge"
    """Each value stands for its own instant."""
    COUNTER = "counter"
    """Values only rise; a step down is a reset, a rollover or an exchanged meter."""


class Quantity(StrEnum):
    """What is measured; the name carries the unit. Import from the grid is positive."""

    ACTIVE_POWER_KW = "active_power_kw"
    ACTIVE_POWER_L1_KW = "active_power_l1_kw"
    ACTIVE_POWER_L2_KW = "active_power_l2_kw"
    ACTIVE_POWER_L3_KW = "active_power_l3_kw"
    APPARENT_POWER_KVA = "apparent_power_kva"
    REACTIVE_POWER_KVAR = "reactive_power_kvar"
    BASE_POWER_KW = "base_power_kw"
    AC_POWER_KW = "ac_power_kw"
    LIGHT_POWER_KW = "light_power_kw"
    EQUIPMENT_POWER_KW = "equipment_power_kw"
    GENERATED_POWER_KW = "generated_power_kw"
    FORECAST_POWER_KW = "forecast_power_kw"
    VOLTAGE_V = "voltage_v"
    VOLTAGE_L1_V = "voltage_l1_v"
    VOLTAGE_L2_V = "voltage_l2_v"
    VOLTAGE_L3_V = "voltage_l3_v"
    CURRENT_A = "current_a"
    CURRENT_L1_A = "current_l1_a"
    CURRENT_L2_A = "current_l2_a"
    CURRENT_L3_A = "current_l3_a"
    FREQUENCY_HZ = "frequency_hz"
    POWER_FACTOR = "power_factor"
    LOAD_PERCENT = "load_percent"
    STATE_OF_CHARGE_PERCENT = "state_of_charge_percent"
    ENERGY_IMPORT_KWH = "energy_import_kwh"
    ENERGY_EXPORT_KWH = "energy_export_kwh"
    ENERGY_GENERATED_KWH = "energy_generated_kwh"
    ENERGY_SAVED_KWH = "energy_saved_kwh"
    HEAT_KWH = "heat_kwh"
    HEAT_POWER_KW = "heat_power_kw"
    GAS_M3 = "gas_m3"
    WATER_M3 = "water_m3"
    FLOW_TEMPERATURE_C = "flow_temperature_c"
    RETURN_TEMPERATURE_C = "return_temperature_c"
    TEMPERATURE_C = "temperature_c"
    HUMIDITY_PERCENT = "humidity_percent"
    OCCUPANCY = "occupancy"
    CO2_PPM = "co2_ppm"
    ILLUMINANCE_LX = "illuminance_lx"
    PRESSURE_HPA = "pressure_hpa"
    WIND_SPEED_M_S = "wind_speed_m_s"
    WIND_DIRECTION_DEG = "wind_direction_deg"
    IRRADIANCE_W_M2 = "irradiance_w_m2"
    RAIN_MM = "rain_mm"
    VOLUME_FLOW_M3_H = "volume_flow_m3_h"
    STORE_TOP_TEMPERATURE_C = "store_top_temperature_c"
    STORE_BOTTOM_TEMPERATURE_C = "store_bottom_temperature_c"
    SETPOINT_TEMPERATURE_C = "setpoint_temperature_c"
    DIM_LEVEL_PERCENT = "dim_level_percent"
    SWITCH = "switch"
    CURRENT_LIMIT_A = "current_limit_a"
    AC_RELAY = "ac_relay"
    LIGHT_RELAY = "light_relay"


@dataclass(frozen=True, slots=True)
class Definition:
    """What is fixed about a quantity.

    Attributes:
        low: Least value a working device can report, in `unit`.
        high: Greatest value a working device can report, in `unit`.
    """

    unit: str
    kind: Kind
    low: float
    high: float


def _gauge(unit: str, low: float, high: float) -> Definition:
    return Definition(unit, Kind.GAUGE, low, high)


_POWER = _gauge("kW", -20_000, 20_000)
_LOAD = _gauge("kW", 0, 20_000)
_VOLTAGE = _gauge("V", 0, 1_500)
_CURRENT = _gauge("A", -10_000, 10_000)
_ENERGY = Definition("kWh", Kind.COUNTER, 0, 1e12)
_VOLUME = Definition("m³", Kind.COUNTER, 0, 1e12)
_SWITCH = _gauge("1", 0, 1)

DEFINITIONS: Final[Mapping[Quantity, Definition]] = MappingProxyType(
    {
        Quantity.ACTIVE_POWER_KW: _POWER,
        Quantity.ACTIVE_POWER_L1_KW: _POWER,
        Quantity.ACTIVE_POWER_L2_KW: _POWER,
        Quantity.ACTIVE_POWER_L3_KW: _POWER,
        Quantity.APPARENT_POWER_KVA: _gauge("kVA", -20_000, 20_000),
        Quantity.REACTIVE_POWER_KVAR: _gauge("kvar", -20_000, 20_000),
        Quantity.BASE_POWER_KW: _LOAD,
        Quantity.AC_POWER_KW: _LOAD,
        Quantity.LIGHT_POWER_KW: _LOAD,
        Quantity.EQUIPMENT_POWER_KW: _LOAD,
        Quantity.GENERATED_POWER_KW: _gauge("kW", -10, 20_000),
        Quantity.FORECAST_POWER_KW: _POWER,
        Quantity.VOLTAGE_V: _VOLTAGE,
        Quantity.VOLTAGE_L1_V: _VOLTAGE,
        Quantity.VOLTAGE_L2_V: _VOLTAGE,
        Quantity.VOLTAGE_L3_V: _VOLTAGE,
        Quantity.CURRENT_A: _CURRENT,
        Quantity.CURRENT_L1_A: _CURRENT,
        Quantity.CURRENT_L2_A: _CURRENT,
        Quantity.CURRENT_L3_A: _CURRENT,
        Quantity.FREQUENCY_HZ: _gauge("Hz", 10, 100),
        Quantity.POWER_FACTOR: _gauge("1", -1, 1),
        Quantity.LOAD_PERCENT: _gauge("%", 0, 400),
        Quantity.STATE_OF_CHARGE_PERCENT: _gauge("%", 0, 100),
        Quantity.ENERGY_IMPORT_KWH: _ENERGY,
        Quantity.ENERGY_EXPORT_KWH: _ENERGY,
        Quantity.ENERGY_GENERATED_KWH: _ENERGY,
        Quantity.ENERGY_SAVED_KWH: _ENERGY,
        Quantity.HEAT_KWH: _ENERGY,
        Quantity.HEAT_POWER_KW: _POWER,
        Quantity.GAS_M3: _VOLUME,
        Quantity.WATER_M3: _VOLUME,
        Quantity.FLOW_TEMPERATURE_C: _gauge("°C", -60, 300),
        Quantity.RETURN_TEMPERATURE_C: _gauge("°C", -60, 300),
        Quantity.TEMPERATURE_C: _gauge("°C", -60, 120),
        Quantity.HUMIDITY_PERCENT: _gauge("%", 0, 100),
        Quantity.OCCUPANCY: _gauge("1", 0, 1),
        Quantity.CO2_PPM: _gauge("ppm", 0, 50_000),
        Quantity.ILLUMINANCE_LX: _gauge("lx", 0, 200_000),
        Quantity.PRESSURE_HPA: _gauge("hPa", 300, 1_100),
        Quantity.WIND_SPEED_M_S: _gauge("m/s", 0, 120),
        Quantity.WIND_DIRECTION_DEG: _gauge("°", 0, 360),
        Quantity.IRRADIANCE_W_M2: _gauge("W/m²", -20, 2_000),
        Quantity.RAIN_MM: Definition("mm", Kind.COUNTER, 0, 1e9),
        Quantity.VOLUME_FLOW_M3_H: _gauge("m³/h", -10_000, 10_000),
        Quantity.STORE_TOP_TEMPERATURE_C: _gauge("°C", -60, 300),
        Quantity.STORE_BOTTOM_TEMPERATURE_C: _gauge("°C", -60, 300),
        Quantity.SETPOINT_TEMPERATURE_C: _gauge("°C", -60, 300),
        Quantity.DIM_LEVEL_PERCENT: _gauge("%", 0, 100),
        Quantity.SWITCH: _SWITCH,
        Quantity.CURRENT_LIMIT_A: _gauge("A", 0, 10_000),
        Quantity.AC_RELAY: _SWITCH,
        Quantity.LIGHT_RELAY: _SWITCH,
    }
)


def implausible(quantity: Quantity, value: float) -> str | None:
    """Return why no working device reports `value`, or None if one could."""
    if not isfinite(value):
        return "not a number"
    definition = DEFINITIONS[quantity]
    if definition.low <= value <= definition.high:
        return None
    return f"outside {definition.low:g} to {definition.high:g} {definition.unit}"
