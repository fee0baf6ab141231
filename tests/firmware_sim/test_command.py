"""The command as a person starts it: a process of its own, real ports, real signals."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError

import pytest
from click.testing import CliRunner

from firmware_sim.__main__ import main
from firmware_sim.conductor import Conductor, Kind, Peer

CONFIG = """
[gateway]
name = "hut"
node = "campus/science/physics"
[lines.floor]
type = "modbus_tcp"
host = "10.9.9.9"
port = 502
[lines.bus]
type = "modbus_rtu"
port = "/dev/ttyUSB0"
[[devices]]
name = "meter"
node = "floor-1/room-101"
line = "floor"
unit = 1
model = "voltonic_room"
[[devices]]
name = "main"
line = "bus"
unit = 3
model = "eastron_sdm630"
[[devices]]
name = "roof"
line = "floor"
unit = 9
model = "pv_inverter"
[[devices]]
name = "kettle"
line = "bus"
unit = 4
model = "pzem_004t"
[[devices]]
name = "fridge"
line = "bus"
unit = 5
model = "eastron_sdm120"
"""


def command(*arguments):
    return [sys.executable, "-m", "firmware_sim", *map(str, arguments)]


@contextmanager
def simulator(*arguments):
    """Yield what the simulator prints when it is ready; stop it by SIGTERM."""
    with subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGTERM)
            _, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert complaints == ""


def fetched(url, method="GET", body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read() or "null")
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_playing_prints_the_ports_and_tells_the_truth(tmp_path, tcp_master):
    ports_file = tmp_path / "ports.json"
    with simulator("play", "--buildings", 1, "--ports-file", ports_file) as ports:
        assert json.loads(ports_file.read_text()) == ports
        assert list(ports["gateways"]) == ["mechanical", "engineering-complex"]
        status, truth = fetched(f"{ports['truth']}/truth")
        assert status == 200
        assert truth["campus_kw"] == pytest.approx(truth["buildings"]["mechanical"])
        assert {"saved_kwh", "solar_kw", "complex_kw", "at_ms"} <= set(truth)
        _, kept = fetched(f"{ports['truth']}/truth/steps")
        assert truth["at_ms"] in kept["steps_ms"]
        assert fetched(f"{ports['truth']}/truth?at=60000")[0] == 404
        assert fetched(f"{ports['truth']}/truth?at=soon")[0] == 400

        line = ports["gateways"]["mechanical"]["lines"]["main"]

        async def power_kw():
            async with tcp_master(line["port"]) as master:
                return await master.number(1, 0x34) / 1000

        assert 50 < asyncio.run(power_kw()) < 500


def test_a_conductor_moves_the_simulator_until_it_hangs_up(tmp_path):
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = now - timedelta(hours=28)

    async def conduct(ports_file):
        conductor = Conductor(tmp_path / "baton")
        await conductor.start()
        process = await asyncio.create_subprocess_exec(
            *command("play", "--buildings", 2, "--conductor", conductor.path),
            *("--ports-file", ports_file),
            stdout=asyncio.subprocess.DEVNULL,
        )
        await conductor.gathered({Peer(Kind.SIMULATOR, "simulator")}, 20)
        truth = json.loads(ports_file.read_text())["truth"] + "/truth"
        told = []
        for hours in (0, 1, 26):
            await conductor.tick(start + timedelta(hours=hours))
            told.append((await asyncio.to_thread(fetched, truth))[1])
        await conductor.go_live()
        live = (await asyncio.to_thread(fetched, truth))[1]
        await conductor.hold(10)
        held = (await asyncio.to_thread(fetched, truth))[1]
        assert held["at_ms"] >= live["at_ms"]
        await conductor.close()
        return told, live, await asyncio.wait_for(process.wait(), 20)

    told, live, code = asyncio.run(conduct(tmp_path / "ports.json"))
    hour_ms = 3_600_000
    assert [t["at_ms"] - told[0]["at_ms"] for t in told] == [0, hour_ms, 26 * hour_ms]
    assert told[0]["at_ms"] == start.timestamp() * 1000
    assert live["at_ms"] % 60_000 == 0
    assert live["at_ms"] > told[-1]["at_ms"]
    assert code == 0


def test_faults_are_switched_while_playing(tcp_master):
    with simulator("play", "campus", "--buildings", 1) as ports:
        port = ports["gateways"]["mechanical"]["lines"]["floor-1"]["port"]

        async def answer():
            async with tcp_master(port) as master:
                reply = await master.client.read_input_registers(0, device_id=3)
                return reply.exception_code if reply.isError() else None

        fault = {"gateway": "mechanical", "line": "floor-1", "unit": 3}
        faults = f"{ports['truth']}/faults"
        assert asyncio.run(answer()) is None
        assert fetched(faults, "POST", fault | {"kind": "exception"})[0] == 204
        assert asyncio.run(answer()) == 4
        assert fetched(faults, "DELETE")[0] == 204
        assert asyncio.run(answer()) is None
        assert fetched(faults, "POST", fault | {"kind": "flood"})[0] == 400
        absent = fault | {"unit": 99, "kind": "stuck"}
        assert fetched(faults, "POST", absent)[0] == 404


def test_a_replay_plays_by_the_wall_clock_too(tmp_path, tcp_master):
    (tmp_path / "sites.csv").write_text(
        "site_id,name,timezone,load_file\nnorth,North,Europe/Berlin,load.csv\n"
    )
    rows = "".join(
        f"2026-01-{1 + n // 24:02d}T{n % 24:02d}:00:00Z,4.5\n" for n in range(14 * 24)
    )
    (tmp_path / "load.csv").write_text(f"timestamp_utc,hall\n{rows}")
    with simulator("play", "--replay", tmp_path) as ports:
        assert ports["instants_ms"][1] - ports["instants_ms"][0] == 3_600_000
        assert ports["campus_file"]["sites"][0]["slug"] == "north"
        port = ports["gateways"]["hall"]["lines"]["main"]["port"]

        async def power_kw():
            async with tcp_master(port) as master:
                return await master.number(1, 0x34) / 1000

        assert asyncio.run(power_kw()) == pytest.approx(4.5)


def test_stand_ins_answer_for_every_device_of_a_gateway(
    tmp_path, tcp_master, rtu_master
):
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG)
    with simulator("building", "--config", config) as played:
        lines = played["lines"]
        assert lines["floor"]["type"] == "modbus_tcp"
        assert lines["bus"]["type"] == "modbus_rtu"

        async def read():
            async with tcp_master(lines["floor"]["port"]) as master:
                room = await master.number(1, 0)
                roof = await master.words(9, 40000, 2, holding=True)
            async with rtu_master(lines["bus"]["port"]) as master:
                main, fridge = await master.number(3, 0), await master.number(5, 0)
                kettle = (await master.words(4, 0, 1))[0] / 10
            return room, roof, main, fridge, kettle

        room, roof, *volts = asyncio.run(read())
        assert 0.3 < room < 8
        assert roof == [0x5375, 0x6E53]
        assert all(225 < volt < 235 for volt in volts)


def test_stand_ins_do_not_outlive_who_holds_their_input(tmp_path):
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG)
    with subprocess.Popen(
        command("building", "--config", config, "--until-eof"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline()
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("pv_inverter", "steam_engine", "steam_engine"),
        ('line = "bus"', 'line = "ship"', "ship"),
        ("modbus_rtu", "carrier_pigeon", "lines.bus.type"),
        ("unit = 9", "", "unit or model is missing"),
        ("[gateway]", "[gateway", "gateway.toml"),
    ],
)
def test_what_nobody_can_stand_in_for_is_named(tmp_path, old, new, complaint):
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG.replace(old, new))
    run = subprocess.run(
        command("building", "--config", config),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert complaint in run.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["play", "replay"], "--replay DIR"),
        (["play", "replay", "--replay", "/nowhere"], "sites.csv: No such file"),
        (["play", "campus", "--faults", "physics:flood"], "--faults"),
        (["play", "campus", "--conductor", "/nowhere"], "no conductor at /nowhere"),
        (["play", "campus", "--faults", "moon/*/*:stuck"], "no device at moon/*/*"),
    ],
)
def test_what_cannot_be_played_is_said(arguments, complaint):
    run = subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert complaint in run.stderr


def test_a_busy_port_is_named_with_its_option():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            command("play", "campus", "--buildings", 1, "--port-base", port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert "--port-base" in run.stderr


def test_the_campus_file_goes_where_it_is_asked_to(tmp_path):
    out = tmp_path / "campus.json"
    subprocess.run(command("campus", "--buildings", 1, "--out", out), check=True)
    printed = subprocess.run(
        command("campus", "--buildings", 1), capture_output=True, text=True, check=True
    )
    assert json.loads(out.read_text()) == json.loads(printed.stdout)


@pytest.mark.parametrize("command", ["play", "campus", "building", "esp8266"])
def test_every_command_shows_an_example(command):
    shown = CliRunner().invoke(main, [command, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"  voltonic-sim {command} " in shown.output
