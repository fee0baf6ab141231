"""Which records of an M-Bus meter are measured now, and what each is called. Pure.

A record counts only if it is the value of now, of the whole meter, and nothing
qualifies it in a way we do not know: a gap is better than a value taken wrongly.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contract.quantity import DEFINITIONS, Kind, Quantity
from gateway.drivers.mbus.vif import Qualified
from gateway.telegram import Measured, Record, obis
from gateway.telegram.obis import Figure


@dataclass(frozen=True, slots=True)
class Meter:
    """Who sent a frame.

    Attributes:
        number: The eight digits on its plate.
        manufacturer: Three letters.
        medium: Number of what it measures (EN 13757-3, table 9).
    """

    number: str
    manufacturer: str
    medium: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, and what qualifies it."""

    record: Record
    qualified: Qualified = field(default_factory=Qualified)


_NOW: Final = "Instantaneous value"
_ELECTRICITY: Final = {
    "Energy": Quantity.ENERGY_IMPORT_KWH,
    "Power": Quantity.ACTIVE_POWER_KW,
    "Apparent power": Quantity.APPARENT_POWER_KVA,
    "Voltage": Quantity.VOLTAGE_V,
    "Current": Quantity.CURRENT_A,
    "Frequency": Quantity.FREQUENCY_HZ,
}
_HEAT: Final = {
    "Energy": Quantity.HEAT_KWH,
    "Power": Quantity.HEAT_POWER_KW,
    "Flow temperature": Quantity.FLOW_TEMPERATURE_C,
    "Return temperature": Quantity.RETURN_TEMPERATURE_C,
    "Volume flow": Quantity.VOLUME_FLOW_M3_H,
}
_WATER: Final = {
    "Volume": Quantity.WATER_M3,
    "Volume flow": Quantity.VOLUME_FLOW_M3_H,
}
_BY_MEDIUM: Final[Mapping[int, Mapping[str, Quantity]]] = {
    0x02: _ELECTRICITY,
    0x03: {"Volume": Quantity.GAS_M3},
    0x04: _HEAT,
    0x0C: _HEAT,
    0x0D: _HEAT,
    0x06: _WATER,
    0x07: _WATER,
    0x15: _WATER,
    0x16: _WATER,
}
_ANY: Final = {
    "External temperature": Quantity.TEMPERATURE_C,
    "%RH": Quantity.HUMIDITY_PERCENT,
}
# These say in their own code which phase a value is of: 0 is all, 1 to 3 are L1 to L3.
_NAME_PHASES: Final = ("EMU", "SBC")
_PHASES: Final[Mapping[Quantity, tuple[Quantity, ...]]] = {
    Quantity.ACTIVE_POWER_KW: (
        Quantity.ACTIVE_POWER_KW,
        Quantity.ACTIVE_POWER_L1_KW,
        Quantity.ACTIVE_POWER_L2_KW,
        Quantity.ACTIVE_POWER_L3_KW,
    ),
    Quantity.VOLTAGE_V: (
        Quantity.VOLTAGE_V,
        Quantity.VOLTAGE_L1_V,
        Quantity.VOLTAGE_L2_V,
        Quantity.VOLTAGE_L3_V,
    ),
    Quantity.CURRENT_A: (
        Quantity.CURRENT_A,
        Quantity.CURRENT_L1_A,
        Quantity.CURRENT_L2_A,
        Quantity.CURRENT_L3_A,
    ),
}


def measured_now(
    meter: Meter, entries: Sequence[Entry]
) -> tuple[list[Measured], list[str]]:
    """Return what is measured now, and in words what is not clear enough."""
    found: defaultdict[Quantity, defaultdict[int, list[Record]]]
    found = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        quantity = _quantity(meter, entry)
        if quantity is not None:
            found[quantity][entry.record.tariff].append(entry.record)
    values: list[Measured] = []
    unclear: list[str] = []
    for quantity, by_tariff in found.items():
        chosen = _chosen(quantity, by_tariff)
        same = max(len(by_tariff[each.tariff]) for each in chosen) if chosen else 0
        if same > 1:
            unclear.append(f"{quantity}: {same} records, and none says which it is")
        elif chosen:
            values.append(_sum(quantity, chosen, meter))
    return values, unclear


def _quantity(meter: Meter, entry: Entry) -> Quantity | None:
    record, qualified = entry.record, entry.qualified
    if record.function != _NOW or record.storage or record.channel:
        return None
    if qualified.error or not qualified.is_plain or isinstance(record.value, str):
        return None
    names = {**_ANY, **_BY_MEDIUM.get(meter.medium, {})}
    quantity = names.get(record.name)
    if quantity is None or _amount(quantity, record) is None:
        return None
    if qualified.is_backward:
        is_import = quantity is Quantity.ENERGY_IMPORT_KWH
        return Quantity.ENERGY_EXPORT_KWH if is_import else None
    if qualified.own is None:
        return quantity
    phases = _PHASES.get(quantity, ())
    if meter.manufacturer in _NAME_PHASES and len(qualified.own) == 1:
        phase = qualified.own[0]
        return phases[phase] if phase < len(phases) else None
    return None


def _chosen(quantity: Quantity, by_tariff: Mapping[int, list[Record]]) -> list[Record]:
    """Return the records that make up the value: the total, else all tariffs."""
    if 0 in by_tariff:
        return by_tariff[0]
    if DEFINITIONS[quantity].kind is not Kind.COUNTER:
        return []
    return [record for records in by_tariff.values() for record in records]


def _sum(quantity: Quantity, records: Sequence[Record], meter: Meter) -> Measured:
    total = sum(_amount(quantity, record) or 0.0 for record in records)
    source = " + ".join(
        f"{each.name}, tariff {each.tariff}" if each.tariff else each.name
        for each in records
    )
    return Measured(quantity, round(total, 9), source, meter.number)


def _amount(quantity: Quantity, record: Record) -> float | None:
    """Return the record in the quantity's unit, or None if its unit does not fit."""
    unit = "%" if record.name == "%RH" else record.unit
    return obis.in_unit_of(quantity, Figure(float(record.value), unit))
