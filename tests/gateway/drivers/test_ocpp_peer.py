"""An independent charge point, the `ocpp` library's own, agrees with the gateway."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from websockets.exceptions import ConnectionClosed

from contract.quantity import Quantity
from gateway.drivers.ocpp.line import OcppPlace
from gateway.lines import DeviceError
from gateway.writers.ocpp import OcppWriter
from tests.gateway.drivers.ocpp_central import (
    NOW,
    central,
    run,
    talking,
    until_error,
    until_values,
)

LIMIT = Quantity.CURRENT_LIMIT_A


def _now():
    return datetime.now(UTC).isoformat()


class Peer(ChargePoint):
    """Checks every message of the gateway against the standard's schemas."""

    def __init__(self, socket):
        super().__init__("CP1", socket, response_timeout=5)
        self.triggered, self.profile, self.composite = [], None, "Accepted"

    @on("SetChargingProfile")
    async def on_profile(self, connector_id, cs_charging_profiles):
        self.profile = {"connector": connector_id, **cs_charging_profiles}
        return call_result.SetChargingProfile("Accepted")

    @on("ClearChargingProfile")
    async def on_clear(self, id):  # noqa: A002
        is_mine = self.profile and self.profile["charging_profile_id"] == id
        self.profile = None
        return call_result.ClearChargingProfile("Accepted" if is_mine else "Unknown")

    @on("GetCompositeSchedule")
    async def on_schedule(self, connector_id, duration, charging_rate_unit):
        if self.composite != "Accepted" or self.profile is None:
            return call_result.GetCompositeSchedule("Rejected")
        schedule = self.profile["charging_schedule"]
        [period] = schedule["charging_schedule_period"]
        return call_result.GetCompositeSchedule(
            "Accepted",
            connector_id,
            schedule["start_schedule"],
            {
                "duration": duration,
                "charging_rate_unit": charging_rate_unit,
                "charging_schedule_period": [
                    {"start_period": 0, "limit": float(period["limit"])}
                ],
            },
        )

    @on("TriggerMessage")
    async def on_trigger(self, **fields):
        self.triggered.append(fields)
        return call_result.TriggerMessage("Accepted")

    async def measured(self, *samples):
        await self.call(
            call.MeterValues(
                connector_id=1,
                meter_value=[{"timestamp": _now(), "sampled_value": [*samples]}],
            ),
            suppress=False,
        )


@asynccontextmanager
async def peer():
    async with central() as (system, devices, url), talking(url) as socket:
        point = Peer(socket)
        point.central = system
        serving = asyncio.create_task(point.start())
        try:
            yield point, devices[0]
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def test_the_librarys_charge_point_is_understood_word_for_word():
    async def scenario():
        async with peer() as (point, device):
            booted = await point.call(
                call.BootNotification("Model", "Vendor"), suppress=False
            )
            assert (booted.status, booted.interval) == ("Accepted", 60)
            await point.call(call.Heartbeat(), suppress=False)
            tag = await point.call(call.Authorize("04A2"), suppress=False)
            assert tag.id_tag_info == {"status": "Accepted"}
            started = await point.call(
                call.StartTransaction(1, "04A2", 1_000_000, "2025-03-03T14:00:00Z"),
                suppress=False,
            )
            assert await until_values(device, 1) == {"energy_import_kwh": 1000}
            await point.call(
                call.StatusNotification(1, "NoError", "Charging"), suppress=False
            )
            await point.measured(
                {"value": "1001500", "unit": "Wh"},
                {
                    "value": "7.36",
                    "measurand": "Power.Active.Import",
                    "unit": "kW",
                    "context": "Sample.Clock",
                },
                {
                    "value": "15.9",
                    "measurand": "Current.Import",
                    "phase": "L1",
                    "unit": "A",
                },
                {"value": "41", "measurand": "SoC", "unit": "Percent"},
            )
            assert await until_values(device, 5) == {
                "energy_import_kwh": pytest.approx(1001.5),
                "active_power_kw": pytest.approx(7.36),
                "current_l1_a": 15.9,
                "state_of_charge_percent": 41,
                "switch": 1,
            }
            await point.call(
                call.StopTransaction(
                    1_002_000, "2025-03-03T15:00:00Z", started.transaction_id
                ),
                suppress=False,
            )
            ended = await until_values(device, 2)
            assert ended == {"energy_import_kwh": 1002, "switch": 1}

    run(scenario)


def test_a_fault_of_the_librarys_charge_point_is_told():
    async def scenario():
        async with peer() as (point, device):
            await point.call(
                call.StatusNotification(1, "OverCurrentFailure", "Faulted"),
                suppress=False,
            )
            await until_error(device, "its over-current protection has tripped")

    run(scenario)


def test_the_librarys_charge_point_is_asked_for_values_when_they_are_old():
    async def scenario():
        async with peer() as (point, device):
            async with asyncio.timeout(5):
                while not point.triggered:
                    await _polled(device)
            assert point.triggered[0] == {
                "requested_message": "MeterValues",
                "connector_id": 1,
            }

    run(scenario)


@pytest.mark.parametrize("unit", ["A", "W"])
@pytest.mark.parametrize("composite", ["Accepted", "Rejected"])
def test_the_librarys_charge_point_takes_and_shows_a_limit(unit, composite):
    async def scenario():
        async with peer() as (point, _):
            point.composite = composite
            writer = OcppWriter(point.central, OcppPlace("CP1", 1, unit, 1))
            assert await writer.read_back() == {}
            await writer.hold({LIMIT: 13.0}, timedelta(minutes=10))
            schedule = point.profile["charging_schedule"]
            [period] = schedule["charging_schedule_period"]
            assert period["limit"] == {"A": 13, "W": 2990}[unit]
            assert (schedule["duration"], point.profile["connector"]) == (600, 1)
            assert await writer.read_back() == {LIMIT: 13}
            assert await writer.release({}) == {}
            assert await writer.read_back() == {}
            await writer.release({})  # it is gone already, which is as well

    run(scenario)


def test_the_librarys_charge_point_reconnects_at_once():
    async def scenario():
        async with central() as (_, devices, url):
            for _ in range(3):
                async with talking(url) as socket:
                    point = Peer(socket)
                    serving = asyncio.create_task(point.start())
                    await point.measured({"value": "5000"})
                    assert await until_values(devices[0], 1)
                await asyncio.wait([serving])
                assert isinstance(serving.exception(), ConnectionClosed)
            await until_error(devices[0], "CP1 is not connected")

    run(scenario)


async def _polled(device):
    with suppress(DeviceError):
        await device.poll(NOW)
    await asyncio.sleep(0.02)
