"""Devices behind a real broker: mosquitto, and recorded messages published to it."""

import asyncio
import socket

import pytest
from paho.mqtt import publish as paho_publish
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from contract.quantity import Quantity
from gateway.lines import LineDownError, NoAnswerError
from tests.gateway.drivers.captures import capture
from tests.gateway.drivers.mosquitto import (
    PLUG,
    after,
    connected,
    mosquitto,
    now,
    polled,
    publish,
    settings,
)
from tests.gateway.drivers.test_mqtt_payloads import SHELLY_NOTIFIED


def test_recorded_messages_become_readings(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
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


def test_a_retained_value_counts_only_with_a_recent_instant_of_its_own(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
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


def test_a_last_will_makes_a_device_silent_until_it_speaks_again(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
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


def test_a_broker_that_is_away_is_told_and_found_again(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            await broker.connect()
            assert broker.is_connected
        with connected(port) as broker:
            device = broker.device(settings("tasmota", "plug", *PLUG))
            with pytest.raises(LineDownError, match="cannot reach a broker at 127"):
                await broker.connect()
            with mosquitto(tmp_path, port=port):
                await broker.connect()
                raw = capture("tasmota/sensor_01.json")
                await asyncio.to_thread(publish, port, "tele/plug/SENSOR", raw)
                await after(device, ["active_power_kw"])
            await until(lambda: not broker.is_connected)

    asyncio.run(run())


def test_a_large_payload_is_refused_and_a_giant_one_never_held(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
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


def test_a_flood_is_bounded_and_the_newest_value_stays(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
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


def test_one_bad_topic_is_told_although_others_are_well(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
            device = broker.device(settings("shelly1", "shellies/em", *PLUG))
            await broker.connect()
            publish(port, "shellies/em/relay/0/energy", b"n/a")
            publish(port, "shellies/em/relay/0/power", b"37.60")
            await after(device, ["active_power_kw"])
            poll = await device.poll(now)
            assert poll.refused == ["relay/0/energy: 'n/a' is no number"]
            publish(port, "shellies/em/relay/0/energy", b"90000")
            await after(device, ["energy_import_kwh"])
            assert (await device.poll(now)).refused == []

    asyncio.run(run())


def test_two_parts_of_one_device_are_not_mixed_up(tmp_path, until):
    async def run():
        with mosquitto(tmp_path) as port, connected(port) as broker:
            both = broker.device(settings("shelly1", "shellies/em", *PLUG))
            second = settings("shelly1", "shellies/em", *PLUG, name="b", channel="1")
            one = broker.device(second)
            await broker.connect()
            for channel, power in ((0, b"100"), (1, b"200")):
                topic = f"shellies/em/emeter/{channel}/power"
                publish(port, topic, power, retain=True)
            assert await after(one, ["active_power_kw"]) == {"active_power_kw": 0.2}
            poll = await both.poll(now)
            assert poll.readings == []
            assert poll.refused == ["active_power_kw: of 0 and 1; set channel"]

    asyncio.run(run())
