"""Stand-ins for devices of every type of line that they can be told from the file."""

import asyncio

import pytest

from firmware_sim.line import Ports
from firmware_sim.stand_in import StandInError, stand_in

HEAD = """
[gateway]
name = "hut"
node = "campus/hut"
"""
NOON_MS = 1_768_388_400_000

LINES = {
    "modbus_tcp": 'unit = 1\nmodel = "sunspec_battery"',
    "modbus_rtu": 'unit = 1\nmodel = "wirenboard_msw"',
    "modbus_rtu_tcp": 'unit = 1\nmodel = "eastron_sdm630"',
    "mbus": 'unit = 4\nquantities = ["heat_kwh"]',
    "iec62056": 'meter_id = "00012345"\nquantities = ["energy_import_kwh"]',
    "dsmr": 'quantities = ["energy_import_kwh"]',
    "sml": 'quantities = ["active_power_kw"]',
    "text_line": 'quantities = ["voltage_v"]',
    "pulse": 'quantities = ["water_m3"]\npulses_per_unit = 10.0\nstart = 7.0',
    "mqtt": 'payload = "tasmota"\ntopic = "plug7"\nquantities = ["voltage_v"]',
    "ocpp": 'charge_point = "CP-9"\nquantities = ["active_power_kw"]',
}


def scene(tmp_path, text):
    path = tmp_path / "gateway.toml"
    path.write_text(HEAD + text)
    return stand_in(path, lambda: NOON_MS)


def one(kind, words):
    line = f'[lines.x]\ntype = "{kind}"\nport = "/dev/real"\n'
    return f'{line}[[devices]]\nname = "d"\nline = "x"\n{words}\n'


@pytest.mark.parametrize(("kind", "words"), LINES.items())
def test_a_line_is_played_in_place_of_the_real_one(tmp_path, kind, words):
    async def played():
        made = scene(tmp_path, one(kind, words))
        made.advance(NOON_MS)
        (wiring,) = made.wirings.values()
        (line,) = wiring.lines.values()
        await line.start(Ports())
        try:
            return line.address(), line.truth()["d"]["values"]
        finally:
            await line.stop()

    address, values = asyncio.run(played())
    assert address["type"] == kind
    assert "/dev/real" not in address.values()
    assert values


def test_a_line_that_nobody_can_play_is_named(tmp_path):
    with pytest.raises(StandInError, match=r"lines\.x\.type: nobody plays it; known"):
        scene(tmp_path, one("bacnet", 'address = "10.0.0.1"'))


def test_a_model_that_nobody_plays_is_named(tmp_path):
    with pytest.raises(StandInError, match="nobody plays 'toaster'"):
        scene(tmp_path, one("modbus_rtu_tcp", 'unit = 1\nmodel = "toaster"'))


def test_gas_behind_a_smart_meter_comes_in_its_telegrams(tmp_path):
    text = one("dsmr", 'quantities = ["gas_m3"]') + (
        '[[devices]]\nname = "e"\nline = "x"\nquantities = ["energy_import_kwh"]\n'
    )
    (wiring,) = scene(tmp_path, text).wirings.values()
    told = wiring.lines["x"].truth()
    assert told["d"]["values"].keys() == {"gas_m3"}
    assert "energy_import_kwh" in told["e"]["values"]
