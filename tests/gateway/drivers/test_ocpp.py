"""Charge points on the gateway's port: what is believed, refused, and survived."""

import asyncio
import json
from datetime import timedelta

import pytest

from contract.quantity import implausible
from firmware_sim.charge_point import (
    BACKWARDS_CLOCK,
    HUGE,
    STUCK,
    TRIPPED,
    TWIN,
    WRONG_MESSAGE,
    ChargePoint,
)
from firmware_sim.faults import Fault
from gateway.drivers.ocpp.central import CentralSystem
from gateway.drivers.ocpp.line import OcppLine, OcppPlace
from gateway.lines import NoAnswerError
from tests.gateway.drivers.benches.ocpp import VALUES, Bench
from tests.gateway.drivers.mangling import TELEGRAMS, mangled
from tests.gateway.drivers.ocpp_central import (
    NOW,
    central,
    run,
    talking,
    until_error,
    until_values,
)


def _is_plausible(system):
    heard = system.points["CP1"].heard.values()
    return all(
        implausible(quantity, each.sampled.value) is None
        for kept in heard
        for quantity, each in kept.items()
    )


def test_two_charge_points_with_one_id_are_not_believed():
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint("CP1", lambda _: VALUES[0], interval_s=0.1)
            point.set_faults([Fault(TWIN)])
            await point.start(url)
            await until_error(devices[0], "two charge points connect with the id CP1")
            await point.stop()

    run(scenario)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (HUGE, "messages of more than 65536 bytes"),
        (WRONG_MESSAGE, "sends what is no OCPP message"),
        (TRIPPED, "residual-current protection has tripped (GroundFailure)"),
    ],
)
def test_what_a_charge_point_has_is_named_and_ends(fault, words):
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint("CP1", lambda _: VALUES[0], interval_s=0.1)
            await point.start(url)
            await until_values(devices[0])
            point.set_faults([Fault(fault)])
            await until_error(devices[0], words)
            point.set_faults([])
            assert (await until_values(devices[0]))["active_power_kw"] == pytest.approx(
                11.04
            )
            await point.stop()

    run(scenario)


@pytest.mark.parametrize("fault", [BACKWARDS_CLOCK, STUCK])
def test_a_clock_that_runs_backwards_changes_nothing(fault):
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint("CP1", lambda _: VALUES[0], interval_s=0.1)
            point.set_faults([Fault(fault)])
            await point.start(url)
            before = NOW()
            poll = None
            async with asyncio.timeout(10):
                while poll is None or not poll.readings:
                    await asyncio.sleep(0.02)
                    try:
                        poll = await devices[0].poll(NOW)
                    except NoAnswerError:
                        continue
            assert all(before <= each.at <= NOW() for each in poll.readings)
            await point.stop()

    run(scenario)


def test_values_that_are_old_are_asked_for():
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint("CP1", lambda _: VALUES[0], interval_s=60)
            await point.start(url)
            await until_values(devices[0])
            await until_values(devices[0])
            assert ("TriggerMessage" in dict(point.received)) is True
            await point.stop()

    run(scenario)


def test_a_charge_point_that_knows_no_triggers_is_asked_once():
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint(
                "CP1", lambda _: VALUES[0], interval_s=60, knows_triggers=False
            )
            await point.start(url)
            await until_values(devices[0])
            for _ in range(20):
                await devices[0].poll(NOW)
                await asyncio.sleep(0.02)
            assert [action for action, _ in point.received] == ["TriggerMessage"]
            await point.stop()

    run(scenario)


def test_a_technician_sees_every_value_and_the_state():
    async def scenario():
        async with central() as (_, devices, url):
            point = ChargePoint("CP1", lambda _: VALUES[0], interval_s=60)
            await point.start(url)
            rows = {row.quantity: row for row in await devices[0].inspect(NOW)}
            assert rows["energy_import_kwh"].raw == "4711500 Wh"
            assert rows["current_l1_a"].register == "Current.Import L1"
            async with asyncio.timeout(5):
                while "switch" not in rows:
                    rows = {row.quantity: row for row in await devices[0].inspect(NOW)}
            assert rows["switch"].raw == "Charging"
            await point.stop()

    run(scenario)


def test_every_call_is_answered_and_transactions_are_numbered():
    async def scenario():
        async with central() as (_, _, url), talking(url) as raw:
            assert raw.subprotocol == "ocpp1.6"

            async def ask(action, **fields):
                await raw.send(json.dumps([2, action, action, fields]))
                return json.loads(await raw.recv())

            boot = await ask("BootNotification", vendorField=1)
            assert boot[2]["status"] == "Accepted"
            assert boot[2]["interval"] == 60
            assert boot[2]["currentTime"].endswith("Z")
            assert (await ask("Authorize", idTag="x" * 500))[2]["idTagInfo"] == {
                "status": "Accepted"
            }
            first = (await ask("StartTransaction", connectorId=1, meterStart=5))[2]
            second = (await ask("StartTransaction", connectorId=2, meterStart=5))[2]
            assert 0 < first["transactionId"] < second["transactionId"] < 2**31
            number = first["transactionId"]
            for action, fields in {
                "Heartbeat": {},
                "StopTransaction": {"transactionId": number, "meterStop": 9},
                "DataTransfer": {"vendorId": "x"},
                "FirmwareStatusNotification": {"status": "Idle"},
                "DiagnosticsStatusNotification": {"status": "Idle"},
            }.items():
                assert (await ask(action, **fields))[0] == 3, action
            assert (await ask("MakeCoffee"))[0] == 4

    run(scenario)


def test_mangled_messages_never_end_the_connection():
    """Nor is any value of theirs believed that no meter shows."""
    good = json.dumps(
        [
            2,
            "1",
            "MeterValues",
            {"connectorId": 1, "meterValue": [{"sampledValue": [{"value": "5"}]}]},
        ]
    ).encode()

    async def scenario():
        async with central() as (system, _, url):
            async with talking(url) as raw:
                for damaged in mangled(good, 16, TELEGRAMS // 5):
                    await raw.send(damaged.decode("utf-8", "replace"))
                await raw.send("[" * 60_000)
                await raw.send(b"\x00\xff" * 100)
                await raw.send('[2,"last","Heartbeat",{}]')
                async with asyncio.timeout(5):
                    while json.loads(await raw.recv())[1] != "last":
                        pass
            assert _is_plausible(system)

    run(scenario)


def test_a_flood_of_answers_that_nobody_asked_for_is_forgotten():
    async def scenario():
        async with central() as (system, devices, url):
            async with talking(url) as raw:
                for number in range(500):
                    await raw.send(json.dumps([3, str(number), {}]))
                await raw.send('[2,"last","Heartbeat",{}]')
                await raw.recv()
                station = system.points["CP1"].caller
                assert station._response_queue.qsize() == 0
            await until_error(devices[0], "CP1 is not connected")

    run(scenario)


def test_a_device_of_another_line_is_a_programming_error():
    settings = Bench().devices()[0]
    with pytest.raises(TypeError):
        CentralSystem(OcppLine("line"), NOW).device(
            type(settings)(settings.entry, "line", 0, timedelta(seconds=1))
        )
    assert settings.place == OcppPlace("CP1")
