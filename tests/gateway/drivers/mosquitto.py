"""mosquitto for tests, and what publishes to it and reads from it."""

import asyncio
import getpass
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from paho.mqtt import publish as paho_publish

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from gateway.drivers.mqtt.broker import Broker
from gateway.drivers.mqtt.line import MqttLine, MqttPlace
from gateway.lines import DeviceError, DeviceSettings

PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/usr/local/bin"
PLUG = (Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH)


def now():
    return datetime.now(UTC)


@contextmanager
def mosquitto(folder, more="allow_anonymous true", port=None):
    """Run it on a free port, with more lines in its configuration."""
    program = shutil.which("mosquitto", path=PATH)
    if program is None:
        pytest.skip("there is no mosquitto on this machine")
    port = free_port() if port is None else port
    config = folder / "mosquitto.conf"
    user = f"user {getpass.getuser()}"
    config.write_text(f"listener {port} 127.0.0.1\n{user}\n{more}\n")
    with subprocess.Popen(
        [program, "-c", str(config)], stderr=subprocess.DEVNULL
    ) as process:
        try:
            await_port(port)
            yield port
        finally:
            process.kill()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def await_port(port):
    end_s = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < end_s
            time.sleep(0.02)
        else:
            return


def publish(port, topic, payload, *, retain=False):
    """Publish with mosquitto_pub, or where it is not installed with paho."""
    program = shutil.which("mosquitto_pub", path=PATH)
    if program is None:
        paho_publish.single(
            topic, payload, qos=1, retain=retain, hostname="127.0.0.1", port=port
        )
        return
    arguments = [program, "-p", str(port), "-q", "1", "-t", topic, "-s"]
    subprocess.run([*arguments, *["-r"] * retain], input=payload, check=True)


def settings(payload, topic, *quantities, name="plug", **place):
    entry = DeviceEntry("site", name, "mqtt", Role.SUB, False, quantities)
    where = MqttPlace(payload, topic, **place)
    return DeviceSettings(entry, "line", 0, timedelta(seconds=1), place=where)


@contextmanager
def connected(port, **more):
    broker = Broker(MqttLine("line", "127.0.0.1", port, **more), now)
    try:
        yield broker
    finally:
        broker.close()


async def polled(device):
    poll = await device.poll(now)
    return {each.point.rpartition("/")[2]: each.value for each in poll.readings}


async def after(device, wanted):
    """Poll until all of `wanted` came; what was told meanwhile is of no matter."""
    found = {}

    async def came():
        try:
            found.update(await polled(device))
        except DeviceError:
            return False
        return found.keys() >= set(wanted)

    async with asyncio.timeout(10):
        while not await came():  # noqa: ASYNC110 (only polling tells)
            await asyncio.sleep(0.01)
    return found
