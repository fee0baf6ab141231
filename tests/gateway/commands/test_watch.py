"""The live table of a gateway that runs, and the words without one."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.commands.live_table import age
from gateway.commands.watch import watch
from tests.gateway.commands.background import answering

ROOT = Path(__file__).parents[3]
CONFIG = """
[gateway]
name = "house"
node = "site/house"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.bus]
type = "modbus_tcp"
host = "127.0.0.1"
port = 1
[[devices]]
name = "meter"
line = "bus"
unit = 1
model = "eastron_sdm120"
[[devices]]
name = "cellar"
line = "bus"
unit = 2
model = "eastron_sdm120"
"""
AT_MS = 1_750_000_000_000


def value(quantity, number, unit, age_s=3.0):
    return {
        "quantity": quantity,
        "value": number,
        "unit": unit,
        "at_ms": AT_MS - 1000 * age_s,
        "age_s": age_s,
        "simulated": False,
    }


DEVICES = [
    {
        "node": "site/house",
        "name": "meter",
        "model": "eastron_sdm120",
        "state": "online",
        "last_ok_ms": AT_MS - 3000,
        "error": "",
        "values": [
            value("voltage_v", 230.2, "V"),
            value("active_power_kw", 1.5, "kW"),
        ],
    },
    {
        "node": "site/house",
        "name": "cellar",
        "model": "eastron_sdm120",
        "state": "offline",
        "last_ok_ms": None,
        "error": "no answer",
        "values": [],
    },
]


@pytest.fixture
def config(tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    return path


def answer(question):
    wanted = question["values"]
    shown = [each for each in DEVICES if f"{each['node']}/{each['name']}" in wanted]
    return {"at_ms": AT_MS, "devices": shown if wanted else DEVICES}


def shown(config, *arguments):
    with answering(config.parent / "data", answer):
        return CliRunner().invoke(watch, ["--config", str(config), *arguments])


def test_an_age_is_told_as_one_reads_it():
    assert age(3) == "3 s"
    assert age(300) == "5 min"
    assert age(3 * 86_400) == "3 days"


def test_all_devices_are_a_row_each(config):
    result = shown(config, "--once")
    assert result.exit_code == 0, result.output
    head, meter, cellar, *_ = result.output.splitlines()
    assert head.endswith("1 of 2 devices online")
    assert meter.split()[:5] == ["meter", "online", "3", "s", "ago"]
    assert "active_power_kw 1.5 kW  voltage_v 230.2 V" in meter
    assert cellar.split() == ["cellar", "offline", "never", "no", "answer"]


def test_one_device_shows_all_its_values_with_their_age(config):
    result = shown(config, "--once", "meter")
    assert "meter: online, answered 3 s ago" in result.output
    rows = [row.split() for row in result.output.splitlines()]
    assert ["voltage_v", "230.2", "V", "3", "s"] in rows
    assert "cellar" not in result.output


def test_json_is_a_line_each_look(config):
    result = shown(config, "--once", "--json")
    assert json.loads(result.output) == {"at_ms": AT_MS, "devices": DEVICES}


def test_without_a_running_gateway_it_says_what_to_do(config):
    result = CliRunner().invoke(watch, ["--config", str(config)])
    assert result.exit_code == 1
    assert "no gateway runs in" in result.output
    assert "systemctl start voltonic-gateway" in result.output


def test_an_unknown_device_is_told_with_the_likely_one(config):
    result = CliRunner().invoke(watch, ["--config", str(config), "celler"])
    assert result.exit_code == 1
    assert 'no device "celler" (did you mean "cellar"?)' in result.output


def run(config, stdout):
    command = ["-m", "gateway", "watch", "--interval", "0.1", "--config", config]
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        stdout=stdout,
        preexec_fn=_heed_interrupts,  # noqa: PLW1509 (no threads write here)
    )


def _heed_interrupts():
    """Undo what a shell does to programs it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_piped_it_is_one_block_each_look(config):
    with answering(config.parent / "data", answer):
        process = run(config, subprocess.PIPE)
        with process, process.stdout as pipe:
            rows = [pipe.readline().decode() for _ in range(8)]
            process.terminate()
    assert rows[3] == "\n"
    assert sum("devices online" in row for row in rows) == 2
    assert "\x1b" not in "".join(rows)


def test_on_a_terminal_it_is_drawn_in_place(config):
    master, slave = pty.openpty()
    drawn = b""
    with answering(config.parent / "data", answer):
        process = run(config, slave)
        os.close(slave)
        until = time.monotonic() + 20
        while drawn.count(b"devices online") < 3 and time.monotonic() < until:
            if select.select([master], [], [], 0.5)[0]:
                drawn += os.read(master, 4096)
        process.send_signal(signal.SIGINT)
        process.wait(10)
    os.close(master)
    assert drawn.count(b"\x1b[H") >= 3
    assert drawn.count(b"\x1b[2J") == 1
    assert process.returncode == 0
