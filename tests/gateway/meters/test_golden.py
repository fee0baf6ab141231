"""Golden registers: what a device holds, by its maker's numbers, to the right readings.

Each file in `golden` was written from the source it names, in that source's own
numbering, and not from the model; `first` is the number the source gives to address 0.
"""

import tomllib
from pathlib import Path

import pytest

from contract.quantity import Quantity, implausible
from gateway.drivers.modbus.decode import decoder
from gateway.drivers.modbus.plan import blocks
from gateway.meters import Space
from gateway.meters.loader import load_all

MODELS = load_all()
GOLDEN = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "golden").glob("*.toml"))
}


def memory(golden):
    """Return what the device holds: the word at each place."""
    space, held = Space(golden["table"]), {}
    for number, text in golden["registers"].items():
        words = bytes.fromhex(text)
        for place in range(0, len(words), 2):
            address = int(number, 0) - golden["first"] + place // 2
            held[space, address] = words[place : place + 2]
    return held


def values_of(model, golden):
    held = memory(golden)
    values = {}
    for block in blocks(model):
        places = range(block.address, block.address + block.count)
        body = b"".join(held.get((block.space, place), b"\0\0") for place in places)
        values |= decoder(block)(body)
    return values


def test_every_model_has_golden_registers():
    assert set(GOLDEN) == set(MODELS)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_registers_give_the_readings_of_their_source(name):
    golden = GOLDEN[name]
    values = values_of(MODELS[name], golden)
    absent = {quantity for quantity, value in values.items() if value is None}
    assert absent == set(golden.get("absent", ()))
    measured = {each: value for each, value in values.items() if value is not None}
    assert measured == pytest.approx(golden["readings"], rel=1e-6)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_readings_are_plausible(name):
    for quantity, value in GOLDEN[name]["readings"].items():
        assert implausible(Quantity(quantity), value) is None


@pytest.mark.parametrize("name", GOLDEN)
def test_a_word_at_the_wrong_address_would_be_seen(name):
    golden = GOLDEN[name]
    moved = golden | {"first": golden["first"] - 1}
    assert values_of(MODELS[name], moved) != values_of(MODELS[name], golden)
