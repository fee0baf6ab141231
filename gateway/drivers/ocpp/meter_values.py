"""What a charge point measured: the values of a message, as quantities. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from contract.quantity import DEFINITIONS, Kind, Quantity, implausible

_MOST_VALUES: Final = 500
_MOST_REFUSED: Final = 5
_ENERGY: Final = "Energy.Active.Import.Register"
_CONTEXTS: Final = frozenset(
    (
        "Sample.Periodic",
        "Sample.Clock",
        "Trigger",
        "Transaction.Begin",
        "Transaction.End",
        "Interruption.Begin",
        "Interruption.End",
        "Other",
    )
)
_LOCATIONS: Final = ("Outlet", "Inlet", "EV", "Body", "Cable")
"""Where a value is measured; of two, the first in this order is taken."""

_UNITS: Final[Mapping[str, tuple[str, float]]] = {
    "Wh": ("kWh", 1e-3),
    "kWh": ("kWh", 1.0),
    "W": ("kW", 1e-3),
    "kW": ("kW", 1.0),
    "VA": ("kVA", 1e-3),
    "kVA": ("kVA", 1.0),
    "var": ("kvar", 1e-3),
    "kvar": ("kvar", 1.0),
    "A": ("A", 1.0),
    "V": ("V", 1.0),
    "Hz": ("Hz", 1.0),
    "Percent": ("%", 1.0),
    "Celsius": ("°C", 1.0),
    "Celcius": ("°C", 1.0),
}

_Places = Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class _Measurand:
    """What a measurand is, without a phase and on each; its unit unless one is said."""

    unit: str
    default: str
    places: _Places


def _phased(whole: Quantity | None, *phases: Quantity) -> _Places:
    places = {} if whole is None else {"": whole}
    for name, quantity in zip(("L1", "L2", "L3"), phases, strict=False):
        places |= {name: quantity, f"{name}-N": quantity}
    return places


_POWER: Final = _phased(
    Quantity.ACTIVE_POWER_KW,
    Quantity.ACTIVE_POWER_L1_KW,
    Quantity.ACTIVE_POWER_L2_KW,
    Quantity.ACTIVE_POWER_L3_KW,
)
_MEASURANDS: Final[Mapping[str, _Measurand]] = {
    _ENERGY: _Measurand("kWh", "Wh", {"": Quantity.ENERGY_IMPORT_KWH}),
    "Energy.Active.Export.Register": _Measurand(
        "kWh", "Wh", {"": Quantity.ENERGY_EXPORT_KWH}
    ),
    "Power.Active.Import": _Measurand("kW", "W", _POWER),
    "Power.Reactive.Import": _Measurand(
        "kvar", "var", {"": Quantity.REACTIVE_POWER_KVAR}
    ),
    "Power.Factor": _Measurand("", "", {"": Quantity.POWER_FACTOR}),
    "Current.Import": _Measurand(
        "A",
        "A",
        _phased(
            Quantity.CURRENT_A,
            Quantity.CURRENT_L1_A,
            Quantity.CURRENT_L2_A,
            Quantity.CURRENT_L3_A,
        ),
    ),
    "Voltage": _Measurand(
        "V",
        "V",
        _phased(
            Quantity.VOLTAGE_V,
            Quantity.VOLTAGE_L1_V,
            Quantity.VOLTAGE_L2_V,
            Quantity.VOLTAGE_L3_V,
        ),
    ),
    "Frequency": _Measurand("Hz", "Hz", {"": Quantity.FREQUENCY_HZ}),
    "SoC": _Measurand("%", "Percent", {"": Quantity.STATE_OF_CHARGE_PERCENT}),
    "Temperature": _Measurand("°C", "Celsius", {"": Quantity.TEMPERATURE_C}),
}
MEASURED: Final = frozenset(
    quantity for each in _MEASURANDS.values() for quantity in each.places.values()
)
"""Every quantity that a charge point can measure."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """One value, in its quantity's unit.

    Attributes:
        source: The measurand with its phase, as the charge point names it.
        raw: The value with its unit, as it came.
    """

    quantity: Quantity
    value: float
    source: str
    raw: str


@dataclass(frozen=True, slots=True)
class MeterValues:
    """What a message says.

    Attributes:
        refused: Values that cannot be used, each in words.
    """

    sampled: Sequence[Sampled]
    refused: Sequence[str]


def decode(
    meter_value: object, is_live: Callable[[object], bool] = lambda _: True
) -> MeterValues:
    """Return what is in the `meterValue` of a message, whatever that is.

    Later samples replace earlier ones: a message may bring a backlog.

    Args:
        is_live: Tells by a timestamp whether it was measured just now; of what was
            not, only counters are taken.
    """
    found: dict[Quantity, tuple[int, Sampled]] = {}
    refused: list[str] = []
    for sample, timestamp in _samples(meter_value):
        one = _sampled(sample)
        if one is None:
            continue
        if isinstance(one, str):
            refused.append(one)
            continue
        if not _counts(one) and not is_live(timestamp):
            refused.append(f"{one.quantity}: measured at {timestamp}, not now")
            continue
        location = str(sample.get("location", _LOCATIONS[0]))
        rank = _LOCATIONS.index(location) if location in _LOCATIONS else 9
        if one.quantity not in found or rank <= found[one.quantity][0]:
            found[one.quantity] = rank, one
    sampled = {quantity: each for quantity, (_, each) in found.items()}
    return MeterValues(list(_with_total(sampled).values()), refused[:_MOST_REFUSED])


def energy(meter: object, source: str) -> MeterValues:
    """Return the meter reading of a transaction's start or stop; it is in Wh."""
    one = _sampled({"value": str(meter), "measurand": _ENERGY})
    if isinstance(one, Sampled):
        here = Sampled(one.quantity, one.value, source, one.raw)
        return MeterValues([here], [])
    return MeterValues([], [f"{source}: {one}"])


def _counts(one: Sampled) -> bool:
    return DEFINITIONS[one.quantity].kind is Kind.COUNTER


def _samples(meter_value: object) -> Iterator[tuple[Mapping[str, object], object]]:
    """Yield each sampled value with its time, up to a limit."""
    left = _MOST_VALUES
    for each in meter_value if isinstance(meter_value, list) else []:
        values = each.get("sampled_value") if isinstance(each, dict) else None
        for value in values if isinstance(values, list) else []:
            left -= 1
            if left < 0:
                return
            if isinstance(value, dict):
                yield value, str(each.get("timestamp"))[:40]


def _sampled(sample: Mapping[str, object]) -> Sampled | str | None:
    """Return a value, why it cannot be used, or None for one that is not ours."""
    name, phase = sample.get("measurand", _ENERGY), sample.get("phase", "")
    measurand = _MEASURANDS.get(name) if isinstance(name, str) else None
    if measurand is None or sample.get("format") == "SignedData":
        return None
    if sample.get("context", "Sample.Periodic") not in _CONTEXTS:
        return None
    quantity = measurand.places.get(phase) if isinstance(phase, str) else None
    if quantity is None:
        return None
    unit = str(sample.get("unit", measurand.default))[:20]
    raw = f"{str(sample.get('value'))[:30]} {unit}".strip()
    value = _number(sample.get("value"))
    value = None if value is None else _in_unit(value, unit, measurand)
    if value is None:
        return f"{quantity}: {raw!r} is no value of {name}"
    if why := implausible(quantity, value):
        return f"{quantity}: {value:g} is {why}"
    return Sampled(quantity, value, f"{name} {phase}".strip(), raw)


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if isfinite(value) else None


def _in_unit(value: float, unit: str, measurand: _Measurand) -> float | None:
    if measurand.unit == "":
        return value
    if measurand.unit == "°C" and unit == "K":
        return value - 273.15
    if measurand.unit == "°C" and unit == "Fahrenheit":
        return (value - 32) / 1.8
    known, factor = _UNITS.get(unit, ("", 1.0))
    return value * factor if known == measurand.unit else None


def _with_total(sampled: dict[Quantity, Sampled]) -> dict[Quantity, Sampled]:
    """Return them with the power of all phases, where only each phase's is said."""
    phases = (
        Quantity.ACTIVE_POWER_L1_KW,
        Quantity.ACTIVE_POWER_L2_KW,
        Quantity.ACTIVE_POWER_L3_KW,
    )
    total = Quantity.ACTIVE_POWER_KW
    parts = [sampled[phase] for phase in phases if phase in sampled]
    if total in sampled or not parts:
        return sampled
    value = sum(each.value for each in parts)
    raw = " + ".join(each.raw for each in parts)
    return {**sampled, total: Sampled(total, value, "sum of the phases", raw)}
