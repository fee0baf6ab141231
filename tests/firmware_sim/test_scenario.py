"""Scenario files: what they say, what is wrong with them, and what is shipped."""

import asyncio
import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from firmware_sim.__main__ import main
from firmware_sim.faults import Fault, Place
from firmware_sim.line import Ports
from firmware_sim.scenario.gateway_config import write_config
from firmware_sim.scenario.scene import ScenarioScene
from firmware_sim.scenario.spec import ScenarioError, load, shipped

NOON_MS = 1_768_388_400_000
TYPES = {
    *("modbus_tcp", "modbus_rtu", "modbus_rtu_tcp", "mbus", "iec62056", "dsmr", "sml"),
    *("text_line", "pulse", "mqtt", "http_push", "bacnet", "ocpp"),
}
SMALL = """
[scenario]
gateway = "hut"
node = "campus/hut"
[lines.floor]
type = "modbus_tcp"
[[devices]]
name = "meter"
node = "room"
line = "floor"
kind = "eastron_sdm120"
unit = 7
values = { active_power_kw = 1.5 }
faults = ["noise:0.5:0.1"]
"""


def scene(tmp_path, text=SMALL):
    path = tmp_path / "hut.toml"
    path.write_text(text)
    made = ScenarioScene(load(str(path)), lambda: NOON_MS)
    made.advance(NOON_MS)
    return made


def test_mixed_and_nasty_are_shipped_and_have_every_type_of_line():
    assert {"mixed", "nasty"} <= set(shipped())
    for name in ("mixed", "nasty"):
        assert {line.type for line in load(name).lines} == TYPES


def test_in_the_mixed_building_nothing_is_wrong_and_every_device_shows_something():
    made = ScenarioScene(load("mixed"), lambda: NOON_MS)
    made.advance(NOON_MS)
    devices = made.truth(NOON_MS)["devices"]
    assert len(devices) >= 30
    assert all(told["values"] for told in devices.values())
    assert not any(told["faults"] for told in devices.values())


def test_in_the_nasty_building_each_fault_is_told_beside_good_devices():
    made = ScenarioScene(load("nasty"), lambda: NOON_MS)
    made.advance(NOON_MS)
    faults = [told["faults"] for told in made.truth(NOON_MS)["devices"].values()]
    kinds = {kind for each in faults for kind in each}
    assert faults.count([]) >= 12
    assert len(kinds) >= 20


def test_a_device_shows_what_the_file_fixes_and_has_its_faults(tmp_path):
    told = scene(tmp_path).truth(NOON_MS)["devices"]["room/meter"]
    assert told["values"]["active_power_kw"] == pytest.approx(1.5)
    assert told["faults"] == ["noise"]
    assert told["line"] == "floor"


def test_only_the_present_step_is_known(tmp_path):
    made = scene(tmp_path)
    assert made.steps_ms() == [NOON_MS]
    assert made.truth(NOON_MS - 60_000) is None


def test_faults_can_be_added_by_path_and_taken_away(tmp_path):
    made = scene(tmp_path)
    line = made.wirings["hut"].lines["floor"]
    assert line.strike(Place("hut", "floor", "room/meter"), Fault("stuck")) == 1
    assert line.strike(Place("*", "*", "nobody"), Fault("stuck")) == 0
    faults = made.truth(NOON_MS)["devices"]["room/meter"]["faults"]
    assert faults == ["noise", "stuck"]
    line.heal()
    assert made.truth(NOON_MS)["devices"]["room/meter"]["faults"] == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('type = "modbus_tcp"', 'type = "carrier_pigeon"', "lines.floor.type: 'carr"),
        ('line = "floor"', 'line = "roof"', "room/meter: no line 'roof'"),
        ('kind = "eastron_sdm120"', 'kind = "toaster"', "nobody plays 'toaster'"),
        ("unit = 7", 'unit = "seven"', "unit: no whole number"),
        ('["noise:0.5:0.1"]', '["flood"]', "faults: 'flood' is not"),
        ('["noise:0.5:0.1"]', '["noise:often"]', "faults: could not convert"),
        ("= 1.5", '= "much"', "values.active_power_kw: 'much' is no number"),
        ("[scenario]", "[scene]", "scenario.gateway, scenario.node"),
        ("[lines.floor]", "[lines.floor", "hut.toml"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_named(tmp_path, old, new, told):
    assert old in SMALL
    with pytest.raises(ScenarioError, match=told):
        scene(tmp_path, SMALL.replace(old, new))


def test_the_gateways_file_names_every_line_and_device(tmp_path):
    async def written():
        made = scene(tmp_path)
        wiring = made.wirings["hut"]
        line = wiring.lines["floor"]
        await line.start(Ports())
        try:
            write_config(tmp_path / "g" / "gateway.toml", "hut", wiring, "http://[::1]")
            return line.address()["port"]
        finally:
            await line.stop()

    port = asyncio.run(written())
    told = tomllib.loads((tmp_path / "g" / "gateway.toml").read_text())
    assert told["gateway"]["node"] == "campus/hut"
    assert told["lines"]["floor"]["port"] == port
    assert told["devices"] == [
        {
            "name": "meter",
            "node": "room",
            "line": "floor",
            "unit": 7,
            "model": "eastron_sdm120",
        }
    ]


def test_a_line_that_flaps_goes_away_and_comes_back_at_its_port(tmp_path):
    text = SMALL.replace("[lines.floor]", "[lines.floor]\nflaps_s = 0.1")

    async def seen():
        made = scene(tmp_path, text)
        line = made.wirings["hut"].lines["floor"]
        await line.start(Ports())
        port, states = line.address()["port"], []
        try:
            while states[-3:] != [True, False, True]:
                is_there = await answers(port)
                if not states or states[-1] != is_there:
                    states.append(is_there)
                await asyncio.sleep(0.02)
        finally:
            await line.stop()

    async def in_time():
        async with asyncio.timeout(10):
            await seen()

    asyncio.run(in_time())


async def answers(port):
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


@pytest.mark.parametrize("arguments", [["nowhere.toml"], ["mixde"]])
def test_an_unknown_scenario_says_which_there_are(arguments):
    result = CliRunner().invoke(main, ["play", *arguments])
    assert result.exit_code == 2
    assert "campus, engineering, replay, mixed, nasty" in result.output


def test_one_file_is_for_one_gateway(tmp_path):
    config = tmp_path / "gateway.toml"
    result = CliRunner().invoke(main, ["play", "--gateway-config", str(config)])
    assert result.exit_code == 2
    assert "one gateway only" in result.output
    assert not config.exists()


def test_the_ports_of_a_scenario_are_json(tmp_path):
    made = scene(tmp_path)
    line = made.wirings["hut"].lines["floor"]

    async def told():
        await line.start(Ports())
        try:
            return made.wirings["hut"].to_json()
        finally:
            await line.stop()

    assert json.loads(json.dumps(asyncio.run(told())))["devices"][0]["unit"] == 7


def test_the_scenario_in_the_documentation_can_be_played(tmp_path):
    guide = Path(__file__).parents[2] / "docs/simulators.md"
    (text,) = re.findall(r"```toml\n(.*?)```", guide.read_text(), re.DOTALL)
    told = scene(tmp_path, text).truth(NOON_MS)["devices"]["floor-1/meter"]
    assert told["values"]["active_power_kw"] == pytest.approx(1.5)
    assert told["faults"] == ["dropout", "flapping line"]
