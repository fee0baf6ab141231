"""XHT ultrasonic heat meter: hundredths, uint32, holding, high word first."""

from typing import Final

from firmware_sim.devices.plain import Plain
from firmware_sim.registers import Field, Layout

_AT: Final = {
    "heat_kwh": 0x0000,
    "flow_temperature_c": 0x0004,
    "return_temperature_c": 0x0006,
    "water_m3": 0x000A,
    "heat_power_kw": 0x000E,
}
_COUNTERS: Final = ("heat_kwh", "water_m3")


def bank() -> Plain:
    """Return a meter on an empty pipe."""
    fields = [
        Field(name, at, Layout.UINT32, 0.01, counter=name in _COUNTERS)
        for name, at in _AT.items()
    ]
    return Plain(fields, holding=True)
