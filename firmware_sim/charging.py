"""What a charge point's meter and its charging profiles come to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

_VOLTS: Final = 230.0
_PHASES: Final = ("l1", "l2", "l3")
_LEAST_A: Final = 6.0
"""Below this a car does not charge at all (IEC 61851)."""

_MEASURANDS: Final[Mapping[str, tuple[str, str, float]]] = {
    "energy_import_kwh": ("Energy.Active.Import.Register", "Wh", 1000),
    "energy_export_kwh": ("Energy.Active.Export.Register", "Wh", 1000),
    "active_power_kw": ("Power.Active.Import", "W", 1000),
    "reactive_power_kvar": ("Power.Reactive.Import", "var", 1000),
    "power_factor": ("Power.Factor", "", 1),
    "current_a": ("Current.Import", "A", 1),
    "voltage_v": ("Voltage", "V", 1),
    "frequency_hz": ("Frequency", "", 1),
    "state_of_charge_percent": ("SoC", "Percent", 1),
    "temperature_c": ("Temperature", "Celsius", 1),
}
_ON_EACH_PHASE: Final = ("active_power_{}_kw", "current_{}_a", "voltage_{}_v")
_LIMITED: Final = ("power_kw", "power_l1_kw", "power_l2_kw", "power_l3_kw")


@dataclass(slots=True)
class Limits:
    """The charging profiles in force, by their number; the strictest counts."""

    profiles: dict[int, Mapping[str, object]] = field(default_factory=dict)

    def set(self, profile: Mapping[str, object], at_ms: int) -> str:
        """Take a profile over; return the status to answer with."""
        number = cast(int, profile["chargingProfileId"])
        if profile["chargingProfileKind"] != "Absolute":
            return "Rejected"
        self.profiles[number] = profile
        return "Accepted" if self.amperes(at_ms) < math.inf else "Rejected"

    def clear(self, number: object) -> str:
        """Forget a profile, or all; return the status to answer with."""
        if number is None:
            self.profiles.clear()
            return "Accepted"
        found = self.profiles.pop(cast(int, number), None)
        return "Unknown" if found is None else "Accepted"

    def amperes(self, at_ms: int) -> float:
        """Return the limit in force. [A]."""
        return min(
            (_amperes(each, at_ms) for each in self.profiles.values()),
            default=math.inf,
        )

    def composite(self, fields: Mapping[str, object], at_ms: int) -> dict[str, object]:
        """Return the answer to GetCompositeSchedule."""
        limit = min(self.amperes(at_ms), 32.0)
        unit = fields.get("chargingRateUnit", "A")
        in_unit = limit * 3 * _VOLTS if unit == "W" else limit
        return {
            "status": "Accepted",
            "connectorId": fields["connectorId"],
            "chargingSchedule": {
                "duration": fields["duration"],
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": round(in_unit, 1)}
                ],
            },
        }


def limited(values: Mapping[str, float], amperes: float) -> dict[str, float]:
    """Return what the meter shows when each phase may take `amperes`."""
    shown = dict(values)
    currents = [name for name in shown if name.startswith("current_")]
    drawn_a = max((shown[name] for name in currents), default=0.0)
    if not currents:
        drawn_a = shown.get("active_power_kw", 0.0) * 1000 / _VOLTS / len(_PHASES)
    if drawn_a <= amperes or drawn_a == 0:
        return shown
    part = 0.0 if amperes < _LEAST_A else amperes / drawn_a
    return {
        name: round(value * part, 3)
        if name in currents or name.removeprefix("active_") in _LIMITED
        else value
        for name, value in shown.items()
    }


def samples(values: Mapping[str, float]) -> list[dict[str, str]]:
    """Return the values as `sampledValue` has them."""
    sampled = []
    for name, value in values.items():
        quantity, phase = _phase_of(name)
        if quantity not in _MEASURANDS:
            continue
        measurand, unit, factor = _MEASURANDS[quantity]
        sample = {"value": f"{value * factor:.6g}", "measurand": measurand}
        if measurand.startswith("Energy"):
            sample["value"] = str(round(value * factor))
        if unit:
            sample["unit"] = unit
        if phase:
            sample["phase"] = f"{phase}-N" if quantity == "voltage_v" else phase
        sampled.append(sample)
    return sampled


def _phase_of(name: str) -> tuple[str, str]:
    """Return a quantity without its phase, and the phase."""
    for phase in _PHASES:
        for each in _ON_EACH_PHASE:
            if name == each.format(phase):
                return each.replace("_{}", ""), phase.upper()
    return name, ""


def _amperes(profile: Mapping[str, object], at_ms: int) -> float:
    schedule = cast(Mapping[str, object], profile["chargingSchedule"])
    start = datetime.fromisoformat(cast(str, schedule["startSchedule"]))
    since_s = at_ms / 1000 - start.timestamp()
    duration = cast(float, schedule.get("duration", math.inf))
    if not 0 <= since_s < duration:
        return math.inf
    periods = cast(list[Mapping[str, float]], schedule["chargingSchedulePeriod"])
    begun = [each for each in periods if each["startPeriod"] <= since_s]
    limit = begun[-1]["limit"] if begun else math.inf
    if schedule["chargingRateUnit"] == "W":
        return limit / _VOLTS / periods[0].get("numberPhases", 3)
    return limit
