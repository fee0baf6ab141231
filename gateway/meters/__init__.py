"""Meter models as data: what each register means, and what may be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contract.inventory import Role
from contract.quantity import Quantity

LAST_ADDRESS: Final = 65_535
MAX_REGISTERS: Final = 125
"""Most registers the Modbus specification allows in one read."""


class Space(StrEnum):
    """The Modbus table a register lives in."""

    INPUT = "input"
    HOLDING = "holding"


class Encoding(StrEnum):
    """How a value is laid into registers."""

    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    INT32 = "int32"
    UINT64 = "uint64"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    ACC32 = "acc32"
    """SunSpec accumulator: unsigned, 0 where not implemented."""

    @property
    def words(self) -> int:
        """Registers that one value takes."""
        return int(self.value[-2:]) // 16


class WordOrder(StrEnum):
    """Which register of a value comes first."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


@dataclass(frozen=True, slots=True)
class Register:
    """Where and how a device keeps one quantity.

    Attributes:
        address: Zero-based address of the first register.
        scale: What the raw value is multiplied with.
        scale_address: Register with a power of ten to multiply with as well (SunSpec).
        plus: Further places of the same encoding that are added, e.g. of other phases.
        minus: Places of the same encoding that are taken away, e.g. of discharging.
        absent: Raw values that mean "not measured"; NaN stands for any NaN.
    """

    quantity: Quantity
    space: Space
    address: int
    encoding: Encoding
    word_order: WordOrder = WordOrder.HIGH_FIRST
    scale: float = 1.0
    scale_address: int | None = None
    plus: tuple[int, ...] = ()
    minus: tuple[int, ...] = ()
    absent: tuple[float, ...] = ()

    @property
    def addresses(self) -> tuple[int, ...]:
        """Every place the value is made from."""
        return (self.address, *self.plus, *self.minus)

    @property
    def end(self) -> int:
        """Address after the last register of the value."""
        return self.address + self.encoding.words

    @property
    def span(self) -> tuple[int, int]:
        """The first address that is needed and the one after the last.

        The scale register and the further places of a sum have to come in the same
        answer, or they might be of different moments.
        """
        words = self.encoding.words
        places = [(address, address + words) for address in self.addresses]
        if self.scale_address is not None:
            places.append((self.scale_address, self.scale_address + 1))
        return min(first for first, _ in places), max(end for _, end in places)


@dataclass(frozen=True, slots=True)
class Setpoint:
    """A value that may be written.

    Attributes:
        low: Least value allowed.
        high: Greatest value allowed.
        normal: What it goes back to when nobody asks for anything; None is whatever it
            was before, or what the device makes of it once it is let go.
        step: What values are whole multiples of.
        address: First of its holding registers, on Modbus.
        scale: What the raw value is multiplied with, on Modbus.
    """

    quantity: Quantity
    low: float
    high: float
    normal: float | None = None
    step: float = 1.0
    address: int = 0
    encoding: Encoding = Encoding.UINT16
    word_order: WordOrder = WordOrder.HIGH_FIRST
    scale: float = 1.0

    @property
    def end(self) -> int:
        """Address after its last register."""
        return self.address + self.encoding.words


@dataclass(frozen=True, slots=True)
class Control:
    """Setpoints that are written together, and how they revert by themselves.

    Attributes:
        reversion_address: Register after the setpoints that starts the device's own
            reversion timer; None where the gateway itself has to end a lease.
        reversion_unit_s: What one count of that register lasts. [s]
    """

    setpoints: tuple[Setpoint, ...]
    reversion_address: int | None = None
    reversion_unit_s: int = 1

    @property
    def address(self) -> int:
        """First register of the block that is written at once."""
        return min(setpoint.address for setpoint in self.setpoints)

    @property
    def count(self) -> int:
        """Registers in that block; a reversion register is its last."""
        last = max(setpoint.end for setpoint in self.setpoints)
        if self.reversion_address is not None:
            last = self.reversion_address + 1
        return last - self.address

    @property
    def normal(self) -> dict[Quantity, float]:
        """The normal value of each setpoint that has one."""
        return {
            each.quantity: float(each.normal)
            for each in self.setpoints
            if each.normal is not None
        }

    @property
    def parts(self) -> tuple["Control", ...]:
        """What can be written alone: all of it, or each setpoint without a timer."""
        if self.reversion_address is not None:
            return (self,)
        return tuple(Control((setpoint,)) for setpoint in self.setpoints)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Registers that tell this model from others.

    Attributes:
        any_of: What they may start with.
    """

    space: Space
    address: int
    any_of: tuple[bytes, ...]

    @property
    def words(self) -> int:
        """How many registers that takes."""
        return (max(map(len, self.any_of)) + 1) // 2


@dataclass(frozen=True, slots=True)
class Discovery:
    """What to look for in a device that says itself where its registers are.

    Attributes:
        finds: SunSpec models, the preferred one first.
        reversed: Quantities that such a device counts the other way round.
    """

    finds: tuple[int, ...]
    quantities: tuple[Quantity, ...]
    reversed: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A device model.

    Attributes:
        source: Where the register map comes from.
        checked: How it was checked, or why it could not be.
        max_registers: Most registers the device gives in one request.
        max_gap: Longest run of unused registers read along to save a request; 0 reads
            only what is asked for.
        frame_gap_s: Silence the device needs before a request, beyond the bus's. [s]
        modulus_kwh: Where the energy counters roll over, if they do.
        verified: Whether it agrees with bytes or tables that were not made here.
        identify: Registers that all hold what only this model has in them.
    """

    name: str
    title: str
    source: str
    checked: str
    role: Role
    registers: tuple[Register, ...]
    control: Control | None = None
    discovery: Discovery | None = None
    max_registers: int = MAX_REGISTERS
    max_gap: int = 16
    frame_gap_s: float = 0.0
    modulus_kwh: float | None = None
    verified: bool = False
    identify: tuple[Fixed, ...] = ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What the model measures, in the order of its file."""
        if self.discovery is not None:
            return self.discovery.quantities
        return tuple(register.quantity for register in self.registers)

    @property
    def has_setback(self) -> bool:
        """Whether it is a room that can be set back by itself while it is empty."""
        control = self.control
        if control is None or control.reversion_address is None:
            return False
        return Quantity.OCCUPANCY in self.quantities


Models = Mapping[str, Model]
