import asyncio
import json
import os
import tty

import pytest
from click.testing import CliRunner

from gateway.commands.read import read
from tests.gateway.commands.background import answering, in_background
from tests.gateway.modbus_devices import Device, Devices, floats, tcp_line

CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.bus]
type = "modbus_tcp"
host = "127.0.0.1"
port = {port}
[[devices]]
name = "meter"
line = "bus"
unit = 1
model = "eastron_sdm120"
"""


@pytest.fixture
def config(tmp_path):
    def write(port):
        (tmp_path / "data").mkdir(exist_ok=True)
        path = tmp_path / "gateway.toml"
        path.write_text(CONFIG.format(port=port))
        return str(path)

    return write


async def sdm120(ready):
    inputs = bytearray(512)
    inputs[0:4] = floats(230.2)
    inputs[0x48 * 2 : 0x48 * 2 + 4] = floats(float("nan"))
    async with tcp_line(Devices({1: Device(inputs=inputs)})) as port:
        ready(port)
        await asyncio.Event().wait()


def test_it_opens_the_line_itself_when_no_gateway_runs(config):
    with in_background(sdm120) as port:
        result = CliRunner().invoke(read, ["--config", config(port), "meter"])
    assert result.exit_code == 0
    volts = result.output.splitlines()[0].split()
    assert volts[:5] == ["voltage_v", "230.2", "V", "0", "s"]
    assert volts[5:] == ["input", "0x0000", "4366", "3333"]
    assert "absent" in result.output


def test_it_asks_the_gateway_that_runs(config, tmp_path):
    values = [
        {
            "quantity": "voltage_v",
            "value": 229.0,
            "unit": "V",
            "register": "input 0x0000",
            "raw": "4365 0000",
            "at": "2025-01-01T00:00:00.000+00:00",
            "age_s": 0.0,
        }
    ]
    path, asked = config(1), []

    def answer(question):
        asked.append(question)
        return {"values": values}

    with answering(tmp_path / "data", answer):
        result = CliRunner().invoke(read, ["--config", path, "meter", "--json"])
    assert asked == [{"read": "site/meter"}]
    assert json.loads(result.output) == values


def test_a_line_that_is_down_is_told_in_words(config, free_port):
    path = config(free_port.getsockname()[1])
    result = CliRunner().invoke(read, ["--config", path, "meter"])
    assert result.exit_code == 1
    assert "site/meter: cannot open 127.0.0.1:" in result.output


def test_an_unknown_device_is_told_with_the_likely_one(config):
    result = CliRunner().invoke(read, ["--config", config(1), "metre"])
    assert result.exit_code == 1
    assert 'no device "metre" (did you mean "meter"?)' in result.output


TEXT = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.board]
type = "text_line"
port = "{port}"
[[devices]]
name = "board"
line = "board"
role = "sensor"
quantities = ["voltage_v"]
"""


def test_a_board_that_prints_by_itself_is_listened_to(tmp_path):
    async def prints(ready):
        master, slave = os.openpty()
        tty.setraw(slave)
        ready(os.ttyname(slave))
        try:
            while True:
                os.write(master, b"voltage:231.5V\r\n")
                await asyncio.sleep(0.05)
        finally:
            os.close(master)
            os.close(slave)

    path = tmp_path / "gateway.toml"
    (tmp_path / "data").mkdir()
    with in_background(prints) as port:
        path.write_text(TEXT.format(port=port))
        result = CliRunner().invoke(read, ["--config", str(path), "board"])
    assert result.exit_code == 0, result.output
    assert result.output.split()[:5] == ["voltage_v", "231.5", "V", "0", "s"]


def test_a_device_that_answers_without_a_value_is_told(config, tmp_path):
    path = config(1)
    with answering(tmp_path / "data", lambda _question: {"values": []}):
        result = CliRunner().invoke(read, ["--config", path, "meter"])
    assert "it answers, and has no value" in result.output
