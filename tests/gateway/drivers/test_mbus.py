import struct
from xml.etree import ElementTree as ET

import pytest

from contract.quantity import Quantity
from gateway.drivers import mbus
from gateway.telegram import TelegramError
from tests.gateway.drivers.captures import capture
from tests.gateway.drivers.mangling import burst, mangled, wrong_values

ELECTRICITY, HEAT, WATER = 0x02, 0x04, 0x07


def framed(records, medium=ELECTRICITY, mode=0, maker="VLT", kind=0x72):
    letters = [ord(each) - 64 for each in maker]
    word = letters[0] << 10 | letters[1] << 5 | letters[2]
    header = bytes.fromhex("78563412") + struct.pack("<H", word)
    header += bytes([1, medium, 7, 0, 0, mode])
    body = bytes([0x08, 0x01, kind]) + header + bytes.fromhex(records)
    around = bytes([0x68, len(body), len(body), 0x68])
    return around + body + bytes([sum(body) & 0xFF, 0x16])


def values(data):
    return {each.quantity.value: each.value for each in mbus.decode(data).measured}


METER = framed(
    "0C 78 78 56 34 12"  # number
    "04 03 40 E2 01 00"  # 123456 Wh
    "04 83 3C 64 00 00 00"  # 100 Wh, backward only
    "02 2B 2E FB"  # -1234 W
    "0A FD 48 14 23"  # 231.4 V as decimal digits
    "05 FD 2E 00 00 00 00"  # unknown
    "44 03 01 00 00 00"  # storage 1: of an earlier period
    "14 2B FF 00 00 00"  # maximum
)


def test_the_values_of_now_come_in_the_quantitys_unit():
    assert values(METER) == {
        "energy_import_kwh": 123.456,
        "energy_export_kwh": 0.1,
        "active_power_kw": -1.234,
        "voltage_v": 231.4,
    }
    assert mbus.decode(METER).measured[0].meter_id == "12345678"


def test_a_medium_decides_what_energy_and_volume_are():
    records = "04 06 0A 00 00 00 04 13 E8 03 00 00"
    assert values(framed(records, HEAT)) == {"heat_kwh": 10.0}
    assert values(framed(records, WATER)) == {"water_m3": 1.0}


def test_joules_are_energy_too():
    assert values(framed("04 0F 24 00 00 00", HEAT)) == {"heat_kwh": 100.0}


def test_tariffs_are_summed_where_the_meter_gives_no_total():
    tariffs = "84 10 03 E8 03 00 00 84 20 03 D0 07 00 00"
    assert values(framed(tariffs)) == {"energy_import_kwh": 3.0}
    assert values(framed(tariffs + "04 03 A0 0F 00 00")) == {"energy_import_kwh": 4.0}


def test_two_records_that_nothing_tells_apart_are_not_believed():
    telegram = mbus.decode(framed("02 FD 48 01 00 02 FD 48 02 00"))
    assert telegram.measured == ()
    assert telegram.refused == ("voltage_v: 2 records, and none says which it is",)


def test_phases_are_known_of_those_makers_who_name_them_so():
    records = "02 FD C8 FF 01 0A 09 02 FD C8 FF 03 14 09"
    assert values(framed(records, maker="EMU")) == {
        "voltage_l1_v": 231.4,
        "voltage_l3_v": 232.4,
    }
    assert values(framed(records)) == {}


@pytest.mark.parametrize(
    "record",
    [
        "02 AB 04 2E FB",  # the meter complains about the value
        "02 AB 2C 2E FB",  # qualified in a way we do not know
        "02 2B 00 80",  # the code for "no value"
        "0A 2B AE 12",  # digits that are none
        "05 2B 00 00 C0 7F",  # not a number
        "00 2B",  # no data at all
        "82 40 2B 01 00",  # another part of the meter
    ],
)
def test_what_is_no_value_of_now_is_not_measured(record):
    assert values(framed(record)) == {}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (METER[:-2] + bytes([METER[-2] ^ 1, 0x16]), "wrong checksum"),
        (METER[:-1], "does not end where its length says"),
        (METER + b"\0", "does not end where its length says"),
        (METER[1:], "does not start with 68"),
        (b"\xe5", "only an acknowledgement"),
        (b"", "does not start with 68"),
        (framed("04 03 01"), "runs past the end"),
        (framed("08 03"), "which has no length"),
        (framed("84" + "80" * 20), "too many extensions"),
        (framed("04 03 01 00 00 00", mode=5), "encrypted"),
        (framed("", kind=0x73), "fixed data structure"),
    ],
)
def test_a_broken_frame_is_refused_with_the_reason(data, why):
    with pytest.raises(TelegramError, match=why):
        mbus.decode(data)


def test_no_glitch_of_up_to_8_bits_is_believed():
    # Its checksum is a sum of eight bits; more than that needs the UART's parity.
    damaged = (
        METER[:place] + bytes([value]) + METER[place + 1 :]
        for place in range(len(METER))
        for value in range(256)
        if value != METER[place]
    )
    assert wrong_values(mbus.decode, METER, damaged) == []


def test_mangled_frames_never_crash():
    for data in (*mangled(METER, seed=8), *burst(METER, seed=9, bits=16)):
        try:
            measured = mbus.decode(data).measured
        except TelegramError:
            continue
        assert {each.quantity for each in measured} <= set(Quantity)


def test_mangled_records_under_a_right_checksum_never_crash():
    for data in mangled(METER[19:-2], seed=10):
        try:
            measured = mbus.decode(framed(data[:200].hex())).measured
        except TelegramError:
            continue
        assert {each.quantity for each in measured} <= set(Quantity)


CAPTURES = [
    "abb_delta",
    "eastron_sdm630",
    "electricity-meter-1",
    "elv_temp_humid",
    "EMU_EMU-Professional-375-M-Bus",
    "example_data_01",
    "itron_cyble_m-bus_v1.4_water",
    "kamstrup_382_005",
    "kamstrup_multical_601",
    "SBC_Saia-Burgess-ALE3",
]


def as_it_stands_there(row):
    """Return an expected record in our words."""
    cell = {each.tag: each.text or "" for each in row}
    value = cell["Value"]
    if cell["Function"] not in ("Manufacturer specific", "More records follow"):
        try:
            value = pytest.approx(float(value), abs=1e-6)
        except ValueError:
            value = value.removesuffix("Z")  # it is the meter's local time
    return (
        cell["Quantity"],
        value,
        cell["Unit"],
        cell["Function"],
        int(cell["StorageNumber"]),
        int(cell.get("Tariff", 0)),
        int(cell.get("Device", 0)),
    )


@pytest.mark.parametrize("name", CAPTURES)
def test_a_capture_equals_what_libmbus_reads_in_it(name):
    frame = bytes.fromhex(capture(f"mbus/{name}.hex").decode())
    # It says it is Latin-1, and is UTF-8.
    xml = capture(f"mbus/{name}.norm.xml").decode("utf-8").partition("?>")[2]
    expected = ET.fromstring(xml)
    records = [
        (
            each.name,
            each.value,
            each.unit,
            each.function,
            each.storage,
            each.tariff,
            each.channel,
        )
        for each in mbus.decode(frame).records
    ]
    assert records == [as_it_stands_there(row) for row in expected.iter("DataRecord")]


def test_the_captured_meters_measure_what_stands_in_their_frames():
    heat = bytes.fromhex(capture("mbus/kamstrup_multical_601.hex").decode())
    assert values(heat) == {
        "heat_kwh": 37351.0,
        "heat_power_kw": 34.7,
        "flow_temperature_c": 101.69,
        "return_temperature_c": 46.16,
        "volume_flow_m3_h": 0.543,
    }
    phases = values(bytes.fromhex(capture("mbus/electricity-meter-1.hex").decode()))
    assert phases["active_power_kw"] == 3.2
    assert [phases[f"active_power_l{n}_kw"] for n in (1, 2, 3)] == [0.79, 0.81, 1.6]
