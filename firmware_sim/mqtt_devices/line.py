"""A line of MQTT devices: a broker of its own or an outside one, and who publishes."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from firmware_sim.faults import Fault
from firmware_sim.line import HOST, Ports
from firmware_sim.mqtt_devices.broker import EmbeddedBroker
from firmware_sim.mqtt_devices.client import Outside
from firmware_sim.mqtt_devices.device import SimulatedDevice, Trouble


class MqttDevices:
    """Devices by their path; each publishes every `interval_s`.

    Args:
        outside: A broker to publish to; without one, a broker is started.
    """

    def __init__(
        self,
        devices: Mapping[str, SimulatedDevice],
        outside: Outside | None = None,
        interval_s: float = 1.0,
    ) -> None:
        self.devices = dict(devices)
        self._outside = outside
        self._interval_s = interval_s
        self._own = None if outside else EmbeddedBroker()
        self._publishing: asyncio.Task[None] | None = None
        self._simulated_ms: int | None = None

    async def start(self, ports: Ports) -> None:
        """Begin to publish; after a stop, where it was before."""
        if self._own is not None:
            await self._own.start(ports)
        self._publishing = asyncio.create_task(self._publish())

    async def stop(self) -> None:
        """Take all devices and the broker away."""
        task, self._publishing = self._publishing, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for device in self.devices.values():
            device.drop()
        if self._own is not None:
            await self._own.stop()

    def address(self) -> dict[str, object]:
        """Return the line in the words of a gateway's configuration."""
        broker = self._broker()
        return {"type": "mqtt", "host": broker.host, "port": broker.port}

    def words(self, path: str) -> dict[str, Any]:
        """Return what a gateway's configuration says of a device, besides its name."""
        kind = self.devices[path].kind
        return {**kind.words(), "quantities": list(kind.spots)}

    def truth(self, path: str) -> dict[str, float]:
        """Return what a device shows now."""
        return self.devices[path].truth

    def advance(self, at_ms: int) -> None:
        """Go to an instant; until the first, time is the machine's."""
        self._simulated_ms = at_ms
        for device in self.devices.values():
            device.advance(at_ms)

    def set_faults(self, path: str, faults: Iterable[Fault | Trouble]) -> None:
        """Let a device have exactly these faults.

        Raises:
            ValueError: It knows no such fault.
        """
        self.devices[path].set_faults(faults)

    def _broker(self) -> Outside:
        if self._own is None:
            return self._outside or Outside(HOST)
        return Outside(HOST, self._own.port)

    async def _publish(self) -> None:
        while True:
            at_ms = self._simulated_ms
            for path, device in self.devices.items():
                now_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
                if at_ms is None:
                    device.advance(now_ms)
                with suppress(OSError, TimeoutError):  # it tries again next time
                    await device.publish(self._broker(), f"sim-{path}"[:64], now_ms)
            await asyncio.sleep(self._interval_s)
