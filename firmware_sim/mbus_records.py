"""What M-Bus meters send: records in binary and decimal digits, in a long frame.

Source: "The M-Bus: A Documentation", revision 4.8 (1997), 5.3, 6.3 to 6.4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a meter measures."""

    ELECTRICITY = "mbus_electricity"
    GAS = "mbus_gas"
    HEAT = "mbus_heat"
    WATER = "mbus_water"
    CLIMATE = "mbus_climate"


MEDIA: Final[Mapping[Kind, int]] = {
    Kind.ELECTRICITY: 2,
    Kind.GAS: 3,
    Kind.HEAT: 4,
    Kind.WATER: 7,
    Kind.CLIMATE: 0x1B,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """How a quantity is sent.

    Attributes:
        head: DIF and VIF with their extensions.
        size: Bytes of the number.
        step: What one of the number is, in the quantity's unit.
        is_decimal: Whether it is sent as decimal digits.
    """

    head: bytes
    size: int
    step: float
    is_decimal: bool = False

    def number(self, value: float) -> int:
        """Return the number that stands for a value."""
        return round(value / self.step)

    def record(self, value: float) -> bytes:
        """Return the record."""
        number = self.number(value)
        if self.is_decimal:
            digits = f"{number:0{2 * self.size}d}"
            return self.head + bytes.fromhex(digits)[::-1]
        return self.head + number.to_bytes(self.size, "little", signed=True)


def _entry(head: str, size: int, step: float, *, decimal: bool = False) -> Entry:
    return Entry(bytes.fromhex(head), size, step, decimal)


ENTRIES: Final[Mapping[Kind, Mapping[str, Entry]]] = {
    Kind.ELECTRICITY: {
        "energy_import_kwh": _entry("06 03", 6, 0.001),
        "energy_export_kwh": _entry("06 83 3C", 6, 0.001),
        "active_power_kw": _entry("04 2B", 4, 0.001),
        "voltage_v": _entry("02 FD 48", 2, 0.1),
        "current_a": _entry("04 FD 59", 4, 0.001),
        "frequency_hz": _entry("03 FB 2D", 3, 0.01),
    },
    Kind.GAS: {"gas_m3": _entry("0C 13", 4, 0.001, decimal=True)},
    Kind.HEAT: {
        "heat_kwh": _entry("0C 05", 4, 0.1, decimal=True),
        "heat_power_kw": _entry("04 2B", 4, 0.001),
        "flow_temperature_c": _entry("02 59", 2, 0.01),
        "return_temperature_c": _entry("02 5D", 2, 0.01),
        "volume_flow_m3_h": _entry("04 3B", 4, 0.001),
    },
    Kind.WATER: {"water_m3": _entry("0C 13", 4, 0.001, decimal=True)},
    Kind.CLIMATE: {
        "temperature_c": _entry("02 65", 2, 0.01),
        "humidity_percent": _entry("02 FB 1A", 2, 0.1),
    },
}

# Last month's register and a peak: nothing that is measured now.
_BESIDES: Final = bytes.fromhex(
    "4C 06 00 10 00 00  14 2B FF 00 00 00  04 6D 00 00 21 36"
)
_MORE: Final = b"\x1f"


def telegrams(kind: Kind, values: Mapping[str, float], count: int) -> list[bytes]:
    """Return the records, shared out to `count` telegrams."""
    entries = ENTRIES[kind]
    records = [each.record(values[name]) for name, each in entries.items()]
    share = -(-len(records) // count)
    parts = [b"".join(records[n * share : (n + 1) * share]) for n in range(count)]
    parts[-1] += _BESIDES
    return [part + _MORE for part in parts[:-1]] + parts[-1:]


def header(number: str, maker: str, medium: int, access: int) -> bytes:
    """Return what stands before the records."""
    a, b, c = (ord(letter) - ord("A") + 1 for letter in maker)
    word = a * 32 * 32 + b * 32 + c
    return (
        bytes.fromhex(number)[::-1]
        + word.to_bytes(2, "little")
        + bytes([1, medium, access & 0xFF, 0, 0, 0])
    )


def long_frame(control: int, address: int, rest: Sequence[int]) -> bytes:
    """Return a frame of variable length, with its checksum."""
    covered = bytes([control, address, *rest])
    start = bytes([0x68, len(covered), len(covered), 0x68])
    return start + covered + bytes([sum(covered) % 256, 0x16])
