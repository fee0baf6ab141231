"""What devices show through a day, by kind: {quantity: value}, a step each minute."""

import math
from collections.abc import Callable, Collection
from typing import Final

from firmware_sim.electrical import supply
from firmware_sim.load import MeteredLoad, RoofSolar
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.spec import DeviceSpec

Values = Callable[[int], dict[str, float]]
"""What a device shows at an instant. [ms]"""

_SEED: Final = 7
_STEP_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_SINCE_MS: Final = 1_735_689_600_000  # 2025: counters begin here


def steady(device: DeviceSpec, clock: Clock, profile: Values) -> Values:
    """Return `profile` by the scenario's clock, with the device's own fixed values.

    Every quantity keeps its value for a whole minute, whatever instant is asked for.
    """

    def values(_at_ms: int) -> dict[str, float]:
        at_ms = clock() // _STEP_MS * _STEP_MS
        return {**profile(at_ms), **device.values}

    return values


def busy(at_ms: int) -> float:
    """Return how much goes on in a building, 0 at night to 1 at noon."""
    return max(0.0, -math.cos(2 * math.pi * (at_ms % _DAY_MS) / _DAY_MS))


def counted(at_ms: int, per_hour: float, digits: int = 3) -> float:
    """Return a counter that runs at one pace."""
    return round((at_ms - _SINCE_MS) / _HOUR_MS * per_hour, digits)


def electric(key: int, largest_kw: float) -> Values:
    """Return a load of three phases and its counters."""
    load = MeteredLoad(key, largest_kw=largest_kw)

    def values(at_ms: int) -> dict[str, float]:
        power_kw = round(load.drawn_kw(at_ms // _STEP_MS), 3)
        grid = supply(_SEED, key, at_ms // _STEP_MS)
        shown = {
            "active_power_kw": power_kw,
            "voltage_v": round(grid.voltage_v[0], 1),
            "current_a": round(grid.single(power_kw).current_a, 2),
            "apparent_power_kva": round(grid.single(power_kw).apparent_kva, 3),
            "reactive_power_kvar": round(grid.single(power_kw).reactive_kvar, 3),
            "power_factor": round(grid.power_factor, 2),
            "frequency_hz": round(grid.frequency_hz, 2),
            "energy_import_kwh": counted(at_ms, largest_kw / 2),
            "energy_export_kwh": 0.0,
        }
        for number, phase in enumerate(grid.three(power_kw), 1):
            shown[f"voltage_l{number}_v"] = round(phase.voltage_v, 1)
            shown[f"current_l{number}_a"] = round(phase.current_a, 2)
            shown[f"active_power_l{number}_kw"] = round(phase.power_kw, 3)
        return shown

    return values


def solar(key: int, largest_kw: float) -> Values:
    """Return a roof that produces; power and counter."""
    roof = RoofSolar(key, largest_kw=largest_kw)
    return lambda at_ms: {
        "generated_power_kw": round(roof.drawn_kw(at_ms // _STEP_MS), 3),
        "energy_generated_kwh": counted(at_ms, largest_kw / 8),
    }


def heat(at_ms: int) -> dict[str, float]:
    """Return a heat meter."""
    power_kw = round(8 + 30 * busy(at_ms), 1)
    return {
        "heat_kwh": float(int(counted(at_ms, 15))),
        "heat_power_kw": power_kw,
        "volume_flow_m3_h": round(power_kw / 1.163 / 20, 3),
        "flow_temperature_c": round(55 + 10 * busy(at_ms), 1),
        "return_temperature_c": round(35 + 10 * busy(at_ms), 1),
    }


def water(at_ms: int) -> dict[str, float]:
    """Return a water meter."""
    return {"water_m3": counted(at_ms, 0.12)}


def gas(at_ms: int) -> dict[str, float]:
    """Return a gas meter."""
    return {"gas_m3": counted(at_ms, 0.4)}


def climate(at_ms: int) -> dict[str, float]:
    """Return a room's air and whether somebody is in it."""
    level = busy(at_ms)
    return {
        "temperature_c": round(20.5 + 2 * level, 1),
        "humidity_percent": round(45 - 5 * level, 1),
        "co2_ppm": float(round(420 + 600 * level)),
        "occupancy": float(level > 0.2),
        "illuminance_lx": float(round(20 + 400 * level)),
    }


def weather(at_ms: int) -> dict[str, float]:
    """Return a weather station on the roof."""
    level = busy(at_ms)
    return {
        "temperature_c": round(9 + 9 * level, 1),
        "humidity_percent": round(80 - 30 * level, 1),
        "pressure_hpa": 1013.2,
        "wind_speed_m_s": round(3 + 4 * level, 1),
        "wind_direction_deg": 225.0,
        "irradiance_w_m2": float(round(800 * level)),
        "illuminance_lx": float(round(60_000 * level)),
        "rain_mm": counted(at_ms, 0.09, 1),
    }


def store(at_ms: int) -> dict[str, float]:
    """Return a thermal store."""
    level = busy(at_ms)
    return {
        "store_top_temperature_c": round(72 - 8 * level, 1),
        "store_bottom_temperature_c": round(45 - 5 * level, 1),
        "state_of_charge_percent": round(80 - 30 * level, 1),
        "heat_power_kw": round(12 * level, 1),
    }


def wind(at_ms: int) -> dict[str, float]:
    """Return a small wind turbine."""
    speed = weather(at_ms)["wind_speed_m_s"]
    return {
        "generated_power_kw": round(0.02 * speed**3, 2),
        "energy_generated_kwh": counted(at_ms, 2.5),
        "wind_speed_m_s": speed,
    }


def battery(at_ms: int) -> dict[str, float]:
    """Return a battery bank: it charges at noon. Discharging is positive."""
    return {
        "state_of_charge_percent": round(40 + 50 * busy(at_ms), 1),
        "active_power_kw": round(2 - 6 * busy(at_ms), 2),
        "voltage_v": 411.5,
        "temperature_c": 23.5,
    }


def listed(key: int, names: Collection[str]) -> Values:
    """Return something plausible for each quantity that any profile has."""
    profiles = (
        *(store, battery, wind, water, gas, weather, climate, heat),
        *(solar(key, 50.0), electric(key, 3.0)),
    )

    def values(at_ms: int) -> dict[str, float]:
        known: dict[str, float] = {"switch": 1.0, "current_limit_a": 16.0}
        known["dim_level_percent"] = float(round(80 * busy(at_ms)))
        for profile in profiles:
            known |= profile(at_ms)
        return {name: known[name] for name in names if name in known}

    return values
