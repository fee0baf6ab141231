"""Equipment whose energy behaviour is followed, and where its figures come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from contract.quantity import Quantity


class AssetKind(StrEnum):
    """What an asset is."""

    HVAC = "hvac"
    PV = "pv"
    BATTERY = "battery"


class Figure(StrEnum):
    """What is measured of an asset."""

    ELECTRICITY = "electricity"
    """Taken by a machine, made by an array, into a battery (out of it is negative)."""
    HEAT = "heat"
    OUTDOOR = "outdoor"
    IRRADIANCE = "irradiance"
    RAIN = "rain"
    SOC = "soc"
    TEMPERATURE = "temperature"


@dataclass(frozen=True, slots=True)
class Asset:
    """One piece of equipment.

    Attributes:
        slug: Tells it from others at its node.
        points: Where each figure comes from: a point (`node/device/quantity`) or what
            is rolled up of a node (`node/ac_kwh`).
        rated_kw: Of an array, its peak power; of a machine, its electricity.
        rated_kwh: Of a battery, its usable capacity.
        commissioned: Nothing before this day counts.
        serviced: From this day on it is as new and learns anew.
    """

    slug: str
    kind: AssetKind
    name: str
    points: Mapping[Figure, str] = field(default_factory=dict)
    rated_kw: float | None = None
    rated_kwh: float | None = None
    commissioned: date | None = None
    serviced: date | None = None


NEEDED: Final[Mapping[AssetKind, frozenset[Figure]]] = {
    AssetKind.HVAC: frozenset({Figure.ELECTRICITY}),
    AssetKind.PV: frozenset({Figure.ELECTRICITY}),
    AssetKind.BATTERY: frozenset({Figure.ELECTRICITY, Figure.SOC}),
}
POSSIBLE: Final[Mapping[AssetKind, frozenset[Figure]]] = {
    AssetKind.HVAC: frozenset({Figure.ELECTRICITY, Figure.HEAT, Figure.OUTDOOR}),
    AssetKind.PV: frozenset(
        {Figure.ELECTRICITY, Figure.IRRADIANCE, Figure.OUTDOOR, Figure.RAIN}
    ),
    AssetKind.BATTERY: frozenset({Figure.ELECTRICITY, Figure.SOC, Figure.TEMPERATURE}),
}
ROLLED_UP: Final = frozenset(
    {
        "energy_kwh",
        "base_kwh",
        "ac_kwh",
        "light_kwh",
        "equipment_kwh",
        "generated_kwh",
        "temperature_c",
    }
)
"""What of a node's roll-ups can be a figure."""

_TAKEN: Final = frozenset(
    {
        Quantity.ENERGY_IMPORT_KWH,
        Quantity.ACTIVE_POWER_KW,
        Quantity.AC_POWER_KW,
        Quantity.EQUIPMENT_POWER_KW,
        *(ROLLED_UP - {"generated_kwh", "temperature_c"}),
    }
)
_MADE: Final = frozenset(
    {
        Quantity.ENERGY_GENERATED_KWH,
        Quantity.GENERATED_POWER_KW,
        Quantity.ENERGY_EXPORT_KWH,
        "generated_kwh",
    }
)
_FITTING: Final[Mapping[Figure, frozenset[str]]] = {
    Figure.HEAT: frozenset({Quantity.HEAT_KWH, Quantity.HEAT_POWER_KW}),
    Figure.OUTDOOR: frozenset({Quantity.TEMPERATURE_C}),
    Figure.IRRADIANCE: frozenset({Quantity.IRRADIANCE_W_M2}),
    Figure.RAIN: frozenset({Quantity.RAIN_MM}),
    Figure.SOC: frozenset({Quantity.STATE_OF_CHARGE_PERCENT}),
    Figure.TEMPERATURE: frozenset({Quantity.TEMPERATURE_C}),
}


def fitting(kind: AssetKind, figure: Figure) -> frozenset[str]:
    """Return the quantities, and what is rolled up, that can be this figure."""
    if figure is not Figure.ELECTRICITY:
        return _FITTING[figure]
    if kind is AssetKind.BATTERY:
        return frozenset({Quantity.ACTIVE_POWER_KW})
    return _MADE if kind is AssetKind.PV else _TAKEN
