"""Whole buildings of simulated devices, read by one real gateway."""

import asyncio
import os
import re

import pytest

from tests.e2e.scenarios import building

NOON = "2026-01-14T11:00"
ONLINE_WITHIN_S = 30
NASTY_S = 600 if os.environ.get("SIZE") == "release" else 30
LONGEST_GAP_MS = 20_000
PROGRAMMERS_WORDS = ("Traceback", "Error(", "Exception", "internal error", "object at")

NAMED = {
    "dead": "no answer",
    "garbage": "only part of an answer|not Modbus",
    "foreign": "late answer",
    "refusing": "code 4|fail",
    "short": "registers came",
    "floor-1/checksum": "checksum",
    "floor-1/half": "only part of an answer",
    "floor-1/twins": "checksum",
    "floor-1/stranger": "unit",
    "dead-light": "no answer|answer",
    "garbage-light": "answer",
    "mistaken-light": "object|answer",
    "blind-light": "sensor",
    "floor-3/dead-plug": "offline|message|silent",
    "floor-3/garbage-plug": "JSON|text|message",
    "floor-3/prose-plug": "JSON|number",
    "floor-3/half-plug": "JSON",
    "floor-3/huge-plug": "large|bytes|long",
    "floor-3/dead-board": "post",
    "floor-3/garbage-board": "JSON|text",
    "floor-3/half-board": "JSON",
    "floor-3/nan-plug": "number|value|message",
}
"""What status says of each bad device, as a technician has to understand it."""

UNSEEN = ("floor-1/stuck", "floor-1/slow", "backwards")
"""Their values are sound ones, as far as anybody can know."""

ROUNDED = {"energy_import_kwh": 0.06, "energy_generated_kwh": 0.06}
"""How far SunSpec's and other registers round what the simulator counts."""

pytestmark = pytest.mark.e2e


def run(scenario, within_s):
    async def in_time():
        async with asyncio.timeout(within_s):
            await scenario()

    asyncio.run(in_time())


def test_every_device_of_the_mixed_building_is_online_and_tells_the_truth(tmp_path):
    async def scenario():
        async with building(tmp_path, "mixed", "--at", NOON) as house:
            loop, status = asyncio.get_running_loop(), {}
            truth = await house.truth()
            while not status or any(
                row["state"] != "online" for row in status.values()
            ):
                late = loop.time() - house.began > ONLINE_WITHIN_S
                assert not late, {
                    path: (row["state"], row["error"])
                    for path, row in status.items()
                    if row["state"] != "online"
                }
                await asyncio.sleep(0.5)
                status = await house.status()
            assert status.keys() == truth.keys()
            complaints = {path: row["error"] for path, row in status.items()}
            assert not any(complaints.values()), complaints
            await house.receiver.until(
                lambda: all(house.readings(path) for path in truth)
            )
            await asyncio.sleep(10)
            wrong = {
                f"{path}/{quantity}": (set(values.values()), told["values"])
                for path, told in truth.items()
                for quantity, values in house.readings(path).items()
                if not all(
                    is_true(quantity, value, told["values"])
                    for value in values.values()
                )
            }
            assert not wrong

    run(scenario, 110)


@pytest.mark.timeout(NASTY_S + 120)
def test_whoever_misbehaves_is_named_and_the_others_do_not_notice(tmp_path):
    async def scenario():
        async with building(tmp_path, "nasty") as house:
            loop = asyncio.get_running_loop()
            while loop.time() - house.began < NASTY_S:
                assert house.process.returncode is None
                await asyncio.sleep(1)
            truth, status = await house.truth(), await house.status()
            assert status.keys() == truth.keys()
            bad = {path for path, told in truth.items() if told["faults"]}
            assert bad == NAMED.keys() | {*UNSEEN, "floor-2/flapping"}
            errors = {path: row["error"] for path, row in status.items()}
            unnamed = {
                path: errors[path]
                for path, words in NAMED.items()
                if not re.search(words, errors[path])
                or any(word in errors[path] for word in PROGRAMMERS_WORDS)
            }
            assert not unnamed
            assert not [path for path in NAMED if house.readings(path)]
            good = truth.keys() - NAMED.keys() - {"floor-2/flapping"}
            disturbed = {
                path: (status[path], gap_ms(house.readings(path)))
                for path in good
                if status[path]["state"] != "online"
                or errors[path]
                or gap_ms(house.readings(path)) > LONGEST_GAP_MS
            }
            assert not disturbed
            assert house.readings("floor-2/flapping")

    run(scenario, NASTY_S + 100)


def is_true(quantity, value, truth):
    return quantity in truth and value == pytest.approx(
        truth[quantity], rel=1e-3, abs=ROUNDED.get(quantity, 0.006)
    )


def gap_ms(readings):
    """Return the longest time between two readings of one quantity."""
    assert readings
    return max(
        later - earlier
        for values in readings.values()
        for earlier, later in zip(
            sorted(values), [*sorted(values)[1:], max(values)], strict=True
        )
    )
