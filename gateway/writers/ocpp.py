"""Limits into charge points: charging profiles that end with their lease."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from ocpp.v16 import call
from ocpp.v16.enums import ChargingRateUnitType

from contract.quantity import Quantity
from gateway.drivers.ocpp.central import CentralSystem
from gateway.drivers.ocpp.line import OcppPlace
from gateway.lines import DeviceError

_PROFILE: Final = 1886
"""Number of the one profile that the gateway puts into a connector."""

_VOLTS: Final = 230.0
_LOOK_AHEAD_S: Final = 60
_REFUSALS: Final = {
    "Rejected": "the charge point refuses the limit",
    "NotSupported": "the charge point knows no charging profiles",
}


class OcppWriter:
    """The current limit of one connector."""

    def __init__(self, central: CentralSystem, place: OcppPlace) -> None:
        self._central, self._place = central, place
        self._accepted: dict[Quantity, float] = {}

    async def hold(self, values: Mapping[Quantity, float], lease: timedelta) -> None:
        """Set a profile that is over with the lease."""
        limit = values[Quantity.CURRENT_LIMIT_A]
        question = call.SetChargingProfile(
            self._place.connector, self._profile(limit, lease)
        )
        status = await self._status(question)
        if status != "Accepted":
            raise DeviceError(_REFUSALS.get(status, _REFUSALS["NotSupported"]))
        self._accepted = {Quantity.CURRENT_LIMIT_A: limit}

    async def release(self, back: Mapping[Quantity, float]) -> Mapping[Quantity, float]:
        """Clear the profile; what then holds is the charge point's own affair."""
        del back
        status = await self._status(call.ClearChargingProfile(id=_PROFILE))
        if status not in ("Accepted", "Unknown"):
            raise DeviceError("the charge point does not clear the limit")
        self._accepted = {}
        return {}

    async def read_back(self) -> Mapping[Quantity, float]:
        """Return the limit in its composite schedule.

        A charge point need not show one; then what it accepted counts.
        """
        place = self._place
        question = call.GetCompositeSchedule(
            place.connector, _LOOK_AHEAD_S, ChargingRateUnitType(place.rate_unit)
        )
        answer = await self._central.caller(place.charge_point).ask(question)
        schedule = getattr(answer, "charging_schedule", None)
        if getattr(answer, "status", "") != "Accepted" or not schedule:
            return self._accepted
        limit = _first_limit(schedule)
        if limit is None:
            return {}
        unit = schedule.get("charging_rate_unit")
        return {Quantity.CURRENT_LIMIT_A: limit / self._per_ampere(unit)}

    async def _status(self, question: object) -> str:
        answer = await self._central.caller(self._place.charge_point).ask(question)
        return str(getattr(answer, "status", "NotSupported"))

    def _profile(self, limit: float, lease: timedelta) -> dict[str, object]:
        place = self._place
        in_unit = round(limit * self._per_ampere(place.rate_unit), 1)
        period = {
            "start_period": 0,
            "limit": in_unit,
            "number_phases": place.phases,
        }
        return {
            "charging_profile_id": _PROFILE,
            "stack_level": 0,
            "charging_profile_purpose": place.profile,
            "charging_profile_kind": "Absolute",
            "charging_schedule": {
                "duration": -(-lease // timedelta(seconds=1)),
                "start_schedule": f"{self._central.now():%Y-%m-%dT%H:%M:%S}Z",
                "charging_rate_unit": place.rate_unit,
                "charging_schedule_period": [period],
            },
        }

    def _per_ampere(self, unit: object) -> float:
        return _VOLTS * self._place.phases if unit == "W" else 1.0


def _first_limit(schedule: object) -> float | None:
    match schedule:
        case {"charging_schedule_period": [{"limit": limit}, *_]}:
            return float(limit)
    return None
