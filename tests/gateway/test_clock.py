import asyncio
from datetime import UTC, datetime, timedelta

from gateway.clock import ConductedClock, SystemClock, WatchedClock

START = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_conducted_clock_stands_still_between_ticks():
    async def scenario():
        clock = ConductedClock(SystemClock())
        clock.advance(START)
        sleeper = asyncio.create_task(clock.sleep_until(START + 2 * HOUR))
        for hour in (0, 1):
            clock.advance(START + hour * HOUR)
            await asyncio.sleep(0)
            assert not sleeper.done()
        clock.advance(START + 2 * HOUR)
        await sleeper
        return clock.now()

    assert asyncio.run(scenario()) == START + 2 * HOUR


def test_at_the_handover_sleepers_follow_the_wall_clock():
    async def scenario():
        clock = ConductedClock(SystemClock())
        clock.advance(START)
        past = asyncio.create_task(clock.sleep_until(START + HOUR))
        await asyncio.sleep(0)
        clock.go_live()
        async with asyncio.timeout(5):
            await past
        return clock.now()

    assert asyncio.run(scenario()) > datetime(2026, 1, 1, tzinfo=UTC)


def test_a_watched_clock_knows_who_has_not_slept_for_long():
    async def scenario():
        clock = WatchedClock(SystemClock())

        async def stuck(released):
            await clock.sleep_until(clock.now())
            await released.wait()
            await clock.sleep_until(clock.now() + HOUR)

        released = asyncio.Event()
        task = asyncio.create_task(stuck(released))
        await asyncio.sleep(0.05)
        awake_s = clock.longest_awake_s()
        released.set()
        await asyncio.sleep(0)
        asleep_s = clock.longest_awake_s()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return awake_s, asleep_s

    awake_s, asleep_s = asyncio.run(scenario())
    assert awake_s >= 0.04
    assert asleep_s == 0
