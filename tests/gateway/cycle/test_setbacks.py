"""The unoccupied setback from poll to relay and back, on a simulated clock."""

import asyncio
import struct
from datetime import UTC, datetime, timedelta

import pytest

from tests.gateway.house import EVENING, house

HOUR = timedelta(hours=1)


@pytest.fixture
def in_house(tmp_path):
    def play(scene):
        async def run():
            async with house(tmp_path) as one:
                await scene(one)

        asyncio.run(run())

    return play


def test_an_empty_room_is_set_back_and_saves(in_house):
    async def scene(house):
        await house.tick(EVENING)
        assert house.room.relays == (0, 0)
        assert house.room.reversion_min == 480
        assert house.saved_kwh == 0
        await house.tick(EVENING + HOUR, energy_kwh=100.75)
        assert house.saved_kwh == pytest.approx(0.25)

    in_house(scene)


def test_an_occupied_room_is_left_alone(in_house):
    async def scene(house):
        await house.tick(EVENING, occupied=True)
        assert house.room.writes == []

    in_house(scene)


def test_the_relays_go_back_when_somebody_comes(in_house):
    async def scene(house):
        await house.tick(EVENING)
        await house.tick(EVENING + HOUR, occupied=True, energy_kwh=100.75)
        assert house.room.relays == (1, 1)
        assert house.room.reversion_min == 0
        assert house.saved_kwh == pytest.approx(0.25)
        await house.tick(EVENING + 2 * HOUR, occupied=True, energy_kwh=102)
        assert house.saved_kwh == pytest.approx(0.25)

    in_house(scene)


def test_a_lease_ends_when_the_room_is_scheduled(in_house):
    async def scene(house):
        nine = datetime(2025, 3, 4, 9, tzinfo=UTC)
        await house.tick(nine - HOUR)
        assert house.room.reversion_min == 60
        await house.tick(nine, energy_kwh=100.75)
        assert house.room.relays == (1, 1)

    in_house(scene)


def test_a_device_that_reverted_by_itself_is_not_written_again(in_house):
    async def scene(house):
        nine = datetime(2025, 3, 4, 9, tzinfo=UTC)
        await house.tick(nine - HOUR)
        house.room.revert()
        await house.tick(nine, energy_kwh=100.75)
        assert len(house.room.writes) == 1
        assert house.saved_kwh == pytest.approx(0.25)
        assert house.cycle._steering.guard.leases == {}

    in_house(scene)


def test_a_lease_is_renewed_only_when_less_than_half_remains(in_house):
    async def scene(house):
        writes = []
        for hours in range(9):
            energy_kwh = 100 + 0.75 * hours
            await house.tick(EVENING + hours * HOUR, energy_kwh=energy_kwh)
            writes.append(len(house.room.writes))
        assert writes == [1, 1, 1, 1, 1, 2, 2, 2, 2]
        assert house.saved_kwh == pytest.approx(8 * 0.25)

    in_house(scene)


def test_a_gateway_that_starts_again_adopts_the_setback_and_counts_on(in_house):
    async def scene(house):
        await house.tick(EVENING)
        await house.cycle.close()
        house.start()
        await house.tick(EVENING + HOUR, energy_kwh=100.75)
        assert len(house.room.writes) == 1
        assert house.saved_kwh == pytest.approx(0.25)

    in_house(scene)


def test_nothing_is_written_before_the_device_was_read_after_a_start(in_house):
    async def scene(house):
        await house.tick(EVENING)
        await house.cycle.close()
        house.start()
        house.room.twist = lambda unit, pdu: (unit, pdu) if pdu[0] == 16 else None
        await house.tick(EVENING + HOUR)
        assert len(house.room.writes) == 1
        house.room.twist = None
        await house.tick(EVENING + 2 * HOUR, energy_kwh=101.5)
        assert len(house.room.writes) == 1
        assert house.saved_kwh == pytest.approx(0.5)

    in_house(scene)


def test_a_setback_that_nobody_holds_is_reverted_before_anything_else(in_house):
    async def scene(house):
        house.room.holding[0:4] = struct.pack(">HH", 0, 0)
        await house.tick(EVENING)
        assert house.room.relays == (1, 1)
        assert len(house.room.writes) == 1
        await house.tick(EVENING + HOUR)
        assert house.room.relays == (0, 0)

    in_house(scene)


def test_a_start_with_normal_relays_writes_nothing(in_house):
    async def scene(house):
        await house.tick(EVENING, occupied=True)
        await house.cycle.close()
        house.start()
        await house.tick(EVENING + HOUR, occupied=True)
        assert house.room.writes == []

    in_house(scene)


def test_a_setback_the_device_left_early_is_noticed_and_set_anew(in_house, caplog):
    async def scene(house):
        await house.tick(EVENING)
        house.room.revert()
        with caplog.at_level("INFO", "voltonic.audit"):
            await house.tick(EVENING + HOUR, energy_kwh=101)
        assert "left it before its time" in caplog.text
        await house.tick(EVENING + 2 * HOUR, energy_kwh=102)
        assert house.room.relays == (0, 0)
        assert house.saved_kwh == pytest.approx(0)

    in_house(scene)


def test_a_read_back_that_differs_is_reported_and_nothing_is_counted(in_house, caplog):
    def deaf(unit, pdu):
        # Confirms the write, but keeps its relays as they were.
        if pdu[0] == 16:
            house_room.revert()
        return unit, pdu

    house_room = None

    async def scene(house):
        nonlocal house_room
        house_room = house.room
        house.room.twist = deaf
        await house.tick(EVENING)
        assert "failed: read back ac_relay=1 light_relay=1" in caplog.text
        assert house.cycle._steering.guard.leases == {}
        assert house.saved_kwh is None

    in_house(scene)


def test_a_refused_write_is_reported(in_house, caplog):
    async def scene(house):
        house.room.twist = lambda unit, pdu: (
            (unit, b"\x90\x03") if pdu[0] == 16 else (unit, pdu)
        )
        await house.tick(EVENING)
        assert "refuses (exception 3)" in caplog.text
        assert house.cycle._steering.guard.leases == {}

    in_house(scene)


def test_a_silent_room_is_not_taken_for_empty(in_house):
    async def scene(house):
        await house.tick(EVENING)
        house.room.twist = lambda _unit, _pdu: None
        await house.tick(EVENING + HOUR)
        assert house.saved_kwh == 0
        newest = house.cycle.newest["site/room-1/meter/active_power_kw"]
        assert newest.at == EVENING

    in_house(scene)


def test_every_write_stands_in_the_audit_log(in_house, caplog):
    async def scene(house):
        with caplog.at_level("INFO", "voltonic.audit"):
            await house.tick(EVENING)
            await house.tick(EVENING + HOUR, occupied=True)
        audit = [each.getMessage() for each in caplog.records]
        audit = [each for each in audit if "site/room-1/meter" in each]
        assert audit[0].startswith("hold site/room-1/meter at ac_relay=0 light_relay=0")
        assert audit[0].endswith("unoccupied and not scheduled")
        assert audit[1] == "revert site/room-1/meter: no longer asked for"

    in_house(scene)
