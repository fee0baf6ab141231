"""A real MQTT broker, and behind it as much of ThingsBoard as its gateway asks for."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.row import SkippedError

_TELEMETRY: Final = "v1/gateway/telemetry"
_ASKED: Final = "v1/devices/me/rpc/request/"
_ANSWERED: Final = "v1/devices/me/rpc/response/"
_LIMITS: Final = {"maxPayloadSize": 65_536, "rateLimits": {}, "gatewayRateLimits": {}}
_READY_WITHIN_S: Final = 5.0


class Platform:
    """Counts what a ThingsBoard gateway publishes, and tells it that it has no limits.

    Attributes:
        values: Datapoints that arrived.
        devices: Names of the devices they are of.
    """

    def __init__(self, port: int) -> None:
        self.values, self.devices = 0, set[str]()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.subscribe([(_TELEMETRY, 1), (_ASKED + "+", 1)])
        self._client.loop_start()

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, client: Client, _: Any, message: MQTTMessage) -> None:
        if message.topic.startswith(_ASKED):
            number = message.topic.removeprefix(_ASKED)
            client.publish(_ANSWERED + number, json.dumps(_LIMITS), qos=1)
            return
        for device, records in json.loads(message.payload).items():
            self.devices.add(device)
            self.values += sum(len(record["values"]) for record in records)


@contextmanager
def broker(here: Path) -> Iterator[int]:
    """Run mosquitto on a free port of the loopback and yield the port."""
    program = shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin:/usr/bin")
    if program is None:
        raise SkippedError("there is no mosquitto on this machine")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = here / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    with (
        (here / "mosquitto.log").open("wb") as log,
        subprocess.Popen([program, "-c", str(config)], stderr=log) as process,
    ):
        try:
            _await_port(port)
            yield port
        finally:
            process.terminate()


def _await_port(port: int) -> None:
    end_s = time.monotonic() + _READY_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.05)
        else:
            return
