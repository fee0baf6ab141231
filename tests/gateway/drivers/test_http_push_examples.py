"""The examples for integrators, run as they are against a port of the gateway."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from hashlib import sha256

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from gateway.cycle.devices import connection
from gateway.driver import Surroundings
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.lines import DeviceSettings
from gateway.snapshot import NO_STATE

KEY = "key-of-the-first-board"
POINT = "campus/lab/board/energy_import_kwh"


def ran(*command, key=KEY):
    """Run a script beside the driver; return its status, all it printed, readings."""

    async def run():
        readings = []

        async def keep(new, state=NO_STATE):
            readings.extend(new)

        around = Surroundings(lambda: datetime.now(UTC), keep, lambda _: {})
        receiver = connection(HttpPushLine("push", "127.0.0.1", 0), {}, around)
        quantities = (Quantity.ENERGY_IMPORT_KWH, Quantity.LOAD_PERCENT)
        entry = DeviceEntry(
            "campus/lab", "board", "http_push", Role.SUB, False, quantities
        )
        place = PushPlace("board", sha256(KEY.encode()).digest())
        receiver.device(DeviceSettings(entry, "push", 0, place.interval, place=place))
        await receiver.connect()
        url = "http://{}:{}".format(*receiver.address)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(url if part == "URL" else str(part) for part in command),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "VOLTONIC_KEY": key},
        )
        async with asyncio.timeout(60):
            printed, _ = await process.communicate()
        receiver.close()
        await asyncio.sleep(0)
        return process.returncode, printed.decode(), readings

    return asyncio.run(run())


def test_the_connection_tester_goes_all_the_way():
    status, printed, readings = ran("examples/connection_test.py", "URL", "--post")
    assert status == 0, printed
    assert "the key is known; report every 60 s" in printed
    assert "1 taken" in printed
    assert {each.point for each in readings} >= {POINT}


def test_the_connection_tester_names_a_wrong_key():
    tester = "examples/connection_test.py"
    status, printed, _ = ran(tester, "URL", key="not-its-key")
    assert status == 1
    assert "the key is refused" in printed


def test_the_client_posts_what_it_measures(tmp_path):
    status, printed, readings = ran(
        *("examples/sensor_client.py", "URL", "--file", tmp_path / "waiting.jsonl"),
        *("--count", 3, "--interval", 0.01),
    )
    assert (status, printed) == (0, "")
    counter = [each.value for each in readings if each.point == POINT]
    assert len(counter) == 4
    assert counter == sorted(counter)
