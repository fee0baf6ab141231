"""Engineering units of BACnet (ASHRAE 135, clause 21) in the units used here. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from contract.quantity import DEFINITIONS, Quantity

NO_UNITS: Final = 95


@dataclass(frozen=True, slots=True)
class Units:
    """One kind of engineering units.

    Attributes:
        name: As the standard writes it.
        unit: The one it is converted to.
        factor: What a value is times, before `offset` is added.
    """

    name: str
    unit: str
    factor: float = 1.0
    offset: float = 0.0


ENGINEERING_UNITS: Final[Mapping[int, Units]] = MappingProxyType(
    {
        2: Units("milliamperes", "A", 1e-3),
        3: Units("amperes", "A"),
        5: Units("volts", "V"),
        6: Units("kilovolts", "V", 1e3),
        8: Units("volt-amperes", "kVA", 1e-3),
        9: Units("kilovolt-amperes", "kVA"),
        10: Units("megavolt-amperes", "kVA", 1e3),
        11: Units("volt-amperes-reactive", "kvar", 1e-3),
        12: Units("kilovolt-amperes-reactive", "kvar"),
        13: Units("megavolt-amperes-reactive", "kvar", 1e3),
        15: Units("power-factor", "1"),
        16: Units("joules", "kWh", 1 / 3.6e6),
        17: Units("kilojoules", "kWh", 1 / 3600),
        18: Units("watt-hours", "kWh", 1e-3),
        19: Units("kilowatt-hours", "kWh"),
        27: Units("hertz", "Hz"),
        29: Units("percent-relative-humidity", "%"),
        30: Units("millimeters", "mm"),
        35: Units("watts-per-square-meter", "W/m²"),
        37: Units("luxes", "lx"),
        47: Units("watts", "kW", 1e-3),
        48: Units("kilowatts", "kW"),
        49: Units("megawatts", "kW", 1e3),
        53: Units("pascals", "hPa", 1e-2),
        54: Units("kilopascals", "hPa", 10),
        55: Units("bars", "hPa", 1000),
        62: Units("degrees-celsius", "°C"),
        63: Units("degrees-kelvin", "°C", 1, -273.15),
        64: Units("degrees-fahrenheit", "°C", 1 / 1.8, -32 / 1.8),
        74: Units("meters-per-second", "m/s"),
        75: Units("kilometers-per-hour", "m/s", 1 / 3.6),
        76: Units("feet-per-second", "m/s", 0.3048),
        78: Units("miles-per-hour", "m/s", 0.44704),
        80: Units("cubic-meters", "m³"),
        82: Units("liters", "m³", 1e-3),
        85: Units("cubic-meters-per-second", "m³/h", 3600),
        87: Units("liters-per-second", "m³/h", 3.6),
        88: Units("liters-per-minute", "m³/h", 0.06),
        90: Units("degrees-angular", "°"),
        95: Units("no-units", "1"),
        96: Units("parts-per-million", "ppm"),
        98: Units("percent", "%"),
        124: Units("millivolts", "V", 1e-3),
        126: Units("megajoules", "kWh", 1 / 3.6),
        129: Units("kilohertz", "Hz", 1e3),
        133: Units("hectopascals", "hPa"),
        134: Units("millibars", "hPa"),
        135: Units("cubic-meters-per-hour", "m³/h"),
        136: Units("liters-per-hour", "m³/h", 1e-3),
        146: Units("megawatt-hours", "kWh", 1e3),
        165: Units("cubic-meters-per-minute", "m³/h", 60),
    }
)


def named(number: float | None) -> str:
    """Return units as the standard writes them; empty for none."""
    if number is None:
        return ""
    units = ENGINEERING_UNITS.get(int(number))
    return f"units {number:g}" if units is None else units.name


def conversion(quantity: Quantity, number: int | None) -> tuple[float, float] | str:
    """Return factor and offset to the quantity's unit, or why there is none."""
    wanted = DEFINITIONS[quantity].unit
    units = ENGINEERING_UNITS.get(NO_UNITS if number is None else number)
    if units is not None and units.unit == wanted:
        return units.factor, units.offset
    if number in (None, NO_UNITS):
        return f"the object names no units; set its scale to make it {wanted}"
    return f"its units are {named(number)}, not {wanted}; set its scale to make it so"
