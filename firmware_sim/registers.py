"""Register memory of one device and how its values are laid out in it."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware_sim.pdu import READ_HOLDING, READ_INPUT, Code, Refusal


class Layout(StrEnum):
    """How a number lies in 16-bit registers, each sent high byte first."""

    FLOAT32 = "float32"
    """IEEE 754, high word first."""
    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    """High word first."""
    INT32 = "int32"
    """High word first."""
    UINT32_LOW_FIRST = "uint32_low_first"
    FLOAT32_LOW_FIRST = "float32_low_first"


_FORMAT: Final = {
    Layout.FLOAT32: ">f",
    Layout.UINT16: ">H",
    Layout.INT16: ">h",
    Layout.UINT32: ">I",
    Layout.INT32: ">i",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One value in a device's registers.

    Attributes:
        scale: What one count of the register stands for.
        counter: It only rises; the faults treat it as energy.
    """

    name: str
    address: int
    layout: Layout
    scale: float = 1.0
    counter: bool = False

    @property
    def words(self) -> int:
        """How many registers it takes."""
        return 1 if self.layout in (Layout.UINT16, Layout.INT16) else 2

    def put(self, memory: bytearray | memoryview, value: float) -> None:
        """Write `value`, in the field's unit, to where it lies in `memory`."""
        if self.layout is Layout.FLOAT32:
            struct.pack_into(">f", memory, 2 * self.address, value / self.scale)
            return
        if self.layout is Layout.FLOAT32_LOW_FIRST:
            (bits,) = struct.unpack(">I", struct.pack(">f", value / self.scale))
            struct.pack_into(">HH", memory, 2 * self.address, bits & 0xFFFF, bits >> 16)
            return
        raw = round(value / self.scale)
        if self.layout is Layout.UINT32_LOW_FIRST:
            low, high = raw & 0xFFFF, raw >> 16 & 0xFFFF
            struct.pack_into(">HH", memory, 2 * self.address, low, high)
        else:
            struct.pack_into(_FORMAT[self.layout], memory, 2 * self.address, raw)

    def get(self, memory: bytes | bytearray | memoryview) -> float:
        """Return the value, in the field's unit, that lies in `memory`."""
        if self.layout is Layout.UINT32_LOW_FIRST:
            low, high = struct.unpack_from(">HH", memory, 2 * self.address)
            return float((high << 16 | low) * self.scale)
        if self.layout is Layout.FLOAT32_LOW_FIRST:
            low, high = struct.unpack_from(">HH", memory, 2 * self.address)
            (real,) = struct.unpack(">f", struct.pack(">HH", high, low))
            return float(real * self.scale)
        raw = struct.unpack_from(_FORMAT[self.layout], memory, 2 * self.address)[0]
        return float(raw * self.scale)


class Memory:
    """A bank with input and holding registers that start at `first`.

    Attributes:
        fields: What lies in the registers that are read for measurements.
    """

    def __init__(
        self,
        measured: bytearray | memoryview,
        fields: tuple[Field, ...] = (),
        *,
        functions: tuple[int, ...] = (READ_INPUT,),
        first: int = 0,
        most: int = 125,
    ) -> None:
        self.measured = measured
        self.fields = fields
        self.first = first
        self.holding: list[int] = []
        self.coils: list[bool] = []
        self.on_write: Callable[[int, tuple[int, ...]], None] | None = None
        self._functions = functions
        self._named = {field.name: field for field in fields}
        self._most = most

    def put(self, values: dict[str, float]) -> None:
        """Write the named measurements."""
        memory, named = self.measured, self._named
        for name, value in values.items():
            named[name].put(memory, value)

    def read(self, function: int, address: int, count: int) -> bytes:
        """Return `count` registers; see `pdu.Bank`."""
        if function in self._functions:
            if count > self._most:
                raise Refusal(Code.ILLEGAL_VALUE)
            start = 2 * (address - self.first)
            end = start + 2 * count
            if start < 0 or end > len(self.measured):
                raise Refusal(Code.ILLEGAL_ADDRESS)
            return bytes(self.measured[start:end])
        if function == READ_HOLDING and self.holding:
            values = self.holding[address : address + count]
            if len(values) != count:
                raise Refusal(Code.ILLEGAL_ADDRESS)
            return struct.pack(f">{count}H", *values)
        raise Refusal(Code.ILLEGAL_FUNCTION)

    def write(self, address: int, values: tuple[int, ...]) -> None:
        """Take holding registers; see `pdu.Bank`."""
        if not self.holding:
            raise Refusal(Code.ILLEGAL_FUNCTION)
        if address + len(values) > len(self.holding):
            raise Refusal(Code.ILLEGAL_ADDRESS)
        if self.on_write is not None:
            self.on_write(address, values)
        self.holding[address : address + len(values)] = values

    def read_coils(self, address: int, count: int) -> list[bool]:
        """Return coils; see `pdu.Bank`."""
        if not self.coils:
            raise Refusal(Code.ILLEGAL_FUNCTION)
        if address + count > len(self.coils):
            raise Refusal(Code.ILLEGAL_ADDRESS)
        return self.coils[address : address + count]

    def write_coil(self, address: int, value: bool) -> None:
        """Switch a coil; see `pdu.Bank`."""
        self.read_coils(address, 1)
        self.coils[address] = value

    def reset_energy(self) -> None:
        """Refuse: only some meters know how; see `pdu.Bank`."""
        raise Refusal(Code.ILLEGAL_FUNCTION)
