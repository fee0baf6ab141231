import csv
import io
from datetime import UTC, datetime

import pytest

from contract.quantity import Quantity
from gateway.drivers import dsmr
from gateway.telegram import TelegramError, checksum
from tests.gateway.drivers.captures import capture
from tests.gateway.drivers.mangling import TELEGRAMS, burst, mangled, wrong_values

LINES = """1-3:0.2.8(50)
0-0:1.0.0(240731120000S)
0-0:96.1.1(4D31)
1-0:1.8.1(000100.250*kWh)
1-0:1.8.2(000050.125*kWh)
1-0:2.8.1(000007.000*kWh)
1-0:1.7.0(00.000*kW)
1-0:2.7.0(01.500*kW)
1-0:32.7.0(230.1*V)
0-1:24.1.0(003)
0-1:96.1.0(4731)
0-1:24.2.1(240731115501S)(00123.456*m3)
"""


def framed(lines, is_checked=True):
    data = b"/VLT5\\METER\r\n\r\n" + lines.replace("\n", "\r\n").encode() + b"!"
    return data + (b"%04X" % checksum.arc(data) if is_checked else b"") + b"\r\n"


def values(data):
    return {
        (each.quantity.value, each.meter_id): each.value
        for each in dsmr.decode(data).measured
    }


def test_the_checksum_is_crc_16_arc():
    assert checksum.arc(b"123456789") == 0xBB3D


def test_tariffs_are_summed_and_export_is_negative_power():
    assert values(framed(LINES)) == {
        ("energy_import_kwh", "M1"): 150.375,
        ("energy_export_kwh", "M1"): 7.0,
        ("active_power_kw", "M1"): -1.5,
        ("voltage_l1_v", "M1"): 230.1,
        ("gas_m3", "G1"): 123.456,
    }


def test_each_meter_is_dated_by_its_own_clock_in_utc():
    at = {each.quantity: each.at for each in dsmr.decode(framed(LINES)).measured}
    assert at[Quantity.VOLTAGE_L1_V] == datetime(2024, 7, 31, 10, 0, tzinfo=UTC)
    assert at[Quantity.GAS_M3] == datetime(2024, 7, 31, 9, 55, 1, tzinfo=UTC)
    winter = framed(LINES.replace("240731120000S", "240131120000W"))
    assert dsmr.decode(winter).measured[0].at == datetime(2024, 1, 31, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (framed(LINES).replace(b"230.1", b"231.1"), "wrong checksum"),
        (framed(LINES, is_checked=False), "the checksum is missing"),
        (framed(LINES).replace(b"\r", b""), "line ends lost their CR"),
        (framed(LINES)[:-20], "does not run from / to !"),
        (framed(LINES)[20:], "does not run from / to !"),
        (framed(LINES) + framed(LINES), "does not run from / to !"),
        (framed("1-0:1.8.1 000100.250\n"), "no OBIS line"),
        (framed("1-0:1.8.1(1.0*kWh)\n1-0:1.8.1(2.0*kWh)\n"), "there twice"),
        (framed(""), "nothing in it"),
        (b"", "does not run"),
        (b"/" + b"x" * 9000, "longer than"),
    ],
)
def test_a_broken_telegram_is_refused_with_the_reason(data, why):
    with pytest.raises(TelegramError, match=why):
        dsmr.decode(data)


def test_a_value_in_a_unit_of_something_else_is_no_value():
    assert values(framed("1-0:32.7.0(230.1*A)\n")) == {}


def test_an_impossible_value_is_refused_in_words():
    refused = dsmr.decode(framed("1-0:32.7.0(99999.1*V)\n")).refused
    assert refused == ("voltage_l1_v: 99999.1 is outside 0 to 1500 V",)


def test_a_gas_meter_that_was_never_heard_has_no_value():
    never = "0-1:24.1.0(003)\n0-1:24.2.1(700101010000W)(00000.000*m3)\n"
    assert values(framed(never)) == {}


def test_no_glitch_of_up_to_16_bits_is_believed():
    good = framed(LINES)
    damaged = burst(good, seed=1, bits=16, times=TELEGRAMS)
    assert wrong_values(dsmr.decode, good, damaged) == []


def test_no_mangled_telegram_is_believed():
    good = framed(LINES)
    assert wrong_values(dsmr.decode, good, mangled(good, seed=2, times=TELEGRAMS)) == []


BY_HAND = {
    "v2_2.txt": {"energy_import_kwh": 2.002, "active_power_kw": 1.01, "gas_m3": 1.001},
    "v4_2.txt": {
        "energy_import_kwh": 3016.829,
        "active_power_kw": 2.027,
        "active_power_l2_kw": 1.247,
        "current_l2_a": 6.0,
        "gas_m3": 981.443,
    },
    "v5.txt": {
        "energy_import_kwh": 6.825,
        "energy_export_kwh": 2.444,
        "voltage_l3_v": 229.0,
        "current_l3_a": 0.86,
        "gas_m3": 0.107,
    },
    "v5_two_mbus.txt": {"energy_import_kwh": 2375.582, "gas_m3": 246.138},
    "fluvius_v171.txt": {
        "energy_import_kwh": 15.792,
        "voltage_l1_v": 234.7,
        "gas_m3": 112.384,
        "water_m3": 872.234,
    },
    "sagemcom_t210_d_r.txt": {
        "energy_import_kwh": 6545.766,
        "energy_export_kwh": 0.058,
        "active_power_kw": 0.286,
        "reactive_power_kvar": -0.166,
    },
    "p1-example-3.0.txt": {"active_power_kw": 1.19, "gas_m3": 0.0},
    "kaifa_v4_gas.txt": {"energy_import_kwh": 1514.05, "gas_m3": 473.789},
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_capture_gives_the_values_read_by_hand(name):
    found = {
        each.quantity.value: each.value
        for each in dsmr.decode(capture(f"dsmr/{name}")).measured
    }
    assert {quantity: found[quantity] for quantity in BY_HAND[name]} == BY_HAND[name]


def test_captures_are_believed_as_their_checksum_says():
    index = csv.DictReader(io.StringIO(capture("index.csv").decode()))
    for row in index:
        if not row["file"].startswith("dsmr/"):
            continue
        data = capture(row["file"])
        if row["checksum"] == "MISMATCH":
            with pytest.raises(TelegramError, match="wrong checksum"):
                dsmr.decode(data)
        else:
            assert dsmr.decode(data).measured
