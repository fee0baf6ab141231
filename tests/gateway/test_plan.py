import struct
from dataclasses import replace
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.inventory import Role
from contract.quantity import Quantity
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.plan import blocks
from gateway.meters import Encoding, Model, Register, Space, WordOrder

FLOATS = {Encoding.FLOAT32: ">f", Encoding.FLOAT64: ">d"}
REGISTERS = st.builds(
    Register,
    quantity=st.just(Quantity.VOLTAGE_V),
    space=st.sampled_from(Space),
    address=st.integers(0, 600),
    encoding=st.sampled_from(Encoding),
    word_order=st.sampled_from(WordOrder),
)


@st.composite
def models(draw):
    registers = draw(st.lists(REGISTERS, min_size=1, max_size=len(Quantity)))
    named = tuple(
        replace(register, quantity=quantity)
        for register, quantity in zip(registers, Quantity, strict=False)
    )
    return Model(
        name="any",
        title="",
        source="",
        checked="",
        role=Role.MAIN,
        registers=named,
        max_registers=draw(st.integers(4, 125)),
        max_gap=draw(st.integers(0, 125)),
    )


@given(models())
def test_every_register_is_read_once_and_whole(model):
    plan = blocks(model)
    read = [register for block in plan for register in block.registers]
    assert sorted(read, key=repr) == sorted(model.registers, key=repr)
    for block in plan:
        for register in block.registers:
            low, high = register.span
            assert register.space is block.space
            assert block.address <= low
            assert high <= block.address + block.count


@given(models())
def test_no_request_asks_for_more_than_the_device_gives(model):
    assert all(1 <= block.count <= model.max_registers for block in blocks(model))


@given(models())
def test_without_gaps_nothing_is_read_that_is_not_wanted(model):
    for block in blocks(replace(model, max_gap=0)):
        wanted = {
            address for register in block.registers for address in range(*register.span)
        }
        assert len(wanted) == block.count


@given(models())
def test_a_larger_gap_never_takes_more_requests(model):
    assert len(blocks(replace(model, max_gap=125))) <= len(
        blocks(replace(model, max_gap=0))
    )


@given(models(), st.data())
def test_decoding_a_block_gives_each_register_its_own_value(model, data):
    for block in blocks(model):
        body = data.draw(st.binary(min_size=2 * block.count, max_size=2 * block.count))
        values = dict(decoder(block)(body))
        assert set(values) == {register.quantity for register in block.registers}
        for register in block.registers:
            value, expected = values[register.quantity], by_hand(block, register, body)
            assert value == expected or (isnan(value) and isnan(expected))


def by_hand(block, register, body):
    start = 2 * (register.address - block.address)
    words = [
        body[n : n + 2] for n in range(start, start + 2 * register.encoding.words, 2)
    ]
    if register.word_order is WordOrder.LOW_FIRST:
        words.reverse()
    raw = b"".join(words)
    if register.encoding in FLOATS:
        [value] = struct.unpack(FLOATS[register.encoding], raw)
        return value
    return float(
        int.from_bytes(raw, "big", signed=register.encoding.value.startswith("int"))
    )


def test_a_value_and_its_scale_come_in_one_answer():
    power = Register(
        Quantity.ACTIVE_POWER_KW, Space.INPUT, 10, Encoding.INT16, scale_address=90
    )
    model = Model("any", "", "", "", Role.MAIN, (power,), max_gap=0)
    [block] = blocks(model)
    assert (block.address, block.count) == (10, 81)


@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_nan_is_handed_on_to_be_refused(scale):
    volts = Register(Quantity.VOLTAGE_V, Space.INPUT, 0, Encoding.FLOAT32, scale=scale)
    [block] = blocks(Model("any", "", "", "", Role.MAIN, (volts,)))
    [(_, value)] = decoder(block)(struct.pack(">f", float("nan")))
    assert isnan(value)


PHASES = Register(
    Quantity.ACTIVE_POWER_KW, Space.INPUT, 10, Encoding.INT16, plus=(12, 30), scale=1e-3
)


def of(register, words):
    """Decode a block in which the addresses of `words` hold those bytes."""
    [block] = blocks(Model("any", "", "", "", Role.MAIN, (register,), max_gap=0))
    body = bytearray(2 * block.count)
    for address, word in words.items():
        start = 2 * (address - block.address)
        body[start : start + len(word)] = word
    [(_, value)] = decoder(block)(bytes(body))
    return value


def word(number):
    return struct.pack(">h", number)


def test_the_phases_of_a_sum_come_in_one_answer():
    assert of(PHASES, {10: word(500), 12: word(-200), 30: word(1000)}) == 1.3


def test_what_is_discharged_is_taken_from_what_is_charged():
    battery = replace(PHASES, plus=(), minus=(11,))
    assert of(battery, {10: word(0), 11: word(1500)}) == -1.5


def test_a_sum_without_one_of_its_parts_is_absent():
    assert of(replace(PHASES, absent=(-1,)), {10: word(500), 12: word(-1)}) is None


@pytest.mark.parametrize("scale", [1.0, 1e-3])
@pytest.mark.parametrize("order", WordOrder)
def test_nan_is_absent_where_the_model_says_so(scale, order):
    volts = Register(
        Quantity.VOLTAGE_V,
        Space.INPUT,
        0,
        Encoding.FLOAT64,
        word_order=order,
        scale=scale,
        absent=(float("nan"),),
    )
    words = struct.pack(">d", float("nan"))
    if order is WordOrder.LOW_FIRST:
        words = b"".join(words[n : n + 2] for n in (6, 4, 2, 0))
    assert of(volts, {0: words}) is None
