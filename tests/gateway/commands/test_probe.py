"""Devices found on real ptys and ports, and written down so that they can be used."""

import asyncio
import json
import os
import pty
import threading
import tty
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from firmware_sim.devices import sdm120, sdm630, sunspec_models
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.electrical import supply
from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import RtuSlave, TcpSlave
from gateway.__main__ import main
from tests.gateway.commands.background import answering, in_background
from tests.gateway.drivers.captures import capture
from tests.gateway.modbus_devices import Device, Devices, floats, tcp_line

FAST = ("--baudrates", "9600", "--parities", "N", "--timeout", "0.05")
CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.{line}]
type = "modbus_rtu"
port = "{port}"
[[devices]]
name = "eastron-sdm120-3"
line = "{line}"
unit = 1
model = "eastron_sdm120"
"""


def three_meters():
    single, three, pzem = sdm120.bank(), sdm630.bank(), Pzem()
    sdm120.show(single, supply(7, 1, 1000), 1.5, 120.0)
    sdm630.show(three, supply(7, 2, 1000), 12.5, 1200.0)
    pzem.show(supply(7, 3, 1000), 0.4, 33.0)
    return {3: Unit(single), 41: Unit(three), 60: Unit(pzem)}


async def serial_line(ready):
    slave = RtuSlave(three_meters())
    slave.start()
    ready(slave.path)
    try:
        await asyncio.Event().wait()
    finally:
        slave.stop()


async def tcp_server(ready):
    slave = TcpSlave(three_meters())
    await slave.start()
    ready(slave.port)
    try:
        await asyncio.Event().wait()
    finally:
        await slave.stop()


def probe(*arguments, config="/nowhere.toml"):
    kind, *rest = map(str, arguments)
    command = ["probe", kind, *rest, "--config", str(config)]
    return CliRunner().invoke(main, command)


def named(result):
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["found"]
    return {each["unit"]: each["model"] for each in found}


NAMES = {3: "eastron_sdm120", 41: "eastron_sdm630", 60: "pzem_004t"}


def test_three_meters_on_a_serial_line_are_found_and_named():
    with in_background(serial_line) as port:
        result = probe("serial", port, *FAST, "--units", "1-80", "--json")
    assert named(result) == NAMES
    assert {each["certainty"] for each in json.loads(result.stdout)["found"]} == {
        "likely"
    }


def test_all_speeds_and_parities_are_tried_the_first_ids_first():
    with in_background(serial_line) as port:
        few = ("--timeout", "0.05", "--units", "3,41,60,61")
        result = probe("serial", port, *few, "--json")
    assert named(result) == NAMES


def test_meters_behind_a_tcp_port_are_found_and_named():
    with in_background(tcp_server) as port:
        place = f"127.0.0.1:{port}"
        result = probe("tcp", place, "--units", "1-5,41,60", "--json")
    assert named(result) == NAMES


def test_what_is_written_is_a_configuration_that_check_accepts(tmp_path):
    out = tmp_path / "found.toml"
    with in_background(serial_line) as port:
        found = probe("serial", port, *FAST, "--units", "1-60", "--out", out)
        checked = CliRunner().invoke(main, ["check", "--config", str(out)])
    assert found.exit_code == 0, found.output
    assert "Eastron SDM630 (likely)" in found.output
    assert "Eastron SDM230 has the same registers: look at the label" in found.output
    assert "correct; 3 devices on 1 lines" in checked.output


def test_beside_a_configuration_only_what_to_add_is_printed(tmp_path):
    config = tmp_path / "gateway.toml"
    with in_background(serial_line) as port:
        name = port.removeprefix("/dev/").replace("/", "-")
        config.write_text(CONFIG.format(line=name, port=port))
        added = probe("serial", port, *FAST, "--units", "3", config=config).stdout
        config.write_text(config.read_text() + added)
        checked = CliRunner().invoke(main, ["check", "--config", str(config)])
    assert "[gateway]" not in added
    assert "correct; 2 devices on 2 lines" in checked.output


def test_a_file_that_exists_is_not_overwritten(tmp_path):
    out = tmp_path / "found.toml"
    out.write_text("precious")
    result = probe("serial", "/dev/null", "--out", out)
    assert result.exit_code == 1
    assert "exists; name a file that does not" in result.output
    assert out.read_text() == "precious"


def test_a_port_the_running_gateway_uses_is_refused(tmp_path):
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG.format(line="bus", port="/dev/null"))
    (tmp_path / "data").mkdir()
    with answering(tmp_path / "data", lambda _question: {}):
        result = probe("serial", "/dev/null", config=config)
    assert result.exit_code == 1
    assert "the running gateway uses /dev/null for its line bus" in result.output
    assert "systemctl stop voltonic-gateway" in result.output


def test_a_port_that_another_program_holds_is_told():
    import serial

    with in_background(serial_line) as path, serial.Serial(path, exclusive=True):
        result = probe("serial", path, *FAST, "--units", "1")
    assert result.exit_code == 1
    assert "it is in use by another program" in result.output


@pytest.mark.parametrize("kind", ["serial", "mbus", "listen"])
def test_a_port_that_is_not_there_is_told(kind):
    result = probe(kind, "/dev/ttyUSB99")
    assert result.exit_code == 1
    assert "serial port /dev/ttyUSB99 does not exist" in result.output
    assert "Traceback" not in result.output


def test_silence_is_told_with_what_to_check():
    with in_background(serial_line) as port:
        result = probe("serial", port, *FAST, "--units", "8,9")
    assert result.exit_code == 1
    assert f"nothing answered on {port}; check A and B" in result.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("serial", "p", "--units", "0-5"), "not within 1 to 247"),
        (("serial", "p", "--units", "9-5"), "not within 1 to 247"),
        (("serial", "p", "--units", "x"), "'x' is no number"),
        (("serial", "p", "--parities", "X"), "none of N, E, O"),
        (("tcp", "10.0.0.0/8"), "give /22 or less"),
        (("tcp", "10.0.0/24"), "10.0.0/24"),
        (("tcp", "host:port"), "'port' is no number"),
    ],
)
def test_what_cannot_be_searched_is_told(arguments, why):
    result = probe(*arguments)
    assert result.exit_code in (1, 2)
    assert why in result.output
    assert "Traceback" not in result.output


def test_a_host_that_answers_to_any_id_is_one_device():
    async def careless(ready):
        meter = Unit(sdm120.bank())
        sdm120.show(meter.bank, supply(7, 1, 1000), 1.5, 120.0)
        slave = TcpSlave(dict.fromkeys(range(256), meter))
        await slave.start()
        ready(slave.port)
        try:
            await asyncio.Event().wait()
        finally:
            await slave.stop()

    with in_background(careless) as port:
        found = named(probe("tcp", f"127.0.0.1:{port}", "--json"))
    assert found == {1: "eastron_sdm120"}


@contextmanager
def sending(serve):
    """Serve the far end of a pty on a thread; yield the path of the port."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    stop = threading.Event()

    def run():
        while not stop.wait(0.02):
            serve(master)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        stop.set()
        thread.join()
        os.close(master)
        os.close(slave)


def test_lines_of_text_are_heard():
    def prints(master):
        os.write(master, b"voltage:230.1V,power:120W\r\n")

    with sending(prints) as port:
        quick = ("--baudrates", "9600", "--wait", "5")
        result = probe("listen", port, *quick, "--json")
    found = json.loads(result.stdout)["found"][0]
    assert found["line"]["type"] == "text_line"
    assert "voltage_v 230.1 V" in found["values"]


def test_a_smart_meter_is_heard_and_can_be_used(tmp_path):
    telegram = capture("dsmr/v5.txt")

    def sends(master):
        os.write(master, telegram)

    out = tmp_path / "found.toml"
    with sending(sends) as port:
        quick = ("--baudrates", "115200", "--wait", "5", "--out", out)
        result = probe("listen", port, *quick)
        checked = CliRunner().invoke(main, ["check", "--config", str(out)])
    assert result.exit_code == 0, result.output
    assert 'type = "dsmr"' in out.read_text()
    assert "correct" in checked.output


MBUS = bytes.fromhex(
    "68 15 15 68 08 07 72 78 56 34 12 00 00 01 02 00 00 00 00 04 03 E8 03 00 00 8A 16"
)


def test_an_mbus_meter_is_found_by_its_address(tmp_path):
    def meter(master):
        try:
            asked = os.read(master, 64)
        except BlockingIOError:
            return
        if asked == bytes.fromhex("10 40 07 47 16"):
            os.write(master, b"\xe5")
        elif asked == bytes.fromhex("10 7B 07 82 16"):
            os.write(master, MBUS)

    with sending(meter) as port:
        out = tmp_path / "found.toml"
        quick = ("--baudrates", "9600", "--addresses", "5-8", "--timeout", "0.2")
        result = probe("mbus", port, *quick, "--json", "--out", out)
        checked = CliRunner().invoke(main, ["check", "--config", str(out)])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["found"]
    assert [each["where"] for each in found] == ["address 7"]
    assert found[0]["values"] == ["energy_import_kwh 1 kWh"]
    assert "correct; 1 devices on 1 lines" in checked.output


def test_the_help_shows_how():
    result = CliRunner().invoke(main, ["probe", "--help"])
    assert "voltonic-gateway probe tcp 192.168.1.0/24 --out found.toml" in result.output


def test_what_is_in_a_sunspec_device_is_read_from_its_chain(tmp_path):
    async def server(ready):
        units = {}
        for unit, each in enumerate(
            (
                sunspec_models.meter(213),
                sunspec_models.battery(),
                sunspec_models.inverter(),
            ),
            1,
        ):
            values = {"frequency_hz": 50.01, "state_of_charge_percent": 61.5}
            each.show(0, values)
            units[unit] = Unit(each, unit)
        slave = TcpSlave(units)
        await slave.start()
        ready(slave.port)
        try:
            await asyncio.Event().wait()
        finally:
            await slave.stop()

    out = tmp_path / "found.toml"
    with in_background(server) as port:
        arguments = ("--units", "1-3", "--timeout", "0.3")
        result = probe("tcp", f"127.0.0.1:{port}", *arguments, "--json", "--out", out)
    models = {1: "sunspec_meter", 2: "sunspec_battery", 3: "sunspec_inverter"}
    assert named(result) == models
    found = json.loads(result.stdout)["found"]
    assert [each["unit"] for each in found] == [1, 2, 3]
    assert [each["certainty"] for each in found] == ["certain", "certain", "likely"]
    assert "state_of_charge_percent 61.5 %" in found[1]["values"]
    assert CliRunner().invoke(main, ["check", "--config", str(out)]).exit_code == 0


def test_a_register_that_names_the_model_makes_it_certain():
    inputs, holding = bytearray(0x200), bytearray(2 * 0xFC10)
    phases = (230.1, 231.2, 229.3, 2.0, 2.1, 2.2, 460.2, 485.52, 504.46)
    inputs[:36] = floats(*phases)
    inputs[0x68:0x6C], inputs[0x8C:0x94] = floats(1450.18), floats(50.0, 812.5)
    holding[2 * 0xFC02 : 2 * 0xFC02 + 2] = bytes.fromhex("0089")

    async def server(ready):
        meter = Device(inputs=inputs, holding=holding)
        async with tcp_line(Devices({1: meter})) as port:
            ready(port)
            await asyncio.Event().wait()

    with in_background(server) as port:
        quick = ("--units", "1", "--timeout", "0.2", "--json")
        (found,) = json.loads(probe("tcp", f"127.0.0.1:{port}", *quick).stdout)["found"]
    assert (found["model"], found["certainty"]) == ("eastron_sdm72_v2", "certain")
    assert found["also"] == []
