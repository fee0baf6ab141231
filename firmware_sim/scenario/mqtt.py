"""Devices of a scenario that publish by MQTT, and the broker they publish to."""

from collections.abc import Callable, Mapping
from typing import Final

from firmware_sim.mqtt_devices.announced import DiscoveredSensor, WeatherStation
from firmware_sim.mqtt_devices.device import SimulatedDevice
from firmware_sim.mqtt_devices.kinds import (
    SHELLY_1PM,
    SHELLY_PRO_3EM,
    EspHomeNode,
    Kind,
    Shelly1,
    Shelly2,
    TasmotaPlug,
    ZigbeeClimate,
)
from firmware_sim.mqtt_devices.line import MqttDevices
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import Values, steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

_INTERVAL_S: Final = 2.0
_TIMEOUT_S: Final = 10.0


def _plug(key: int) -> Values:
    return profiles.electric(key, 0.5)


def _house(key: int) -> Values:
    return profiles.electric(key, 9.0)


_Make = Callable[[str], Kind]
_Profile = Callable[[int], Values]

_KINDS: Final[Mapping[str, tuple[str, _Make, _Profile]]] = {
    "tasmota_plug": ("", TasmotaPlug, _plug),
    "shelly_1pm": ("shellies/", lambda topic: Shelly1(topic, SHELLY_1PM), _plug),
    "shelly_pro_3em": ("", lambda topic: Shelly2(topic, SHELLY_PRO_3EM), _house),
    "esphome_meter": ("", EspHomeNode, _plug),
    "zigbee_climate": ("zigbee2mqtt/", ZigbeeClimate, lambda _: profiles.climate),
    "homeassistant_sensor": (
        "sensors/",
        DiscoveredSensor,
        lambda _: profiles.weather,
    ),
    "json_weather_station": ("stations/", WeatherStation, lambda _: profiles.weather),
}
"""Before the name of its topic, what it publishes, and what it measures."""


class MqttPart(MqttDevices):
    """A broker and who publishes there.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        devices = {device.path: _device(device, clock) for device in line.devices}
        super().__init__(devices, interval_s=_INTERVAL_S)
        self._options = dict(line.options)

    def address(self) -> dict[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return super().address() | self._options

    def words(self, path: str) -> dict[str, object]:
        """Return what a gateway's configuration says of a device, besides its name."""
        kind = self.devices[path].kind
        meters = "energy_import_kwh" in kind.spots
        role = {"role": "sub" if meters else "sensor", "timeout_s": _TIMEOUT_S}
        return role | super().words(path)


def _device(device: DeviceSpec, clock: Clock) -> SimulatedDevice:
    if device.kind not in _KINDS:
        raise ScenarioError(
            f"devices: {device.path}: nobody plays kind {device.kind!r};"
            f" by MQTT there are {', '.join(_KINDS)}"
        )
    prefix, make, profile = _KINDS[device.kind]
    usual = prefix + device.path.replace("/", "-")
    kind = make(str(device.options.get("topic", usual)))
    return SimulatedDevice(kind, steady(device, clock, profile(device.key)))
