"""Values of BACnet objects: their types, and the units they are in."""

import struct

import pytest
from bacpypes3.basetypes import EngineeringUnits

from contract.quantity import Quantity
from gateway.drivers.bacnet import content
from gateway.drivers.bacnet.content import Item
from gateway.drivers.bacnet.units import ENGINEERING_UNITS, conversion
from gateway.telegram import TelegramError

CONTENTS = {
    "REAL": (Item(4, struct.pack(">f", 21.5)), 21.5),
    "Double": (Item(5, struct.pack(">d", 1e9)), 1e9),
    "Unsigned": (Item(2, b"\x01\x00"), 256),
    "INTEGER": (Item(3, b"\xff"), -1),
    "Enumerated": (Item(9, b"\x01"), 1),
    "BOOLEAN": (Item(1, b"\x01"), 1),
    "Null": (Item(0, b""), None),
}


@pytest.mark.parametrize(("item", "value"), CONTENTS.values(), ids=CONTENTS)
def test_a_number_is_taken_by_its_own_type(item, value):
    assert content.number([item]) == value


@pytest.mark.parametrize(
    "items",
    [
        [],
        [Item(4, b"\0\0\0")],
        [Item(7, b"\0warm")],
        [Item(2, b"")],
        [Item(2, bytes(9))],
        [Item(-1, b"")],
        [Item(4, bytes(4))] * 2,
    ],
)
def test_what_is_no_number_is_refused(items):
    with pytest.raises(TelegramError):
        content.number(items)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (21.5, "analog-value"),
        (1.0, "binary-output"),
        (3.0, "multi-state-value"),
        (-4.0, "integer-value"),
        (1e12, "large-analog-value"),
    ],
)
def test_what_is_written_reads_back(value, kind):
    assert content.number_in(content.written(value, kind)) == value


@pytest.mark.parametrize("kind", ["integer-value", "positive-integer-value"])
def test_what_a_conversion_rounds_is_written_as_the_whole_number_it_is(kind):
    assert content.number_in(content.written(0.7 / 0.1, kind)) == 7
    with pytest.raises(ValueError, match="is no whole number"):
        content.written(6.5, kind)


def test_units_are_called_as_the_standard_calls_them():
    for number, units in ENGINEERING_UNITS.items():
        assert str(EngineeringUnits(number)) == units.name


def test_units_are_converted():
    factor, offset = conversion(Quantity.TEMPERATURE_C, 64)
    assert 212 * factor + offset == pytest.approx(100)
    assert conversion(Quantity.ENERGY_IMPORT_KWH, 18) == (1e-3, 0.0)
    assert "degrees-celsius" in conversion(Quantity.ACTIVE_POWER_KW, 62)
    assert "names no units" in conversion(Quantity.ACTIVE_POWER_KW, None)
