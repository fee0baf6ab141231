"""The gateway as a real process, against a real meter and a real receiver."""

import asyncio
import json
import signal
import socket
from contextlib import closing, suppress

import pytest

from gateway.daemon.control_socket import NotRunningError, ask
from tests.faults.rig import CountingMeter, configured, receiving
from tests.gateway_process import gateway, rig, run, running, stopped
from tests.receiver import Receiver


def test_readings_arrive_and_a_clean_stop_leaves_nothing_behind(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config):
            async with running(config) as process:
                await receiver.until(lambda: len(receiver.rows) > 10)
                code, errors = await stopped(process)
            status = await gateway("status", "--config", config, "--json")
            figures, _ = await status.communicate()
            return receiver, code, errors, json.loads(figures)

    receiver, code, errors, figures = run(scenario)
    assert (code, errors.count("Traceback")) == (0, 0)
    assert figures["running"] is False
    assert figures["produced"] == figures["delivered"] == len(receiver.rows)
    assert figures["buffer"]["readings"] == figures["declared_lost"] == 0


def test_what_is_read_while_the_cloud_is_away_arrives_once_when_it_is_back(
    tmp_path, free_port
):
    port = free_port.getsockname()[1]
    receiver, meter = Receiver({}), CountingMeter()

    async def scenario():
        url = f"http://127.0.0.1:{port}"
        config, receiver.keys["physics"] = configured(
            tmp_path, url, await meter.start()
        )
        async with running(config) as process:
            away = await pending(config.parent / "data", 100)
            free_port.close()
            async with receiving(receiver, port):
                await receiver.until(lambda: len(receiver.rows) > 100)
                code, _ = await stopped(process)
        await meter.stop()
        return away, code

    async def pending(data_dir, least):
        while True:
            with suppress(NotRunningError):
                figures = await asyncio.to_thread(ask, data_dir, {"status": True})
                if figures["buffer"]["readings"] >= least:
                    return figures
            await asyncio.sleep(0.1)

    away, code = run(scenario)
    assert away["trouble"] == "the cloud cannot be reached"
    assert away["delivered"] == code == 0
    energies = sorted(
        value for _, point, _, value in receiver.rows if "import" in point
    )
    assert energies == list(range(1, len(energies) + 1))
    assert meter.served - len(energies) <= 1


def test_status_of_a_running_gateway_names_each_device_and_its_health(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config), running(config):
            await receiver.until(lambda: len(receiver.rows) > 10)
            status = await gateway("status", "--config", config, "--json")
            figures, _ = await status.communicate()
            table = await gateway("status", "--config", config)
            words, _ = await table.communicate()
            return json.loads(figures), words.decode()

    figures, words = run(scenario)
    [device] = figures["devices"]
    assert (device["node"], device["name"]) == ("campus/science/physics", "main")
    assert (device["state"], device["error"]) == ("online", "")
    assert figures["trouble"] is None
    assert figures["last_contact_ms"] > 0
    for word in ("running", "produced", "buffer holds", "online"):
        assert word in words


def test_a_device_is_read_through_the_running_gateway(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config), running(config):
            await receiver.until(lambda: receiver.envelopes)
            data_dir = config.parent / "data"
            known = await asyncio.to_thread(ask, data_dir, {"read": "main"})
            unknown = await asyncio.to_thread(ask, data_dir, {"read": "mane"})
            nonsense = await asyncio.to_thread(ask, data_dir, {"sing": True})
            return known, unknown, nonsense

    known, unknown, nonsense = run(scenario)
    values = {row["quantity"]: row["value"] for row in known["values"]}
    assert values["voltage_v"] == 230
    assert "mane" in unknown["error"]
    assert "no such question" in nonsense["error"]


def test_a_second_gateway_on_the_same_data_is_refused(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config), running(config):
            await receiver.until(lambda: receiver.envelopes)
            second = await gateway("run", "--config", config)
            _, errors = await second.communicate()
            return second.returncode, errors.decode()

    code, errors = run(scenario)
    assert code == 1
    assert "in use by another gateway" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda text: text + "\ncolour = 3\n", "colour"),
        (lambda text: text.replace("[poll]", 'ca_file = "gone"\n[poll]'), "ca_file"),
        (lambda text: text.replace('"data"', '"gateway.toml/data"'), "data_dir"),
    ],
)
def test_a_sighup_with_a_bad_configuration_keeps_the_old_and_says_why(
    tmp_path, changed, told
):
    async def scenario():
        async with rig(tmp_path) as (receiver, config), running(config) as process:
            await receiver.until(lambda: receiver.envelopes)
            config.write_text(changed(config.read_text()))
            process.send_signal(signal.SIGHUP)
            rows = len(receiver.rows)
            await receiver.until(lambda: len(receiver.rows) > rows + 10)
            epochs = {envelope.epoch for envelope in receiver.envelopes}
            return epochs, *await stopped(process)

    epochs, code, errors = run(scenario)
    assert (len(epochs), code) == (1, 0)
    assert "keeps the old configuration" in errors
    assert told in errors


def test_a_sighup_with_a_good_configuration_starts_again_with_it(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (receiver, config), running(config) as process:
            await receiver.until(lambda: receiver.rows)
            text = config.read_text()
            config.write_text(text.replace("interval_s = 0.05", "interval_s = 0.07"))
            process.send_signal(signal.SIGHUP)
            await receiver.until(
                lambda: len({each.epoch for each in receiver.envelopes}) == 2
            )
            return process.returncode, *await stopped(process)

    before, code, _ = run(scenario)
    assert (before, code) == (None, 0)


def test_systemd_hears_of_start_life_restart_and_stop(tmp_path):
    heard = []

    async def scenario():
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
            systemd.setblocking(False)
            systemd.bind(str(tmp_path / "n"))
            loop = asyncio.get_running_loop()
            environment = {
                "NOTIFY_SOCKET": str(tmp_path / "n"),
                "WATCHDOG_USEC": "400000",
            }
            async with (
                rig(tmp_path / "gateway") as (_, config),
                running(config, environment) as process,
            ):
                while heard.count("WATCHDOG=1") < 2:
                    heard.append((await loop.sock_recv(systemd, 999)).decode())
                process.send_signal(signal.SIGHUP)
                while heard.count("READY=1") < 2:
                    heard.append((await loop.sock_recv(systemd, 999)).decode())
                process.send_signal(signal.SIGTERM)
                while "STOPPING=1" not in heard:
                    heard.append((await loop.sock_recv(systemd, 999)).decode())

    run(scenario)
    states = [
        message.partition("\n")[0]
        for message in heard
        if message.startswith(("READY", "RELOADING", "STOPPING"))
    ]
    assert states == ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"]
    assert any(message.startswith("STATUS=1 device") for message in heard)


def test_the_site_configuration_is_fetched_and_outlives_a_restart(tmp_path):
    config_of_site = {
        "version": "v7",
        "timezone": "Asia/Kolkata",
        "timetables": {"": [[0, "09:00", "10:00"]]},
    }

    async def scenario():
        async with rig(
            tmp_path, receipt_fields={"config_version": "v7"}, config=config_of_site
        ) as (receiver, config):
            kept = config.parent / "data" / "site_config.json"
            async with running(config) as process:
                await receiver.until(lambda: len(receiver.envelopes) > 2)
                await stopped(process)
            return json.loads(kept.read_text())

    assert run(scenario) == config_of_site


@pytest.mark.parametrize("command", ["run", "check", "read", "status", "key"])
def test_every_command_shows_examples(command):
    async def scenario():
        process = await gateway(command, "--help")
        words, _ = await process.communicate()
        return words.decode()

    words = run(scenario)
    assert "Example" in words
    assert f"voltonic-gateway {command}" in words
