import pytest

from contract.quantity import Quantity, implausible
from gateway.drivers import text_line
from gateway.telegram import TelegramError
from tests.gateway.drivers.mangling import TELEGRAMS, mangled

ARDUINO = b"""Custom Address:1
Voltage: 230.10V
Current: 0.11A
Power: 24.40W
Energy: 0.038kWh
Frequency: 50.0Hz
PF: 0.97
"""
EMONTX = b"MSG:12,Vrms:240.21,P1:1500,P2:-20,E1:123456,T1:21.50,T2:300.0,pulse:7\r\n"
JSON = b'{"voltage_v": 231.4, "power_w": 1500, "energy": "12.5 kWh", "board": "A"}\n'
CSV = b"voltage_v;current_ma;active_power_kw\n230.1;110;0.0244\n231.1;120;0.025\n"


def values(data, columns=()):
    return {
        f"{each.quantity}@{each.meter_id}".rstrip("@"): each.value
        for each in text_line.decode(data, columns).measured
    }


def test_what_the_arduino_example_prints():
    assert values(ARDUINO) == {
        "voltage_v": 230.1,
        "current_a": 0.11,
        "active_power_kw": 0.0244,
        "energy_import_kwh": 0.038,
        "frequency_hz": 50.0,
        "power_factor": 0.97,
    }


def test_what_an_emontx_prints_with_a_meter_for_each_channel():
    assert values(EMONTX) == {
        "voltage_v": 240.21,
        "active_power_kw@1": 1.5,
        "active_power_kw@2": -0.02,
        "energy_import_kwh@1": 123.456,
        "temperature_c@1": 21.5,
    }
    refused = text_line.decode(EMONTX).refused
    assert refused == ("temperature_c: 300 is outside -60 to 120 °C",)


def test_json_and_json_within_json():
    assert values(JSON) == {
        "voltage_v": 231.4,
        "active_power_kw": 1.5,
        "energy_import_kwh": 12.5,
    }
    nested = b'{"hall": {"voltage": 230}, "roof": {"voltage": 231}}'
    assert values(nested) == {"voltage_v@hall": 230.0, "voltage_v@roof": 231.0}


def test_csv_under_its_header_or_under_columns_given():
    found = [
        (each.quantity.value, each.value) for each in text_line.decode(CSV).measured
    ]
    assert found[:3] == [
        ("voltage_v", 230.1),
        ("current_a", 0.11),
        ("active_power_kw", 0.0244),
    ]
    assert len(found) == 6
    assert values(b"230.1,0.5\n", ["voltage", "current"]) == {
        "voltage_v": 230.1,
        "current_a": 0.5,
    }


def test_pairs_may_be_parted_by_blanks_and_written_with_equals_signs():
    assert values(b"vrms=230.5 irms=1.5") == {"voltage_v": 230.5, "current_a": 1.5}


def test_a_power_without_unit_is_not_guessed():
    telegram = text_line.decode(b"power:24.4\n")
    assert telegram.measured == ()
    assert telegram.refused == (
        "power: no unit; write it after the value, or power_<unit>",
    )


def test_a_value_in_a_unit_of_something_else_is_refused():
    assert text_line.decode(b"Voltage: 5A").refused == (
        "Voltage: A is no unit of voltage_v",
    )


def test_every_quantity_goes_by_its_own_name():
    for quantity in Quantity:
        (found,) = text_line.decode(f"{quantity}: 1\n".encode()).measured or (None,)
        is_in_range = implausible(quantity, 1.0) is None
        assert (found is not None and found.quantity is quantity) == is_in_range


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no line of JSON"),
        (b"Ready.\n----\n", "no line of JSON"),
        (b"1.0,2.0\n", "CSV without a header"),
        (b"a,b\n1.0,2.0,3.0\n", "3 fields under 2 columns"),
        (b'{"voltage_v": 23', "no JSON"),
        (b"[" * 4000, "no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * 5000, "longer than 4096 characters"),
        (b"x" * 70_000, "longer than 65536 bytes"),
    ],
)
def test_a_broken_text_is_refused_with_the_reason(data, why):
    with pytest.raises(TelegramError, match=why):
        text_line.decode(data)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e400", "9" * 500, "true", "null"]
)
def test_what_json_calls_a_number_and_is_none_is_not_measured(text):
    data = f'{{"voltage_v": {text}, "board": "A"}}'.encode()
    assert text_line.decode(data).measured == ()


@pytest.mark.parametrize("good", [ARDUINO, EMONTX, JSON, CSV])
def test_mangled_lines_never_crash(good):
    for data in mangled(good, seed=11, times=TELEGRAMS):
        try:
            measured = text_line.decode(data).measured
        except TelegramError:
            continue
        assert {each.quantity for each in measured} <= set(Quantity)
