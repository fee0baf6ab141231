"""A ventilation controller and a lighting controller, as buildings have them."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from firmware_sim.bacnet.points import Point, Type
from firmware_sim.bacnet_device import BacnetDevice, Fault, Values
from firmware_sim.line import HOST, Ports

_DAY_MS: Final = 86_400_000
_CELSIUS: Final = 62
_HUMIDITY: Final = 29
_PPM: Final = 96
_PERCENT: Final = 98
_LUX: Final = 37
_WATTS: Final = 47
_KWH: Final = 19


def ventilation_points() -> tuple[Point, ...]:
    """Return the objects of an air handling unit with the room it serves."""
    return (
        Point(Type.ANALOG_INPUT, 1, "temperature_c", _CELSIUS),
        Point(Type.ANALOG_INPUT, 2, "humidity_percent", _HUMIDITY),
        Point(Type.ANALOG_INPUT, 3, "co2_ppm", _PPM, increment=25),
        Point(Type.ANALOG_INPUT, 4, "flow_temperature_c", _CELSIUS),
        Point(Type.ANALOG_INPUT, 5, "active_power_kw", _WATTS, 1000.0, increment=10),
        Point(
            Type.ANALOG_VALUE,
            1,
            "setpoint_temperature_c",
            _CELSIUS,
            low=10,
            high=35,
            is_commandable=True,
        ),
        Point(Type.BINARY_INPUT, 1, "occupancy"),
        Point(Type.BINARY_OUTPUT, 1, "switch", high=1),
    )


def lighting_points() -> tuple[Point, ...]:
    """Return the objects of a controller for one circuit of lamps."""
    return (
        Point(Type.ANALOG_OUTPUT, 1, "dim_level_percent", _PERCENT, increment=1),
        Point(Type.BINARY_OUTPUT, 3, "switch", high=1),
        Point(Type.ANALOG_INPUT, 1, "illuminance_lx", _LUX, increment=10),
        Point(Type.ANALOG_INPUT, 2, "light_power_kw", _WATTS, 1000.0, increment=5),
        Point(Type.ANALOG_INPUT, 3, "energy_import_kwh", _KWH, increment=0.01),
        Point(Type.BINARY_INPUT, 1, "occupancy"),
    )


def ventilation_values(at_ms: int) -> dict[str, float]:
    """Return what the ventilation shows on any day."""
    day = 2 * math.pi * (at_ms % _DAY_MS) / _DAY_MS
    busy = max(0.0, -math.cos(day))
    return {
        "temperature_c": 21 + 1.5 * busy,
        "humidity_percent": 45 - 5 * busy,
        "co2_ppm": 420 + 600 * busy,
        "flow_temperature_c": 19 - busy,
        "active_power_kw": 0.4 + 1.8 * busy,
        "setpoint_temperature_c": 21.0 if busy else 18.0,
        "occupancy": float(busy > 0.2),
        "switch": float(busy > 0),
    }


def lighting_values(at_ms: int) -> dict[str, float]:
    """Return what the lamps show on any day."""
    day = 2 * math.pi * (at_ms % _DAY_MS) / _DAY_MS
    busy = max(0.0, -math.cos(day))
    level = round(80 * busy)
    return {
        "dim_level_percent": float(level),
        "switch": float(level > 0),
        "illuminance_lx": 20 + 5 * level,
        "light_power_kw": 0.002 + 0.006 * level,
        "energy_import_kwh": at_ms / 3_600_000_000 % 10_000,
        "occupancy": float(busy > 0.2),
    }


def ventilation(
    instance: int = 1001, values: Values = ventilation_values
) -> BacnetDevice:
    """Return a ventilation controller."""
    return BacnetDevice(instance, f"ahu-{instance}", ventilation_points(), values)


def lighting(instance: int = 1002, values: Values = lighting_values) -> BacnetDevice:
    """Return a lighting controller."""
    return BacnetDevice(instance, f"light-{instance}", lighting_points(), values)


class BacnetNetwork:
    """Controllers on one network, each on a UDP port of its own.

    Attributes:
        devices: By name; two may have one instance, which is a fault of its own.
    """

    def __init__(self, devices: Mapping[str, BacnetDevice] | None = None) -> None:
        if devices is None:
            devices = {"ahu": ventilation(), "light": lighting()}
        self.devices = dict(devices)
        self._ports: dict[str, int] = {}

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, on the ports of before."""
        for name, device in self.devices.items():
            await device.start(HOST, self._ports.get(name) or ports.take())
            self._ports[name] = device.address[1]

    async def stop(self) -> None:
        """Take every port away."""
        for device in self.devices.values():
            await device.stop()

    def address(self) -> dict[str, object]:
        """Return the line in the words of a gateway's configuration.

        The gateway takes any free port of its own.
        """
        return {
            "type": "bacnet",
            "address": f"{HOST}/8",
            "port": 0,
            "device_instance": 4_000_000,
        }

    def device_address(self, name: str) -> dict[str, object]:
        """Return where a device is and its objects, in those words, too."""
        device = self.devices[name]
        return {
            "address": f"{HOST}:{self._ports[name]}",
            "instance": device.instance,
            "objects": {
                point.quantity: f"{point.kind.name.lower().replace('_', '-')},{number}"
                for (_, number), point in device.database.points.items()
            },
        }

    def ranges(self, name: str) -> dict[str, tuple[float, float]]:
        """Return between what each quantity of a device may be written."""
        return {
            point.quantity: (point.low, point.high)
            for point in self.devices[name].database.points.values()
            if point.is_commandable
        }

    @property
    def truth(self) -> dict[str, dict[str, float]]:
        """What each device shows now, as quantity and value."""
        return {name: device.truth for name, device in self.devices.items()}

    def set_faults(self, name: str, faults: Sequence[Fault]) -> None:
        """Let a device have exactly `faults` from now on."""
        self.devices[name].set_faults(faults)
