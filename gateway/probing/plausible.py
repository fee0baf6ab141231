"""How well values fit a working meter, if its registers are read as a model says. Pure.

A wrong model gives values that no meter shows, or that contradict each other: power
that is not voltage times current, a frequency no grid has.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Final

from contract.quantity import DEFINITIONS, Kind, Quantity, implausible

_MAINS_V: Final = (80.0, 500.0)
_GRID_HZ: Final = (45.0, 65.0)
_NEAR_NOMINAL_HZ: Final = 1.0
_LEAST_W: Final = 0.02
_TINY: Final = 1e-6
_LARGEST_KWH: Final = 1e8
_TOLERANCE: Final = 0.06
_EXCESS: Final = 1.3

Values = Mapping[Quantity, float | None]


def score(values: Values) -> float | None:
    """Return how much speaks for the values, or None if no device shows them."""
    total = 0.0
    for quantity, value in values.items():
        if value is None:
            continue
        if implausible(quantity, value):
            return None
        total += _alone(quantity, value)
    return total + _together(values)


def _alone(quantity: Quantity, value: float) -> float:
    if value and abs(value) < _TINY:
        return -5.0  # a whole number read as a float
    unit = DEFINITIONS[quantity].unit
    if unit == "V":
        return 3.0 if _MAINS_V[0] <= value <= _MAINS_V[1] else -2.0
    if unit == "Hz":
        return _grid(value)
    if DEFINITIONS[quantity].kind is Kind.COUNTER:
        return _counted(value)
    return 0.5 if value else 0.0


def _grid(frequency_hz: float) -> float:
    if min(abs(frequency_hz - 50), abs(frequency_hz - 60)) <= _NEAR_NOMINAL_HZ:
        return 5.0
    return 1.0 if _GRID_HZ[0] <= frequency_hz <= _GRID_HZ[1] else -5.0


def _counted(value: float) -> float:
    if value > _LARGEST_KWH:
        return -3.0
    return 1.0 if value else 0.0


def _together(values: Values) -> float:
    """Return what power, voltage and current say of each other."""
    power_kw = _first(values, (Quantity.ACTIVE_POWER_KW, Quantity.GENERATED_POWER_KW))
    through_kva = _through_kva(values)
    if power_kw is None or through_kva is None:
        return 0.0
    if abs(power_kw) > _EXCESS * through_kva + _LEAST_W:
        return -6.0
    factor = values.get(Quantity.POWER_FACTOR)
    if factor is None or through_kva < _LEAST_W:
        return 1.0
    expected = through_kva * abs(factor)
    is_close = abs(abs(power_kw) - expected) <= _TOLERANCE * through_kva + _LEAST_W
    return 4.0 if is_close else -2.0


def _through_kva(values: Values) -> float | None:
    """Return the sum of voltage times current, or None if some is not measured."""
    pairs = [(Quantity.VOLTAGE_V, Quantity.CURRENT_A)] + [
        (Quantity(f"voltage_l{phase}_v"), Quantity(f"current_l{phase}_a"))
        for phase in (1, 2, 3)
    ]
    products = []
    for voltage, current in pairs:
        volts, amperes = values.get(voltage), values.get(current)
        if volts is not None and amperes is not None:
            products.append(volts * abs(amperes) / 1000)
    return sum(products) if products else None


def _first(values: Values, names: Sequence[Quantity]) -> float | None:
    for name in names:
        value = values.get(name)
        if value is not None and isfinite(value):
            return value
    return None
