import json

import pytest
from click.testing import CliRunner

from gateway.__main__ import main
from gateway.telegram import checksum

SDM120 = "01 04 04 43 66 33 34 1B 38"
PZEM = "01 04 14 08 D1 00 6C 00 00 00 F4 00 00 00 26 00 00 01 F4 00 64 00 00 51 34"
REQUEST = "01 04 00 00 00 02 71 CB"
MBUS = (
    "68 15 15 68 08 01 72 78 56 34 12 00 00 01 02 00 00 00 00 04 03 E8 03 00 00 84 16"
)


def decode(*arguments, given=None):
    return CliRunner().invoke(main, ["decode", *arguments], input=given)


def readings(*arguments, given=None):
    result = decode(*arguments, "--json", "-", given=given)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["readings"]
    return {each["quantity"]: (each["value"], each["unit"]) for each in found}


def modbus(model, given, *more):
    arguments = ("--driver", "modbus_rtu", "--model", model, *more)
    return readings(*arguments, given=given)


def frame(hex_text):
    data = bytes.fromhex(hex_text)
    return data + checksum.modbus(data).to_bytes(2, "little")


def test_a_modbus_response_is_read_as_the_model_says():
    assert modbus("eastron_sdm120", SDM120) == {
        "voltage_v": (pytest.approx(230.2, abs=1e-4), "V")
    }
    volts = modbus("pzem_004t", PZEM)
    assert volts["voltage_v"] == (pytest.approx(225.7), "V")
    assert volts["active_power_kw"] == (pytest.approx(0.0244), "kW")


def test_the_request_before_it_tells_which_registers_it_holds():
    assert modbus("eastron_sdm120", f"{REQUEST} {SDM120}") == modbus(
        "eastron_sdm120", SDM120
    )
    ampere = frame("01 04 00 06 00 02") + frame("01 04 04 3F 80 00 00")
    assert modbus("eastron_sdm120", ampere) == {"current_a": (1.0, "A")}


def test_the_address_may_be_given():
    ampere = frame("01 04 04 3F 80 00 00")
    found = modbus("eastron_sdm120", ampere, "--address", "6")
    assert found == {"current_a": (1.0, "A")}


def test_raw_bytes_from_a_file_and_hex_text_say_the_same(tmp_path):
    raw = tmp_path / "frame.bin"
    raw.write_bytes(bytes.fromhex(MBUS))
    result = decode("--driver", "mbus", str(raw))
    assert result.exit_code == 0
    assert result.stdout.split()[:3] == ["energy_import_kwh", "1", "kWh"]
    assert readings("--driver", "mbus", given=MBUS) == {"energy_import_kwh": (1, "kWh")}


@pytest.mark.parametrize(
    ("arguments", "given", "why"),
    [
        (("--driver", "mbus"), MBUS.replace("E8", "E9"), "wrong checksum"),
        (("--driver", "dsmr"), "/XYZ", "does not run from / to !"),
        (("--driver", "sml"), "", "does not start"),
        (("--driver", "iec62056"), "xyz", "from STX to ETX"),
        (("--driver", "text_line"), "hello", "no line of JSON"),
        (("--driver", "zigbee"), "", "is not one of"),
        (("--driver", "modbus_rtu"), SDM120, "belong together"),
        (("--driver", "mbus", "--model", "pzem_004t"), MBUS, "belong together"),
    ],
)
def test_what_is_broken_exits_with_2_and_the_reason(arguments, given, why):
    result = decode(*arguments, "-", given=given)
    assert result.exit_code == 2
    assert why in result.output


@pytest.mark.parametrize(
    ("model", "given", "why"),
    [
        ("eastron_sdm120", SDM120.replace("66", "67"), "wrong checksum"),
        ("eastron_sdm120", "01", "not one whole frame"),
        ("eastron_sdm12", SDM120, 'did you mean "eastron_sdm120"'),
        ("eastron_sdm120", frame("01 84 02"), "it has no such register"),
        ("eastron_sdm120", frame("01 06 00 00 00 01"), "reads no registers"),
        ("eastron_sdm120", frame("01 03 04 00 00 00 00"), "has no holding registers"),
        (
            "eastron_sdm120",
            bytes.fromhex(REQUEST) + frame("02 04 04 43 66 33 34"),
            "unit 2 answered in its place",
        ),
        (
            "eastron_sdm120",
            bytes.fromhex(REQUEST) + frame("01 04 02 43 66"),
            "1 registers came where 2 were asked",
        ),
    ],
)
def test_a_modbus_frame_that_cannot_be_believed_exits_with_2(model, given, why):
    arguments = ("--driver", "modbus_rtu", "--model", model)
    result = decode(*arguments, "-", given=given)
    assert result.exit_code == 2
    assert why in result.output


def test_a_file_that_is_not_there_is_told():
    result = decode("--driver", "mbus", "/nowhere/frame.hex")
    assert result.exit_code == 2
    assert "No such file" in result.output


def test_the_help_shows_how():
    result = decode("--help")
    assert "voltonic-gateway decode --driver mbus --json frame.hex" in result.output
