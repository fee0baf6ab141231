"""OBIS codes (IEC 62056-61) to quantities, for every format that names values so. Pure.

A code is written `A-B:C.D.E`; here its last three groups, which say what is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contract.quantity import DEFINITIONS, Quantity
from gateway.telegram import Measured


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the unit it stands with in the telegram."""

    value: float
    unit: str


Figures = Mapping[str, Figure]
"""Numbers by `C.D.E`."""

FACTORS: Final[Mapping[str, tuple[str, float]]] = {
    "Wh": ("kWh", 1e-3),
    "kWh": ("kWh", 1.0),
    "MWh": ("kWh", 1e3),
    "J": ("kWh", 1 / 3.6e6),
    "MJ": ("kWh", 1 / 3.6),
    "GJ": ("kWh", 1e3 / 3.6),
    "W": ("kW", 1e-3),
    "kW": ("kW", 1.0),
    "MW": ("kW", 1e3),
    "J/h": ("kW", 1 / 3.6e6),
    "VA": ("kVA", 1e-3),
    "kVA": ("kVA", 1.0),
    "var": ("kvar", 1e-3),
    "kvar": ("kvar", 1.0),
    "V": ("V", 1.0),
    "kV": ("V", 1e3),
    "mA": ("A", 1e-3),
    "A": ("A", 1.0),
    "Hz": ("Hz", 1.0),
    "m3": ("m³", 1.0),
    "m^3": ("m³", 1.0),
    "dm3": ("m³", 1e-3),
    "l": ("m³", 1e-3),
    "m^3/h": ("m³/h", 1.0),
    "m^3/min": ("m³/h", 60.0),
    "m^3/s": ("m³/h", 3600.0),
    "C": ("°C", 1.0),
    "°C": ("°C", 1.0),
    "%": ("%", 1.0),
    "1": ("1", 1.0),
}
"""Units of telegrams: our unit for each, and what the number is multiplied with."""

_PLAIN: Final = {
    "32.7.0": Quantity.VOLTAGE_L1_V,
    "52.7.0": Quantity.VOLTAGE_L2_V,
    "72.7.0": Quantity.VOLTAGE_L3_V,
    "31.7.0": Quantity.CURRENT_L1_A,
    "51.7.0": Quantity.CURRENT_L2_A,
    "71.7.0": Quantity.CURRENT_L3_A,
    "9.7.0": Quantity.APPARENT_POWER_KVA,
    "14.7.0": Quantity.FREQUENCY_HZ,
    "13.7.0": Quantity.POWER_FACTOR,
}
_COUNTERS: Final = {
    Quantity.ENERGY_IMPORT_KWH: "1.8",
    Quantity.ENERGY_EXPORT_KWH: "2.8",
}
_TARIFFS: Final = range(1, 10)
# Signed where the meter has it so, else what flows in less what flows out.
_POWERS: Final = {
    Quantity.ACTIVE_POWER_KW: ("16.7.0", "1.7.0", "2.7.0"),
    Quantity.ACTIVE_POWER_L1_KW: ("36.7.0", "21.7.0", "22.7.0"),
    Quantity.ACTIVE_POWER_L2_KW: ("56.7.0", "41.7.0", "42.7.0"),
    Quantity.ACTIVE_POWER_L3_KW: ("76.7.0", "61.7.0", "62.7.0"),
    Quantity.REACTIVE_POWER_KVAR: ("", "3.7.0", "4.7.0"),
}


def in_unit_of(quantity: Quantity, figure: Figure) -> float | None:
    """Return the figure in the quantity's unit, or None if its unit does not fit."""
    if figure.unit == DEFINITIONS[quantity].unit:
        return figure.value
    unit, factor = FACTORS.get(figure.unit, ("", 0.0))
    if unit != DEFINITIONS[quantity].unit:
        return None
    return figure.value if factor == 1.0 else figure.value * factor


def electricity(
    figures: Figures, meter_id: str = "", at: datetime | None = None
) -> Iterator[Measured]:
    """Yield what an electricity meter's figures measure.

    A total that the meter does not give is the sum of its tariffs.
    """
    wanted = [*_energies(figures), *_powers(figures)]
    wanted += [(name, (code,), ()) for code, name in _PLAIN.items() if code in figures]
    for quantity, plus, minus in wanted:
        ins = [in_unit_of(quantity, figures[code]) for code in plus]
        outs = [in_unit_of(quantity, figures[code]) for code in minus]
        known_in = [value for value in ins if value is not None]
        known_out = [value for value in outs if value is not None]
        if len(known_in) + len(known_out) < len(plus) + len(minus):
            continue
        value = round(sum(known_in) - sum(known_out), 9)
        source = " + ".join(plus) + "".join(f" - {code}" for code in minus)
        yield Measured(quantity, value, source, meter_id, at)


_Wanted = tuple[Quantity, tuple[str, ...], tuple[str, ...]]


def _energies(figures: Figures) -> Iterator[_Wanted]:
    for quantity, group in _COUNTERS.items():
        tariffs = tuple(f"{group}.{tariff}" for tariff in _TARIFFS)
        plus = tuple(code for code in tariffs if code in figures)
        if f"{group}.0" in figures:
            plus = (f"{group}.0",)
        if plus:
            yield quantity, plus, ()


def _powers(figures: Figures) -> Iterator[_Wanted]:
    for quantity, (signed, imported, exported) in _POWERS.items():
        if signed in figures:
            yield quantity, (signed,), ()
        elif imported in figures:
            minus = (exported,) if exported in figures else ()
            yield quantity, (imported,), minus
