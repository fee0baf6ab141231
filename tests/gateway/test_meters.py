"""Golden frames: captured bytes to the values their sources give."""

import pytest

from contract.quantity import Quantity
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.plan import Block, blocks
from gateway.meters import Space
from gateway.meters.loader import load_all

MODELS = load_all()


def decoded(model, frame, address):
    """Decode the part of a reply that starts at `address`."""
    body = bytes.fromhex(frame)[3:-2]
    count = len(body) // 2
    registers = tuple(
        register
        for register in sorted(MODELS[model].registers, key=lambda each: each.address)
        if address <= register.address and register.end <= address + count
    )
    return dict(decoder(Block(Space.INPUT, address, count, registers))(body))


def test_an_sdm120_says_230_2_volts():
    values = decoded("eastron_sdm120", "01 04 04 43 66 33 34 1B 38", 0)
    assert values == {Quantity.VOLTAGE_V: pytest.approx(230.2, abs=1e-4)}


def test_a_pzem_004t_sends_the_low_word_first():
    frame = "01 04 14 08 D1 00 6C 00 00 00 F4 00 00 00 26 00 00 01 F4 00 64 00 00 51 34"
    assert decoded("pzem_004t", frame, 0) == {
        Quantity.VOLTAGE_V: pytest.approx(225.7),
        Quantity.CURRENT_A: pytest.approx(0.108),
        Quantity.ACTIVE_POWER_KW: pytest.approx(0.0244),
        Quantity.ENERGY_IMPORT_KWH: pytest.approx(0.038),
        Quantity.FREQUENCY_HZ: pytest.approx(50.0),
        Quantity.POWER_FACTOR: pytest.approx(1.0),
    }


def inverter_block(watts, scale, watt_hours):
    [block] = blocks(MODELS["pv_inverter"])
    body = bytearray(2 * block.count)

    def put(address, value, size=2):
        start = 2 * (address - block.address)
        body[start : start + size] = value.to_bytes(size, "big", signed=value < 0)

    put(40084, watts)
    put(40085, scale)
    put(40086, 5001)
    put(40087, -2)
    put(40094, watt_hours, size=4)
    put(40096, 1)
    return dict(decoder(block)(bytes(body)))


def test_a_sunspec_inverter_scales_by_powers_of_ten():
    assert inverter_block(1234, 1, 700_000) == {
        Quantity.GENERATED_POWER_KW: pytest.approx(12.34),
        Quantity.FREQUENCY_HZ: pytest.approx(50.01),
        Quantity.ENERGY_GENERATED_KWH: pytest.approx(7000),
    }


@pytest.mark.parametrize(("watts", "scale"), [(-0x8000, 0), (5, -0x8000), (5, 99)])
def test_what_a_sunspec_inverter_does_not_implement_is_absent(watts, scale):
    assert inverter_block(watts, scale, 1)[Quantity.GENERATED_POWER_KW] is None


def test_an_accumulator_of_zero_is_absent():
    assert inverter_block(0, 0, 0)[Quantity.ENERGY_GENERATED_KWH] is None


def test_a_room_is_read_in_one_request():
    [block] = blocks(MODELS["voltonic_room"])
    assert (block.address, block.count) == (0, 17)


def test_an_sdm630_gives_at_most_80_registers_a_request():
    assert all(block.count <= 80 for block in blocks(MODELS["eastron_sdm630"]))
    assert len(blocks(MODELS["eastron_sdm630"])) == 1


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_model_says_where_it_comes_from_and_how_it_was_checked(model):
    assert model.source
    assert model.checked
