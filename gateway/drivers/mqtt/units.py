"""Units that MQTT firmwares write, converted to those of the quantities."""

from collections.abc import Mapping
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.telegram import obis
from gateway.telegram.obis import Figure

_ABSOLUTE_ZERO_C: Final = -273.15
_FREEZING_F: Final = 32.0

# Our unit for each, and what the number is multiplied with.
_FACTORS: Final[Mapping[str, tuple[str, float]]] = {
    "Wmin": ("kWh", 1 / 60_000),
    "mW": ("kW", 1e-6),
    "mV": ("V", 1e-3),
    "VAr": ("kvar", 1e-3),
    "kVAr": ("kvar", 1.0),
    "L": ("m³", 1e-3),
    "lux": ("lx", 1.0),
    "mbar": ("hPa", 1.0),
    "Pa": ("hPa", 0.01),
    "kPa": ("hPa", 10.0),
    "bar": ("hPa", 1000.0),
    "mmHg": ("hPa", 1.333224),
    "inHg": ("hPa", 33.86389),
    "km/h": ("m/s", 1 / 3.6),
    "mph": ("m/s", 0.44704),
    "kn": ("m/s", 1852 / 3600),
    "ft/s": ("m/s", 0.3048),
    "deg": ("°", 1.0),
    "W/m2": ("W/m²", 1.0),
    "cm": ("mm", 10.0),
    "in": ("mm", 25.4),
    "L/min": ("m³/h", 0.06),
    "L/h": ("m³/h", 1e-3),
    "m3/h": ("m³/h", 1.0),
}


def converted(quantity: Quantity, value: float, unit: str) -> float | None:
    """Return `value` in the quantity's unit, or None if `unit` does not fit."""
    ours = DEFINITIONS[quantity].unit
    if unit in ("", ours):
        return value
    if ours == "°C" and unit in ("°F", "F"):
        return (value - _FREEZING_F) / 1.8
    if ours == "°C" and unit == "K":
        return value + _ABSOLUTE_ZERO_C
    if ours == "1" and unit == "%":
        return value / 100
    target, factor = _FACTORS.get(unit, ("", 0.0))
    if target == ours:
        return value * factor
    return obis.in_unit_of(quantity, Figure(value, unit))
