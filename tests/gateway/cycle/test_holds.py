"""An operator's holds, through dispatch and guard, on real devices' ports."""

import asyncio
import struct
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.cycle.operator import LONGEST_HOLD, Order, order_in
from tests.gateway.cycle.dimmer import MODEL
from tests.gateway.house import EVENING, house
from tests.gateway.modbus_devices import Device, Devices, tcp_line

MINUTE = timedelta(minutes=1)


@pytest.fixture
def in_house(tmp_path):
    def play(scene, *rest):
        async def run():
            async with house(tmp_path) as one:
                await scene(one)

        asyncio.run(run())

    return play


@pytest.fixture
def with_lamp(tmp_path):
    """A device without a reversion timer: its light and its thermostat."""

    def play(scene):
        async def run():
            lamp = Device(holding=bytearray(256))
            struct.pack_into(">H", lamp.holding, 20, 80)
            struct.pack_into(">f", lamp.holding, 40, 23.0)
            (tmp_path / "meters").mkdir()
            (tmp_path / "meters" / "dimmer.toml").write_text(MODEL)
            async with (
                tcp_line(Devices({1: lamp})) as port,
                house(tmp_path, port, model="dimmer") as one,
            ):
                one.lamp = lamp
                await scene(one)

        asyncio.run(run())

    return play


def hold(quantity, value, minutes=10):
    return Order(quantity, float(value), minutes * MINUTE)


def release(quantity):
    return Order(quantity, None, timedelta(0))


def level(house):
    return struct.unpack_from(">H", house.lamp.holding, 20)[0]


def written(house):
    return [pdu for pdu in house.lamp.asked if pdu[0] == 16]


def test_a_hold_is_written_read_back_and_reverted_at_its_end(in_house):
    async def scene(house):
        await house.tick(EVENING, occupied=True)
        answer = await house.write(EVENING + MINUTE, hold("ac_relay", 0), occupied=True)
        assert (answer["is_written"], answer["held"]) == (True, 0)
        assert answer["until"] == (EVENING + 11 * MINUTE).isoformat()
        assert house.room.relays == (0, 1)
        assert house.room.reversion_min == 10
        await house.tick(EVENING + 5 * MINUTE, occupied=True)
        assert house.room.relays == (0, 1)
        await house.tick(EVENING + 11 * MINUTE, occupied=True)
        assert house.room.relays == (1, 1)

    in_house(scene)


def test_a_release_ends_a_hold_before_its_time(in_house):
    async def scene(house):
        await house.tick(EVENING, occupied=True)
        await house.write(EVENING + MINUTE, hold("ac_relay", 0), occupied=True)
        answer = await house.write(
            EVENING + 2 * MINUTE, release("ac_relay"), occupied=True
        )
        assert (answer["held"], answer["until"]) == (1, None)
        assert house.room.relays == (1, 1)
        again = await house.write(
            EVENING + 3 * MINUTE, release("ac_relay"), occupied=True
        )
        assert again == {"error": "no operator holds ac_relay of site/room-1/meter"}

    in_house(scene)


def test_an_operator_beats_the_setback_and_the_setback_returns(in_house):
    async def scene(house):
        await house.tick(EVENING)
        assert house.room.relays == (0, 0)
        answer = await house.write(EVENING + MINUTE, hold("ac_relay", 1))
        assert answer["is_written"]
        assert house.room.relays == (1, 0)
        await house.tick(EVENING + 5 * MINUTE)
        assert house.room.relays == (1, 0)
        freed = await house.write(EVENING + 6 * MINUTE, release("ac_relay"))
        assert house.room.relays == (0, 0)
        assert freed["reason"] == "unoccupied and not scheduled"

    in_house(scene)


def test_what_an_operator_holds_is_not_counted_as_saved(in_house):
    async def scene(house):
        await house.tick(EVENING, occupied=True)
        await house.write(EVENING + MINUTE, hold("ac_relay", 0, 60), occupied=True)
        await house.tick(EVENING + 31 * MINUTE, occupied=True, energy_kwh=100.1)
        assert house.saved_kwh is None

    in_house(scene)


def test_a_hold_survives_a_restart_and_still_ends(with_lamp):
    async def scene(house):
        await house.write(EVENING, hold("dim_level_percent", 30))
        assert level(house) == 30
        await house.restart()
        await house.tick(EVENING + 5 * MINUTE)
        assert (level(house), len(written(house))) == (30, 1)
        await house.restart()
        await house.tick(EVENING + 11 * MINUTE)
        assert level(house) == 80
        assert house.sink.state("hold/") == house.sink.state("lease/") == {}

    with_lamp(scene)


def test_what_is_held_cannot_leave_the_configuration_unnoticed(with_lamp, caplog):
    async def scene(house):
        await house.tick(EVENING)
        settings, bare = house._settings, replace(house._settings, devices=())
        assert house.cycle.left_held(bare) == ""
        await house.write(EVENING + MINUTE, hold("dim_level_percent", 30))
        assert house.cycle.left_held(settings) == ""
        words = house.cycle.left_held(bare)
        assert words.startswith("site/room-1/meter dim_level_percent is held until")
        assert "release it first" in words
        house._settings = bare
        await house.restart()
        assert "dim_level_percent was held until" in caplog.text
        house._settings = settings
        await house.restart()
        await house.tick(EVENING + 12 * MINUTE)
        assert level(house) == 80

    with_lamp(scene)


def test_each_setpoint_without_a_timer_is_written_alone(with_lamp):
    async def scene(house):
        answer = await house.write(EVENING, hold("setpoint_temperature_c", 18.5))
        assert (answer["held"], answer["unit"]) == (18.5, "°C")
        assert level(house) == 80
        await house.tick(EVENING + 10 * MINUTE)
        assert struct.unpack_from(">f", house.lamp.holding, 40) == (21.0,)

    with_lamp(scene)


def test_what_somebody_set_by_hand_is_left_alone(with_lamp):
    async def scene(house):
        await house.tick(EVENING)
        struct.pack_into(">H", house.lamp.holding, 20, 55)
        await house.tick(EVENING + MINUTE)
        assert written(house) == []

    with_lamp(scene)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (hold("setpoint_temperature_c", 30), "steps of 0.5 from 16 to 26"),
        (hold("setpoint_temperature_c", 20.3), "steps of 0.5 from 16 to 26"),
        (hold("dim_level_percent", 101), "whole numbers from 0 to 100"),
        (hold("dim_level_percent", float("nan")), "is no number"),
        (hold("dim_level_percent", float("inf")), "is no number"),
        (hold("dim_level", 5), 'did you mean "dim_level_percent"?'),
        (hold("voltage_v", 5), 'no setpoint "voltage_v"'),
        (
            Order("dim_level_percent", 5, LONGEST_HOLD + MINUTE),
            "a hold lasts up to 24 h",
        ),
        (hold("dim_level_percent", 5, 0), "a hold lasts up to 24 h"),
    ],
)
def test_an_order_that_must_not_be_is_refused_in_words(with_lamp, order, words):
    async def scene(house):
        answer = await house.write(EVENING, order)
        assert words in answer["error"]
        assert written(house) == []

    with_lamp(scene)


def test_two_writes_in_a_row_are_kept_apart(with_lamp):
    async def scene(house):
        await house.write(EVENING, hold("dim_level_percent", 30))
        soon = EVENING + timedelta(seconds=4)
        answer = await house.write(soon, hold("dim_level_percent", 40))
        assert "try again in 6 s" in answer["error"]
        assert level(house) == 30

    with_lamp(scene)


def test_a_hold_of_what_is_so_already_is_only_made_longer(with_lamp):
    async def scene(house):
        await house.write(EVENING, hold("dim_level_percent", 30))
        answer = await house.write(EVENING + MINUTE, hold("dim_level_percent", 30))
        assert answer["until"] == (EVENING + 11 * MINUTE).isoformat()
        await house.tick(EVENING + 10 * MINUTE + MINUTE / 2)
        assert level(house) == 30
        await house.tick(EVENING + 12 * MINUTE)
        assert level(house) == 80

    with_lamp(scene)


def test_a_device_that_refuses_is_told_and_holds_nothing(with_lamp):
    async def scene(house):
        house.lamp.twist = lambda unit, pdu: (
            (unit, b"\x90\x04") if pdu[0] == 16 else (unit, pdu)
        )
        answer = await house.write(EVENING, hold("dim_level_percent", 30))
        assert "(exception 4)" in answer["error"]
        assert house.sink.state("hold/") == {}

    with_lamp(scene)


def test_a_write_that_may_have_reached_the_device_is_undone(with_lamp):
    async def scene(house):
        house.lamp.twist = lambda unit, pdu: None if pdu[0] == 16 else (unit, pdu)
        answer = await house.write(EVENING, hold("dim_level_percent", 30))
        assert "no answer" in answer["error"]
        assert level(house) == 30
        house.lamp.twist = None
        await house.tick(EVENING + 2 * MINUTE)
        assert level(house) == 80

    with_lamp(scene)


def test_a_silent_device_is_not_written(with_lamp):
    async def scene(house):
        house.lamp.twist = lambda _unit, _pdu: None
        answer = await house.write(EVENING, hold("dim_level_percent", 30))
        assert answer == {"error": "site/room-1/meter: no answer"}
        assert written(house) == []

    with_lamp(scene)


def test_a_command_without_a_value_lets_go():
    assert order_in("switch", {}) == release("switch")
    assert order_in("switch", {"value": 1, "for_s": 60}) == hold("switch", 1, 1)
    endless = order_in("switch", {"value": 1, "for_s": 1e300})
    assert endless.length > LONGEST_HOLD
