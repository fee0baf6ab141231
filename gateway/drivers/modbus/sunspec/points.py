"""SunSpec models as data: which point of a model is which quantity.

Source: SunSpec Alliance, github:sunspec/models, json/model_<id>.json. Offsets are
counted in registers from the model's id. Current and power into a battery are positive
here, out of it in model 802, as evcc and the makers it reads take it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan
from typing import Final

from contract.quantity import Quantity
from gateway.meters import Encoding

_I16, _U16 = Encoding.INT16, Encoding.UINT16
_ACC, _F32 = Encoding.ACC32, Encoding.FLOAT32
_KILO: Final = 1e-3
_PERCENT: Final = 1e-2

ABSENT: Final[Mapping[Encoding, tuple[float, ...]]] = {
    _I16: (-0x8000,),
    _U16: (0xFFFF,),
    _ACC: (0,),
    _F32: (nan,),
}
"""What stands where a point is not implemented."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a model.

    Attributes:
        name: As the model's file has it.
        offset: Registers from the model's id to the value.
        scale_offset: Likewise to its power of ten, where it has one.
        scale: From the point's unit to the quantity's.
    """

    name: str
    quantity: Quantity
    offset: int
    encoding: Encoding
    scale_offset: int | None = None
    scale: float = 1.0


_PHASES: Final = tuple(enumerate("ABC", start=1))


def _phases(
    name: str,
    quantity: str,
    first: int,
    encoding: Encoding,
    scale_offset: int | None = None,
    scale: float = 1.0,
) -> Iterator[Point]:
    for number, phase in _PHASES:
        offset = first + (number - 1) * encoding.words
        measured = Quantity(quantity.replace("#", str(number)))
        yield Point(name + phase, measured, offset, encoding, scale_offset, scale)


_INVERTER: Final = (
    Point("A", Quantity.CURRENT_A, 2, _U16, 6),
    *_phases("Aph", "current_l#_a", 3, _U16, 6),
    *_phases("PhVph", "voltage_l#_v", 10, _U16, 13),
    Point("W", Quantity.GENERATED_POWER_KW, 14, _I16, 15, _KILO),
    Point("Hz", Quantity.FREQUENCY_HZ, 16, _U16, 17),
    Point("VA", Quantity.APPARENT_POWER_KVA, 18, _I16, 19, _KILO),
    Point("VAr", Quantity.REACTIVE_POWER_KVAR, 20, _I16, 21, _KILO),
    Point("WH", Quantity.ENERGY_GENERATED_KWH, 24, _ACC, 26, _KILO),
)
_INVERTER_FLOAT: Final = (
    Point("A", Quantity.CURRENT_A, 2, _F32),
    *_phases("Aph", "current_l#_a", 4, _F32),
    *_phases("PhVph", "voltage_l#_v", 16, _F32),
    Point("W", Quantity.GENERATED_POWER_KW, 22, _F32, scale=_KILO),
    Point("Hz", Quantity.FREQUENCY_HZ, 24, _F32),
    Point("VA", Quantity.APPARENT_POWER_KVA, 26, _F32, scale=_KILO),
    Point("VAr", Quantity.REACTIVE_POWER_KVAR, 28, _F32, scale=_KILO),
    Point("WH", Quantity.ENERGY_GENERATED_KWH, 32, _F32, scale=_KILO),
)
_METER: Final = (
    Point("A", Quantity.CURRENT_A, 2, _I16, 6),
    *_phases("Aph", "current_l#_a", 3, _I16, 6),
    Point("PhV", Quantity.VOLTAGE_V, 7, _I16, 15),
    *_phases("PhVph", "voltage_l#_v", 8, _I16, 15),
    Point("Hz", Quantity.FREQUENCY_HZ, 16, _I16, 17),
    Point("W", Quantity.ACTIVE_POWER_KW, 18, _I16, 22, _KILO),
    *_phases("Wph", "active_power_l#_kw", 19, _I16, 22, _KILO),
    Point("VA", Quantity.APPARENT_POWER_KVA, 23, _I16, 27, _KILO),
    Point("VAR", Quantity.REACTIVE_POWER_KVAR, 28, _I16, 32, _KILO),
    Point("PF", Quantity.POWER_FACTOR, 33, _I16, 37, _PERCENT),
    Point("TotWhExp", Quantity.ENERGY_EXPORT_KWH, 38, _ACC, 54, _KILO),
    Point("TotWhImp", Quantity.ENERGY_IMPORT_KWH, 46, _ACC, 54, _KILO),
)
_METER_FLOAT: Final = (
    Point("A", Quantity.CURRENT_A, 2, _F32),
    *_phases("Aph", "current_l#_a", 4, _F32),
    Point("PhV", Quantity.VOLTAGE_V, 10, _F32),
    *_phases("PhVph", "voltage_l#_v", 12, _F32),
    Point("Hz", Quantity.FREQUENCY_HZ, 26, _F32),
    Point("W", Quantity.ACTIVE_POWER_KW, 28, _F32, scale=_KILO),
    *_phases("Wph", "active_power_l#_kw", 30, _F32, scale=_KILO),
    Point("VA", Quantity.APPARENT_POWER_KVA, 36, _F32, scale=_KILO),
    Point("VAR", Quantity.REACTIVE_POWER_KVAR, 44, _F32, scale=_KILO),
    Point("PF", Quantity.POWER_FACTOR, 52, _F32),
    Point("TotWhExp", Quantity.ENERGY_EXPORT_KWH, 60, _F32, scale=_KILO),
    Point("TotWhImp", Quantity.ENERGY_IMPORT_KWH, 68, _F32, scale=_KILO),
)
_STORAGE: Final = (
    Point("ChaState", Quantity.STATE_OF_CHARGE_PERCENT, 8, _U16, 22),
    Point("InBatV", Quantity.VOLTAGE_V, 10, _U16, 24),
)
_BATTERY: Final = (
    Point("SoC", Quantity.STATE_OF_CHARGE_PERCENT, 11, _U16, 56),
    Point("V", Quantity.VOLTAGE_V, 34, _U16, 59),
    Point("A", Quantity.CURRENT_A, 44, _I16, 61, -1.0),
    Point("W", Quantity.ACTIVE_POWER_KW, 47, _I16, 63, -_KILO),
)
_LITHIUM: Final = (
    Point("ModTmpAvg", Quantity.TEMPERATURE_C, 10, _I16, 23),
    Point("StrVAvg", Quantity.VOLTAGE_V, 15, _U16, 27),
)

POINTS: Final[Mapping[int, tuple[Point, ...]]] = {
    **dict.fromkeys((101, 102, 103), _INVERTER),
    **dict.fromkeys((111, 112, 113), _INVERTER_FLOAT),
    124: _STORAGE,
    **dict.fromkeys((201, 202, 203, 204), _METER),
    **dict.fromkeys((211, 212, 213, 214), _METER_FLOAT),
    802: _BATTERY,
    803: _LITHIUM,
}
"""The points read of each model that has one block."""

INPUTS: Final = 160
"""The model with a block for each direct-current input of an inverter."""
INPUTS_FIRST: Final = 10
INPUT_WORDS: Final = 20
NAME_OFFSET: Final = 1
NAME_WORDS: Final = 8
INPUT_POINTS: Final = (
    Point("DCW", Quantity.GENERATED_POWER_KW, 11, _U16, 4, _KILO),
    Point("DCWH", Quantity.ENERGY_GENERATED_KWH, 12, _ACC, 5, _KILO),
)
"""Offsets are from an input's first register, those of scales from the model's id."""

KNOWN: Final = frozenset((*POINTS, INPUTS))
