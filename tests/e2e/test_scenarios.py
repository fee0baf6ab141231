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
    "blind-light": "no sensor",
    "checksum-water": "no frame|checksum",
    "dead": "no answer",
    "dead-heat": "no answer",
    "dead-light": "no answer",
    "dead-shop": "no answer",
    "floor-1/checksum": "checksum is wrong",
    "floor-1/half": "only part of an answer",
    "floor-1/stranger": "unit . answered in its place",
    "floor-1/twins": "checksum is wrong",
    "floor-3/dead-board": "no post came",
    "floor-3/dead-plug": "offline|no message came",
    "floor-3/garbage-board": "body is no JSON",
    "floor-3/garbage-plug": "not UTF-8 text",
    "floor-3/half-board": "body is no JSON",
    "floor-3/half-plug": "not JSON",
    "floor-3/huge-plug": "at most 65536",
    "floor-3/nan-plug": "not a number",
    "floor-3/prose-plug": "not JSON: 'sensor fault",
    "floor-4/broken-optical": "wrong checksum",
    "floor-4/checksum": "wrong checksum",
    "floor-4/dead": "no telegram came",
    "floor-4/garbage-oven": "not UTF-8 text|no line of",
    "floor-4/half": "only parts of telegrams",
    "foreign": "late answer",
    "garage/dead-charger": "is not connected",
    "garage/garbage-charger": "no OCPP message",
    "garage/huge-charger": "more than 65536 bytes",
    "garage/twin-charger": "two charge points",
    "garage/wrong-charger": "no OCPP message|cannot be understood",
    "garbage": "only part of an answer|not Modbus",
    "garbage-light": "no usable BACnet answer",
    "garbage-water": "no frame|checksum",
    "half-shop": "not all of it|half-way",
    "mistaken-light": "another object",
    "refusing": "exception 4",
    "short": "31 registers came where 32 were asked",
}
"""What status says of each bad device, whose values nobody believes."""

WARNED = {
    "floor-4/noisy-gas": "too close together",
    "floor-2/flapping": "cannot open|broke|closed",
    "floor-4/unplugged": "does not exist|unplugged|no telegram",
    "garage/yesterday-charger": "not now",
}
"""What status says, at times, of those that give sound values all the same."""

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
            assert not false_readings(house, truth)

    run(scenario, 110)


@pytest.mark.timeout(NASTY_S + 120)
def test_whoever_misbehaves_is_named_and_the_others_do_not_notice(tmp_path):
    async def scenario():
        async with building(tmp_path, "nasty", "--at", NOON) as house:
            truth, said = await house.truth(), {path: set() for path in WARNED}
            loop = asyncio.get_running_loop()
            while loop.time() - house.began < NASTY_S:
                assert house.process.returncode is None
                await asyncio.sleep(2)
                status = await house.status()
                for path in WARNED.keys() & status.keys():
                    said[path].add(status[path]["error"])
            bad = {path for path, told in truth.items() if told["faults"]}
            assert bad == NAMED.keys() | WARNED.keys() | set(UNSEEN)
            assert status.keys() == truth.keys()
            for path, words in WARNED.items():
                assert any(re.search(words, each) for each in said[path]), said
            assert not unnamed(status)
            assert not [path for path in NAMED if house.readings(path)]
            good = truth.keys() - NAMED.keys() - WARNED.keys()
            assert not disturbed(house, status, good)
            assert not false_readings(house, truth)

    run(scenario, NASTY_S + 100)


def unnamed(status):
    """Return the bad devices of which status does not say what they have."""
    errors = {path: status[path]["error"] for path in NAMED}
    return {
        path: errors[path]
        for path, words in NAMED.items()
        if not re.search(words, errors[path])
        or any(word in errors[path] for word in PROGRAMMERS_WORDS)
    }


def disturbed(house, status, good):
    """Return the good devices that the bad ones keep from being read."""
    gaps = {path: gap_ms(house.readings(path)) for path in good}
    return {
        path: (status[path], gaps[path])
        for path in good
        if status[path]["state"] != "online"
        or status[path]["error"]
        or gaps[path] > LONGEST_GAP_MS
    }


def false_readings(house, truth):
    """Return what was received and is not what the simulator shows."""
    return {
        f"{path}/{quantity}": (set(values.values()), told["values"])
        for path, told in truth.items()
        for quantity, values in house.readings(path).items()
        if not all(is_true(quantity, each, told["values"]) for each in values.values())
    }


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
