"""Devices behind a real broker: mosquitto, and recorded messages published to it."""

import asyncio
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from paho.mqtt import publish as paho_publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from gateway.drivers.mqtt.broker import Broker
from gateway.drivers.mqtt.line import MqttLine, MqttPlace
from gateway.lines import DeviceError, DeviceSettings, LineDownError, NoAnswerError
from tests.gateway.drivers.captures import capture
from tests.gateway.drivers.test_mqtt_payloads import SHELLY_NOTIFIED

PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/usr/local/bin"
PLUG = (Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH)


def now():
    return datetime.now(UTC)


@pytest.fixture
def start_mosquitto(tmp_path, free_port):
    """Run mosquitto on a free port, with more lines in its configuration."""
    program = shutil.which("mosquitto", path=PATH)
    if program is None:
        pytest.skip("there is no mosquitto on this machine")

    @contextmanager
    def running(more="allow_anonymous true", port=None):
        if port is None:
            port = free_port.getsockname()[1]
            free_port.close()
        config = tmp_path / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\n{more}\n")
        with subprocess.Popen(
            [program, "-c", str(config)], stderr=subprocess.DEVNULL
        ) as process:
            try:
                await_port(port)
                yield port
            finally:
                process.kill()

    return running


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


def test_recorded_messages_become_readings(start_mosquitto, until):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            plug = broker.device(settings("tasmota", "plug", *PLUG))
            shelly = broker.device(
                settings("shelly2", "plus1", Quantity.VOLTAGE_V, name="shelly")
            )
            old = broker.device(settings("shelly1", "shellies/em", *PLUG, name="old"))
            await broker.connect()
            send = asyncio.to_thread
            raw = capture("tasmota/sensor_01.json")
            await send(publish, port, "tele/plug/SENSOR", raw)
            await send(publish, port, "plus1/events/rpc", SHELLY_NOTIFIED)
            await send(publish, port, "shellies/em/relay/0/power", b"37.60")
            await send(publish, port, "shellies/em/relay/0/energy", b"90000")
            names = [each.value for each in PLUG]
            assert await after(plug, names) == {
                "active_power_kw": 0.04711,
                "energy_import_kwh": 1290.396,
            }
            assert await after(shelly, ["voltage_v"]) == {"voltage_v": 237.571}
            assert await after(old, names) == {
                "active_power_kw": 0.0376,
                "energy_import_kwh": 1.5,
            }
            assert await polled(plug) == {}, "no value is told twice"

    asyncio.run(run())


def test_a_retained_value_is_used_only_with_a_recent_instant_of_its_own(
    start_mosquitto, until
):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            raw = capture("tasmota/sensor_01.json")
            publish(port, "tele/plug/SENSOR", raw, retain=True)
            publish(port, "plus1/events/rpc", SHELLY_NOTIFIED, retain=True)
            publish(port, "zigbee2mqtt/a", b'{"temperature":21.5}', retain=True)
            seen = b'{"temperature":20.5,"last_seen":"%b"}'
            at = now().isoformat().encode()
            publish(port, "zigbee2mqtt/b", seen % at, retain=True)
            climate = Quantity.TEMPERATURE_C
            stale = [
                broker.device(settings("tasmota", "plug", *PLUG)),
                broker.device(settings("shelly2", "plus1", *PLUG, name="shelly")),
                broker.device(
                    settings("zigbee2mqtt", "zigbee2mqtt/a", climate, name="a")
                ),
            ]
            b = broker.device(
                settings("zigbee2mqtt", "zigbee2mqtt/b", climate, name="b")
            )
            await broker.connect()
            assert await after(b, ["temperature_c"]) == {"temperature_c": 20.5}
            await until(lambda: all(each.stale for each in stale))
            for each in stale:
                with pytest.raises(NoAnswerError, match="retained ones, which may be"):
                    await each.poll(now)

    asyncio.run(run())


def test_a_last_will_makes_a_device_silent_until_it_speaks_again(
    start_mosquitto, until
):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            await broker.connect()
            theirs = Client(CallbackAPIVersion.VERSION2)
            theirs.will_set("tele/plug/LWT", b"Offline", retain=True)
            theirs.connect("127.0.0.1", port)
            theirs.loop_start()
            raw = capture("tasmota/sensor_01.json")
            theirs.publish("tele/plug/SENSOR", raw)
            await after(device, ["active_power_kw"])
            theirs.socket().shutdown(socket.SHUT_RDWR)
            theirs.loop_stop()

            async def offline():
                try:
                    await device.poll(now)
                except NoAnswerError as error:
                    return str(error) == "it is offline, says tele/plug/LWT"
                return False

            async with asyncio.timeout(10):
                while not await offline():  # noqa: ASYNC110 (only polling tells)
                    await asyncio.sleep(0.01)
            publish(port, "tele/plug/LWT", b"Online", retain=True)
            publish(port, "tele/plug/SENSOR", raw)
            await after(device, ["active_power_kw"])

    asyncio.run(run())


def test_a_password_is_taken_from_its_file_and_a_wrong_one_told(
    start_mosquitto, tmp_path
):
    users, secret = tmp_path / "users", tmp_path / "secret"
    users.write_text("")
    program = shutil.which("mosquitto_passwd", path=PATH)
    if program is None:
        pytest.skip("there is no mosquitto_passwd on this machine")
    subprocess.run([program, "-b", users, "gateway", "open sesame"], check=True)

    async def run():
        more = f"allow_anonymous false\npassword_file {users}\nuser root"
        with start_mosquitto(more) as port:
            who = {"username": "gateway", "password_file": secret}
            with connected(port, **who) as broker:
                with pytest.raises(LineDownError, match="cannot read the password"):
                    await broker.connect()
                secret.write_text("wrong\n")
                with pytest.raises(LineDownError, match="refuses: Not authorized"):
                    await broker.connect()
                secret.write_text("open sesame\n")
                await broker.connect()
                assert broker.is_connected

    asyncio.run(run())


def test_a_broker_that_is_away_is_told_and_found_again(start_mosquitto, until):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            await broker.connect()
            assert broker.is_connected
        with connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            with pytest.raises(LineDownError, match="cannot reach a broker at 127"):
                await broker.connect()
            with start_mosquitto(port=port):
                await broker.connect()
                raw = capture("tasmota/sensor_01.json")
                await asyncio.to_thread(publish, port, "tele/plug/SENSOR", raw)
                await after(device, ["active_power_kw"])
            await until(lambda: not broker.is_connected)

    asyncio.run(run())


def test_a_large_payload_is_refused_and_a_giant_one_never_held(start_mosquitto, until):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            await broker.connect()
            publish(port, "tele/plug/SENSOR", b"x" * 200_000)
            await until(lambda: device.refusals)
            with pytest.raises(NoAnswerError, match="200000 bytes; at most 65536"):
                await device.poll(now)
            publish(port, "tele/plug/SENSOR", b"x" * 3_000_000)
            await until(lambda: not broker.is_connected)
            with pytest.raises(LineDownError, match="sends a message of"):
                await broker.connect()
            await broker.connect()
            assert broker.is_connected

    asyncio.run(run())


def test_a_flood_is_bounded_and_the_newest_value_stays(start_mosquitto, until):
    async def run():
        with start_mosquitto() as port, connected(port) as broker:
            device = broker.device(settings("zigbee2mqtt", "z/hall", Quantity.CO2_PPM))
            await broker.connect()
            flood = [("z/hall", b'{"co2": %d}' % n, 0, False) for n in range(9001)]
            paho_publish.multiple(flood, hostname="127.0.0.1", port=port)
            found = {}
            async with asyncio.timeout(20):
                while found.get("co2_ppm") != 9000:
                    await asyncio.sleep(0.01)
                    found = await polled(device) or found

    asyncio.run(run())
