"""Meter models from TOML files: the product's own, and a site's folder of more."""

from operator import attrgetter
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contract.inventory import Role
from contract.quantity import DEFINITIONS, Kind, Quantity
from gateway.meters import (
    LAST_ADDRESS,
    MAX_REGISTERS,
    Control,
    Discovery,
    Encoding,
    Fixed,
    Model,
    Models,
    Register,
    Setpoint,
    Space,
    WordOrder,
)
from gateway.meters.fault import FileError
from gateway.meters.toml_file import Table, checked, read

_SHIPPED: Final = Path(__file__).parent
_MAX_VALUE: Final = 4_294_967_295

_Address = Annotated[int, Field(ge=0, le=LAST_ADDRESS)]


class _Register(Table):
    quantity: Quantity
    address: int = Field(ge=0, le=LAST_ADDRESS)
    table: Space | None = None
    encoding: Encoding | None = None
    word_order: WordOrder | None = None
    scale: float = Field(default=1.0, allow_inf_nan=False)
    scale_register: int | None = Field(default=None, ge=0, le=LAST_ADDRESS)
    plus: tuple[_Address, ...] = ()
    minus: tuple[_Address, ...] = ()
    absent: tuple[int | float, ...] | None = None


class _Setpoint(Table):
    quantity: Quantity
    address: int = Field(ge=0, le=LAST_ADDRESS)
    low: float = Field(ge=-_MAX_VALUE, le=_MAX_VALUE)
    high: float = Field(ge=-_MAX_VALUE, le=_MAX_VALUE)
    normal: float | None = None
    step: float = Field(default=1.0, gt=0, le=_MAX_VALUE)
    encoding: Encoding = Encoding.UINT16
    word_order: WordOrder = WordOrder.HIGH_FIRST
    scale: float = Field(default=1.0, allow_inf_nan=False, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        normal = self.low if self.normal is None else self.normal
        if not self.low <= normal <= self.high:
            raise ValueError("normal must lie between low and high")
        return self


class _Control(Table):
    reversion_register: int | None = Field(default=None, ge=0, le=LAST_ADDRESS)
    reversion_unit_s: int = Field(default=1, gt=0, le=3600)
    setpoints: tuple[_Setpoint, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_block(self) -> Self:
        last = self.reversion_register
        if last is None:
            return self
        places = sorted(self.setpoints, key=attrgetter("address"))
        ends = [each.address + each.encoding.words for each in places]
        if ends != [*(each.address for each in places[1:]), last]:
            raise ValueError("setpoints must follow each other up to the reversion one")
        if any(each.normal is None for each in places):
            raise ValueError("normal is missing: what the reversion timer goes back to")
        return self


class _Fixed(Table):
    table: Space | None = None
    address: int = Field(ge=0, le=LAST_ADDRESS)
    text: tuple[str, ...] = ()
    hex: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(self.any_of()):
            raise ValueError("text or hex must list what the registers start with")
        return self

    def any_of(self) -> tuple[bytes, ...]:
        return (
            *(each.encode() for each in self.text),
            *(bytes.fromhex(each) for each in self.hex),
        )


class _Model(Table):
    title: str
    source: str
    verified: bool
    checked: str
    role: Role
    table: Space = Space.INPUT
    encoding: Encoding = Encoding.FLOAT32
    word_order: WordOrder = WordOrder.HIGH_FIRST
    absent: tuple[int | float, ...] = ()
    max_registers: int = Field(default=MAX_REGISTERS, ge=1, le=MAX_REGISTERS)
    max_gap: int = Field(default=16, ge=0, le=MAX_REGISTERS)
    frame_gap_ms: float = Field(default=0, ge=0, le=1000)
    modulus_kwh: float | None = Field(default=None, gt=0)
    identify: tuple[_Fixed, ...] = ()
    registers: tuple[_Register, ...] = ()
    discovery: Literal["sunspec"] | None = None
    finds: tuple[int, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    reversed: tuple[Quantity, ...] = ()
    control: _Control | None = None

    @model_validator(mode="after")
    def _known_or_found(self) -> Self:
        if self.discovery is None:
            if not self.registers or self.finds or self.quantities or self.reversed:
                raise ValueError(
                    "registers are missing, or else discovery, which goes with finds,"
                    " quantities and reversed"
                )
            return self
        if self.registers or not (self.finds and self.quantities):
            raise ValueError("discovery wants finds and quantities, and no registers")
        if unknown := set(self.reversed) - set(self.quantities):
            raise ValueError(f"reversed: {min(unknown)} is not among its quantities")
        return self


def load_all(own_folder: Path | None = None) -> Models:
    """Return every shipped model and those in `own_folder`, which win, by name.

    Raises:
        FileError: A file is not a meter model; the message names file and key.
    """
    paths = sorted(_SHIPPED.glob("*.toml"))
    if own_folder is not None:
        paths += sorted(own_folder.glob("*.toml"))
    return {path.stem: load(path) for path in paths}


def load(path: Path) -> Model:
    """Return the model in the file; its name is the file's.

    Raises:
        FileError: Not a meter model; the message names file and key.
    """
    raw = checked(_Model, read(path), path)
    _refuse_oversize(raw, path)
    return Model(
        name=path.stem,
        title=raw.title,
        source=raw.source,
        checked=raw.checked,
        role=raw.role,
        registers=tuple(_register(raw, each) for each in raw.registers),
        control=None if raw.control is None else _control(raw.control),
        discovery=_discovery(raw),
        max_registers=raw.max_registers,
        max_gap=raw.max_gap,
        frame_gap_s=raw.frame_gap_ms / 1000,
        modulus_kwh=raw.modulus_kwh,
        verified=raw.verified,
        identify=tuple(
            Fixed(each.table or raw.table, each.address, each.any_of())
            for each in raw.identify
        ),
    )


def _discovery(raw: _Model) -> Discovery | None:
    if raw.discovery is None:
        return None
    return Discovery(raw.finds, raw.quantities, raw.reversed)


def _register(raw: _Model, each: _Register) -> Register:
    return Register(
        quantity=each.quantity,
        space=each.table or raw.table,
        address=each.address,
        encoding=each.encoding or raw.encoding,
        word_order=each.word_order or raw.word_order,
        scale=each.scale,
        scale_address=each.scale_register,
        plus=each.plus,
        minus=each.minus,
        absent=raw.absent if each.absent is None else each.absent,
    )


def _control(raw: _Control) -> Control:
    setpoints = tuple(Setpoint(**dict(each)) for each in raw.setpoints)
    return Control(setpoints, raw.reversion_register, raw.reversion_unit_s)


def _refuse_oversize(raw: _Model, path: Path) -> None:
    seen = set()
    for number, each in enumerate(raw.registers, start=1):
        place = f'{path}: registers[{number}] ("{each.quantity}")'
        first, end = _register(raw, each).span
        words = end - first
        if end > LAST_ADDRESS + 1:
            raise FileError(
                f"{place}.address: {words} registers from {first} run past "
                f"{LAST_ADDRESS}; addresses are zero-based"
            )
        if words > raw.max_registers:
            raise FileError(
                f"{place}: takes {words} registers, more than max_registers"
            )
        if each.quantity in seen:
            raise FileError(f"{place}: is there twice; keep one")
        seen.add(each.quantity)
    if raw.modulus_kwh and not any(map(_is_energy, seen)):
        raise FileError(f"{path}: modulus_kwh: there is no energy counter; remove it")


def _is_energy(quantity: Quantity) -> bool:
    return DEFINITIONS[quantity].kind is Kind.COUNTER
