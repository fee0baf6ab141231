import struct

import pytest

from firmware_sim.pdu import READ_HOLDING, READ_INPUT, answer
from firmware_sim.registers import Field, Layout, Memory


def bank():
    memory = Memory(bytearray(range(20)), functions=(READ_INPUT,))
    memory.holding = [1, 2, 3]
    memory.coils = [True, False, True] + [False] * 5 + [True]
    return memory


@pytest.mark.parametrize(
    ("request_pdu", "reply"),
    [
        ("04 0001 0002", "04 04 02030405"),
        ("03 0001 0002", "03 04 00020003"),
        ("06 0002 00FF", "06 0002 00FF"),
        ("10 0000 0002 04 0005 0006", "10 0000 0002"),
        ("01 0000 0009", "01 02 05 01"),
        ("05 0001 FF00", "05 0001 FF00"),
    ],
)
def test_answers(request_pdu, reply):
    assert answer(bank(), bytes.fromhex(request_pdu)) == bytes.fromhex(reply)


@pytest.mark.parametrize(
    ("request_pdu", "code"),
    [
        ("04 000A 0001", 2),
        ("04 0009 0002", 2),
        ("04 0000 0000", 3),
        ("04 0000 007E", 3),
        ("03 0003 0001", 2),
        ("06 0003 0001", 2),
        ("10 0002 0002 04 0001 0001", 2),
        ("10 0000 0002 03 0001 00", 3),
        ("01 0000 000A", 2),
        ("05 0009 FF00", 2),
        ("05 0000 1234", 3),
        ("2B 0E 01 00", 1),
        ("42", 1),
        ("04 00", 3),
    ],
)
def test_refusals(request_pdu, code):
    raw = bytes.fromhex(request_pdu)
    assert answer(bank(), raw) == bytes((raw[0] | 0x80, code))


def test_what_is_written_can_be_read_back():
    memory = bank()
    answer(memory, bytes.fromhex("10 0001 0002 04 0BAD CAFE"))
    answer(memory, bytes.fromhex("05 0001 FF00"))
    assert memory.holding == [1, 0x0BAD, 0xCAFE]
    assert memory.coils[:3] == [True, True, True]


def test_a_device_without_holding_registers_refuses_the_function():
    memory = Memory(bytearray(4))
    assert answer(memory, bytes.fromhex("03 0000 0001")) == b"\x83\x01"
    assert answer(memory, bytes.fromhex("06 0000 0001")) == b"\x86\x01"
    assert answer(memory, bytes.fromhex("01 0000 0001")) == b"\x81\x01"


def test_a_device_may_allow_fewer_registers_a_request():
    memory = Memory(bytearray(400), functions=(READ_HOLDING,), most=80)
    assert answer(memory, bytes.fromhex("03 0000 0050"))[1] == 160
    assert answer(memory, bytes.fromhex("03 0000 0051")) == b"\x83\x03"


@pytest.mark.parametrize(
    ("layout", "value", "words"),
    [
        (Layout.FLOAT32, 230.2, (0x4366, 0x3333)),
        (Layout.UINT16, 65535, (0xFFFF,)),
        (Layout.INT16, -2, (0xFFFE,)),
        (Layout.UINT32, 0x12345678, (0x1234, 0x5678)),
        (Layout.UINT32_LOW_FIRST, 0x12345678, (0x5678, 0x1234)),
    ],
)
def test_layouts(layout, value, words):
    memory = bytearray(8)
    field = Field("x", 1, layout)
    field.put(memory, value)
    assert struct.unpack_from(f">{len(words)}H", memory, 2) == words
    assert field.get(memory) == pytest.approx(value)
    assert field.words == len(words)
