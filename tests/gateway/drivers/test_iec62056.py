from functools import reduce
from operator import xor

import pytest

from contract.quantity import Quantity
from gateway.drivers import iec62056
from gateway.telegram import TelegramError
from tests.gateway.drivers.mangling import TELEGRAMS, burst, mangled, wrong_values

LINES = (
    "F.F(00000000)\r\n"
    "0.0.0(12345678)\r\n"
    "0.9.1(101500)0.9.2(240731)\r\n"
    "1-0:1.8.0*255(0001234.567*kWh)\r\n"
    "1.8.0*01(0001000.000*kWh)\r\n"
    "1.6.0(03.2*kW)(2407311015)\r\n"
    "2.8.0(0000012.500*kWh)\r\n"
    "16.7.0(-0001.250*kW)\r\n"
    "32.7.0(231.4*V)\r\n"
    "31.7.0(5.43*A)\r\n"
    "14.7.0(50.01*Hz)\r\n"
)


def block(lines):
    body = lines.encode() + b"!\r\n\x03"
    return b"\x02" + body + bytes([reduce(xor, body)])


def values(data):
    return {each.quantity.value: each.value for each in iec62056.decode(data).measured}


def test_the_values_of_now_are_measured_and_older_ones_are_not():
    telegram = iec62056.decode(block(LINES))
    assert values(block(LINES)) == {
        "energy_import_kwh": 1234.567,
        "energy_export_kwh": 12.5,
        "active_power_kw": -1.25,
        "voltage_l1_v": 231.4,
        "current_l1_a": 5.43,
        "frequency_hz": 50.01,
    }
    assert {each.meter_id for each in telegram.measured} == {"12345678"}
    assert telegram.records[4].name == "1-0:1.8.0*255"


def test_the_identification_may_stand_before_the_block():
    assert values(b"/ABB5\\AM100\r\n" + block(LINES)) == values(block(LINES))


def test_characters_of_seven_bits_with_parity_are_read_too():
    data = bytes(each | (each.bit_count() % 2) << 7 for each in block(LINES))
    assert values(data) == values(block(LINES))


def test_a_wrong_parity_bit_is_refused():
    data = bytearray(each | (each.bit_count() % 2) << 7 for each in block(LINES))
    data[20] ^= 0x80
    with pytest.raises(TelegramError, match="wrong parity"):
        iec62056.decode(bytes(data))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (block(LINES).replace(b"231.4", b"231.5"), "wrong check character: "),
        (block(LINES)[:-1], "one check character"),
        (block(LINES)[:-2], "from STX to ETX"),
        (block(LINES) + b"\0", "one check character"),
        (b"noise" + block(LINES), "only a meter's identification"),
        (block("1.8.0 12.5*kWh\r\n"), "no data set"),
        (block("1.8.0(1*kWh)\r\n1.8.0(2*kWh)\r\n"), "there twice"),
        (b"/EMH5\r\n\r\n1.8.0(1*kWh)\r\n!\r\n", "from STX to ETX"),
        (b"\x02" * 20_000, "longer than"),
    ],
)
def test_a_broken_block_is_refused_with_the_reason(data, why):
    with pytest.raises(TelegramError, match=why):
        iec62056.decode(data)


def test_a_value_without_unit_is_kept_but_not_measured():
    telegram = iec62056.decode(block("1.8.0(12.5)\r\n"))
    assert telegram.measured == ()
    assert telegram.records[0].value == "12.5"


def test_a_number_of_another_channel_is_not_the_meters_own():
    assert values(block("7-0:1.8.0(12.5*kWh)\r\n")) == {}


def test_no_glitch_of_up_to_8_bits_is_believed():
    good = block(LINES)
    damaged = burst(good, seed=3, bits=8, times=TELEGRAMS)
    assert wrong_values(iec62056.decode, good, damaged) == []


def test_mangled_blocks_never_crash_and_what_passes_the_check_is_plausible():
    # Eight check bits let one in some hundred larger damages through.
    for data in mangled(block(LINES), seed=4, times=TELEGRAMS):
        try:
            measured = iec62056.decode(data).measured
        except TelegramError:
            continue
        assert {each.quantity for each in measured} <= set(Quantity)
