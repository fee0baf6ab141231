"""What a running gateway shows: its live table, and its page over the network."""

import asyncio
import json
import socket

from gateway.daemon.control_socket import NotRunningError, ask
from gateway.status_page import pin
from tests.gateway.status_page.house import ask as get
from tests.gateway.status_page.house import reload
from tests.gateway_process import rig, run, running, stopped


async def asked(folder, question):
    return await asyncio.to_thread(ask, folder / "data", question)


async def page_of(folder):
    """Return where the page is, once it is served and the meter was read."""
    async with asyncio.timeout(20):
        while True:
            try:
                status = await asked(folder, {"status": True})
            except NotRunningError:
                status = {}
            devices = status.get("devices", [])
            if status.get("status_page") and devices[0]["state"] == "online":
                return status["status_page"]
            await asyncio.sleep(0.05)


async def soon(condition, *arguments):
    async with asyncio.timeout(20):
        while not await condition(*arguments):  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)


async def told(url, path):
    status, _, body = await asyncio.to_thread(get, url, path)
    assert status == 200
    return json.loads(body)


def test_the_newest_values_are_shown_on_both(tmp_path):
    async def scenario():
        async with rig(tmp_path) as (_, config), running(config):
            url = await page_of(tmp_path)
            by_socket = await asked(tmp_path, {"values": ["main"]})
            unknown = await asked(tmp_path, {"values": ["mein"]})
            return (
                by_socket,
                unknown,
                await told(url, "/values.json"),
                await told(url, "/status.json"),
                await told(url, "/log.json"),
            )

    by_socket, unknown, by_page, status, log = run(scenario)
    (device,) = by_socket["devices"]
    assert device["state"] == "online"
    assert "energy_import_kwh" in {each["quantity"] for each in device["values"]}
    assert by_page["devices"][0]["name"] == "main"
    assert unknown == {"error": 'no device "mein" (did you mean "main"?)'}
    assert status["gateway"] == "physics"
    assert any("the status page is at" in line["words"] for line in log["lines"])


def test_who_knows_the_pin_starts_it_again_with_a_new_configuration(tmp_path):
    pin_file = tmp_path / "pin"
    pin.keep(pin_file, "271828")

    async def scenario():
        async with rig(tmp_path) as (_, config):
            text = config.read_text().replace(
                "[status_page]", f'[status_page]\npin_file = "{pin_file}"'
            )
            config.write_text(text)
            async with running(config) as process:
                url = await page_of(tmp_path)
                config.write_text("nonsense")
                wrong = await asyncio.to_thread(reload, url, "271828")
                config.write_text(text.replace("interval_s = 0.05", "interval_s = 0.1"))
                right = await asyncio.to_thread(reload, url, "271828")
                await soon(has_moved, url)
                return wrong, right, await stopped(process)

    async def has_moved(url):
        try:
            status = await asked(tmp_path, {"status": True})
        except NotRunningError:
            return False
        return status["status_page"] not in ("", url)

    wrong, right, (code, errors) = run(scenario)
    assert wrong[0] == 409
    assert "not valid TOML" in wrong[1]
    assert right == (200, "the gateway starts again")
    assert code == 0
    assert "starts again with the new" in errors


def test_a_port_that_is_taken_does_not_stop_the_gateway(tmp_path):
    async def scenario():
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            async with rig(tmp_path) as (_, config):
                text = config.read_text().replace("port = 0\n", f"port = {port}\n", 1)
                config.write_text(text)
                async with running(config) as process:
                    await soon(is_read)
                    return await stopped(process)

    async def is_read():
        try:
            status = await asked(tmp_path, {"status": True})
        except NotRunningError:
            return False
        assert status["status_page"] == ""
        return status["devices"][0]["state"] == "online"

    code, errors = run(scenario)
    assert code == 0
    assert "no status page: port" in errors
