"""Frames as the vendors print them or as others captured them, bit for bit."""

import pytest

from firmware_sim.devices import sdm120
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import crc
from firmware_sim.pdu import answer


def rtu_reply(bank, frame):
    assert crc(frame[:-2]) == frame[-2:]
    body = frame[:1] + answer(bank, frame[1:-2])
    return body + crc(body)


def test_sdm120_voltage():
    meter = sdm120.bank()
    meter.put({"voltage_v": 230.20001})  # the sheet's 230.2 is one step above float32's
    request = bytes.fromhex("01 04 00 00 00 02 71 CB")
    assert rtu_reply(meter, request) == bytes.fromhex("01 04 04 43 66 33 34 1B 38")


def test_pzem_all_values():
    meter = Pzem()
    meter.put(
        {
            "voltage_v": 225.7,
            "current_a": 0.108,
            "power_w": 24.4,
            "energy_wh": 38,
            "frequency_hz": 50.0,
            "power_factor": 1.0,
        }
    )
    request = bytes.fromhex("01 04 00 00 00 0A 70 0D")
    assert rtu_reply(meter, request) == bytes.fromhex(
        "01 04 14 08 D1 00 6C 00 00 00 F4 00 00 00 26 00 00 01 F4 00 64 00 00 51 34"
    )


def test_the_low_word_comes_first_in_a_pzem():
    meter = Pzem()
    meter.put({"energy_wh": 0x0001_0002})
    assert answer(meter, bytes.fromhex("04 0005 0002")).hex() == "040400020001"


@pytest.mark.parametrize(
    ("frame", "check"),
    [("01 04 00 00 00 02", "71 CB"), ("01 04 04 43 66 33 34", "1B 38")],
)
def test_crc(frame, check):
    assert crc(bytes.fromhex(frame)) == bytes.fromhex(check)


def test_a_unit_without_faults_answers_as_its_bank():
    meter = sdm120.bank()
    request = bytes.fromhex("04 0000 0002")
    assert Unit(meter).reply(request).pdu == answer(meter, request)
