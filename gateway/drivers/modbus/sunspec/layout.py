"""The registers of the SunSpec models that a device turned out to have. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.modbus.decode import Values, decoder
from gateway.drivers.modbus.meter import Part
from gateway.drivers.modbus.plan import Block, blocks
from gateway.drivers.modbus.sunspec.chain import Found
from gateway.drivers.modbus.sunspec.points import (
    ABSENT,
    INPUT_POINTS,
    INPUT_WORDS,
    INPUTS,
    INPUTS_FIRST,
    POINTS,
    Point,
)
from gateway.lines import DeviceError
from gateway.meters import MAX_REGISTERS, Model, Register, Space

_CHARGING: Final = "stcha"
_DISCHARGING: Final = "stdischa"
_HEADER_WORDS: Final = 2


class MovedError(DeviceError):
    """Another model, or none, stands where one was found."""


def registers(found: Found, model: Model) -> tuple[Register, ...]:
    """Return where the quantities of `model` lie in `found`."""
    if found.model == INPUTS:
        all_of_it = _inputs(found)
    else:
        all_of_it = [_register(found, point) for point in POINTS[found.model]]
    discovery = model.discovery
    turned = discovery.reversed if discovery else ()
    return tuple(
        replace(each, scale=-each.scale) if each.quantity in turned else each
        for each in all_of_it
        if each.quantity in model.quantities and _is_inside(each, found)
    )


def _register(found: Found, point: Point) -> Register:
    start = found.address
    power = None if point.scale_offset is None else start + point.scale_offset
    return Register(
        quantity=point.quantity,
        space=Space.HOLDING,
        address=start + point.offset,
        encoding=point.encoding,
        scale=point.scale,
        scale_address=power,
        absent=ABSENT[point.encoding],
    )


def _is_inside(register: Register, found: Found) -> bool:
    first, end = register.span
    is_one_read = end - first <= MAX_REGISTERS
    return is_one_read and end <= found.address + found.end


def _inputs(found: Found) -> list[Register]:
    """Return what the inputs of an inverter give: its panels', and its battery's."""
    names = [name.lower().replace(" ", "") for name in found.names]
    charging = [n for n, name in enumerate(names) if name.startswith(_CHARGING)]
    discharging = [n for n, name in enumerate(names) if name.startswith(_DISCHARGING)]
    panels = [n for n in range(len(names)) if n not in {*charging, *discharging}]
    power, energy = INPUT_POINTS
    into = replace(energy, quantity=Quantity.ENERGY_IMPORT_KWH)
    out = replace(energy, quantity=Quantity.ENERGY_EXPORT_KWH)
    sums: list[tuple[Point, list[int], list[int]]]
    sums = [(power, panels, []), (energy, panels, [])]
    if charging and discharging:
        stored = replace(power, quantity=Quantity.ACTIVE_POWER_KW)
        sums += [(stored, charging, discharging), (into, charging, [])]
        sums += [(out, discharging, [])]
    return [_sum(found, *each) for each in sums if each[1]]


def _sum(
    found: Found, point: Point, plus: Sequence[int], minus: Sequence[int]
) -> Register:
    def place(number: int) -> int:
        return found.address + INPUTS_FIRST + number * INPUT_WORDS + offset

    offset = point.offset
    first, *others = plus
    return replace(
        _register(found, point),
        address=place(first),
        plus=tuple(place(number) for number in others),
        minus=tuple(place(number) for number in minus),
    )


Places = Mapping[Found, Sequence[Register]]
"""Registers by the model they are in, the best model first."""


def chosen(
    candidates: Places, present: Mapping[Found, Collection[Quantity]]
) -> dict[Found, list[Register]]:
    """Return one register for each quantity, from the best model that has a value.

    Args:
        present: Of which quantities each model had a value when it was first read.
    """
    kept: dict[Quantity, tuple[Found, Register]] = {}
    for found, places in candidates.items():
        for register in places:
            before = kept.get(register.quantity)
            if before is None or _is_better(register.quantity, found, before, present):
                kept[register.quantity] = found, register
    by_model: dict[Found, list[Register]] = {}
    for found, register in kept.values():
        by_model.setdefault(found, []).append(register)
    return by_model


def _is_better(
    quantity: Quantity,
    found: Found,
    before: tuple[Found, Register],
    present: Mapping[Found, Collection[Quantity]],
) -> bool:
    return quantity in present.get(found, ()) and quantity not in present.get(
        before[0], ()
    )


def plan(found: Found, places: Sequence[Register], model: Model) -> list[Part]:
    """Return the requests for `places`; the first begins with the model's header."""
    whole = replace(
        model, registers=tuple(places), discovery=None, max_gap=model.max_registers
    )
    first, *others = blocks(whole)
    head = Block(Space.HOLDING, found.address, _HEADER_WORDS, ())
    lead = first.address - found.address
    if lead + first.count <= model.max_registers:
        head = replace(first, address=found.address, count=lead + first.count)
    else:
        others.insert(0, first)
    parts: list[Part] = [(head, _with_header(found, head))]
    return parts + [(block, decoder(block)) for block in others]


def _with_header(found: Found, block: Block) -> Callable[[bytes], Values]:
    decode = decoder(block)
    header = found.header

    def checked(body: bytes) -> Values:
        if not body.startswith(header):
            raise MovedError(
                f"SunSpec model {found.model} is no longer at {found.address}"
            )
        return decode(body)

    return checked
